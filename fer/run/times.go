package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// time adds an epoch's wall-clock time to the run's, and those parts of it that steps waited for and that evaluation
// took.
func (j *Job) time(epoch int, spent time.Duration, parts ...time.Duration) error {
	return appendTime(filepath.Join(j.Dir, timesFile), epoch, append([]time.Duration{spent}, parts...))
}

// appendTime adds an epoch's wall-clock times to times.csv. Times differ from run to run, so they are kept apart from
// the history, which doesn't.
func appendTime(path string, epoch int, times []time.Duration) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	row := strconv.Itoa(epoch)
	for _, t := range times {
		row += "," + strconv.FormatFloat(t.Seconds(), 'f', 2, 64)
	}
	_, err = fmt.Fprintln(f, row)
	return errors.Join(err, f.Close())
}

// totalTime sums the epochs' times; an epoch that was trained twice, for an interruption after it, counts twice. A row
// that a kill cut short doesn't count: times are no result.
func totalTime(path string) (seconds float64, err error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		_, spent, _ := strings.Cut(strings.TrimSpace(line), ",")
		spent, _, _ = strings.Cut(spent, ",")
		if t, err := strconv.ParseFloat(spent, 64); err == nil {
			seconds += t
		}
	}
	return seconds, nil
}
