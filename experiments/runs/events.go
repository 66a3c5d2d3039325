package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ferlab/fer/events"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
)

// eventsOf returns the folder below root for the events of a run, given as a shipped run's name or a folder: another
// for every run. It is the run's path as seen from where root lies, its whole path if that is elsewhere, and
// shipped/NAME for a shipped run.
func eventsOf(root, name string) (string, error) {
	if shipped, ok := strings.CutPrefix(name, "shipped:"); ok || slices.Contains(pretrained.Names(), name) {
		return filepath.Join(root, "shipped", shipped), nil
	}
	base, err1 := filepath.Abs(filepath.Dir(filepath.Clean(root)))
	path, err2 := filepath.Abs(name)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	if relative, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(relative) && relative != "." {
		path = relative
	}
	return filepath.Join(root, path), nil
}

// writeEvents writes a run's history as the one event file of its folder: those of an earlier training there go.
func writeEvents(root, name string, r *run.Run) error {
	dir, err := eventsOf(root, name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file := fmt.Sprintf("events.out.tfevents.%010d.ferlab", r.Record.Started.Unix())
	if err := atomicfile.Write(filepath.Join(dir, file),
		func(f io.Writer) error { return encodeEvents(f, r) }); err != nil {
		return err
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range old {
		n := e.Name()
		if n != file && strings.HasPrefix(n, "events.out.tfevents.") && strings.HasSuffix(n, ".ferlab") {
			err = errors.Join(err, os.Remove(filepath.Join(dir, n)))
		}
	}
	return err
}

func encodeEvents(f io.Writer, r *run.Run) error {
	started := r.Record.Started
	w, err := events.NewWriter(f, started)
	if err != nil {
		return err
	}
	for i, e := range r.History {
		// The record keeps the time of the whole training: epochs take about the same each.
		seconds := r.Record.Seconds / float64(len(r.History)) * float64(i+1)
		at := started.Add(time.Duration(seconds * float64(time.Second)))
		for _, s := range []struct {
			tag   string
			value float64
		}{
			{"loss/train", e.TrainLoss}, {"loss/validation", e.ValidationLoss},
			{"accuracy/train", e.TrainAccuracy}, {"accuracy/validation", e.ValidationAccuracy},
			{"learning_rate", e.LearningRate},
		} {
			if err := w.Scalar(s.tag, e.Step, at, s.value); err != nil {
				return err
			}
		}
	}
	return nil
}
