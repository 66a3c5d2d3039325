package audit

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"ferlab/internal/atomicfile"
	"ferlab/internal/bounded"
)

var header = []string{"id", "label", "suggested", "reason", "score"}

// WriteCSV writes the findings with a header row: id, label, suggested (both emotions' names, or empty if there is
// none), reason ("duplicate of train/sad/7.jpg" where there is another example), score. The file is what
// dataset.Options.Exclude takes: every row's example is left out then, so remove the rows of those to keep.
func (f Findings) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write(header)
	for _, x := range f {
		reason := string(x.Reason)
		if x.Of != "" {
			reason += of + x.Of
		}
		out.Write([]string{x.ID, x.Label, x.Suggested, reason, strconv.FormatFloat(x.Score, 'g', -1, 64)})
	}
	out.Flush()
	return out.Error()
}

const of = " of "

// WriteFile writes the findings to a file in the format of [Findings.WriteCSV], replacing it if it exists: by a rename,
// so that a crash leaves the old file or the new.
func (f Findings) WriteFile(path string) error { return atomicfile.Write(path, f.WriteCSV) }

// ReadCSV reads what [Findings.WriteCSV] writes, with any rows removed by hand. An unknown column or reason,
// an empty id or a score that is no finite number is an error that names line and column. So is a row of more than 64
// KiB and a file of more than a million, which are refused in bounded memory.
func ReadCSV(r io.Reader) (Findings, error) {
	in := bounded.NewCSV(r)
	in.FieldsPerRecord = len(header)
	names, err := in.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("the file is empty, want a header %s", strings.Join(header, ","))
	}
	if err == nil && !slices.Equal(names, header) {
		err = fmt.Errorf("line 1: the header is %q, want %q", strings.Join(names, ","), strings.Join(header, ","))
	}
	if err != nil {
		return nil, err
	}
	f := Findings{}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		x, err := parse(record)
		if err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("line %d, %w", line, err)
		}
		f = append(f, x)
	}
}

func parse(record []string) (x Finding, err error) {
	x.ID, x.Label, x.Suggested = record[0], record[1], record[2]
	if x.ID == "" {
		return x, errors.New("column id is empty")
	}
	reason, other, _ := strings.Cut(record[3], of)
	x.Reason, x.Of = Reason(reason), other
	if !slices.Contains(Reasons(), x.Reason) {
		return x, fmt.Errorf("column reason: %q is none of the known ones", record[3])
	}
	if x.Score, err = strconv.ParseFloat(record[4], 64); err != nil || math.IsNaN(x.Score) || math.IsInf(x.Score, 0) {
		return x, fmt.Errorf("column score: %q is not a finite number", record[4])
	}
	return x, nil
}

// ReadFile reads a file of findings; see [ReadCSV].
func ReadFile(path string) (Findings, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := ReadCSV(file)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return f, nil
}
