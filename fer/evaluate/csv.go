package evaluate

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/internal/atomicfile"
	"ferlab/internal/bounded"
)

// header returns the columns of predictions.csv: id, label, then the classes in their order.
func header(classes fer.Classes) []string { return append([]string{"id", "label"}, classes.Names()...) }

// WriteCSV writes p with a header row: id, label (a name, or empty if unlabelled), and the probabilities with as
// many digits as it takes to read the same float64 back.
func (p Predictions) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(header(p.Classes())); err != nil {
		return err
	}
	for i, row := range p {
		if err := row.check(); err != nil {
			return fmt.Errorf("prediction %d (%q): %w", i, row.ID, err)
		}
		if !row.Classes.Equal(p.Classes()) {
			return fmt.Errorf("prediction %d (%q) is of the classes %s, the first of %s", i, row.ID, row.Classes,
				p.Classes())
		}
		record := []string{row.ID, ""}
		if row.Label.Valid() {
			record[1] = row.Classes.Name(row.Label)
		}
		for _, v := range row.Probs {
			record = append(record, strconv.FormatFloat(v, 'g', -1, 64))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteFile writes p to a file in the format of [Predictions.WriteCSV], replacing it if it exists: by a rename,
// so that a crash leaves the old file or the new.
func (p Predictions) WriteFile(path string) error { return atomicfile.Write(path, p.WriteCSV) }

// ReadCSV reads what [Predictions.WriteCSV] writes; the header names the classes. It is strict: a missing or extra
// column, an unknown label, a probability that is no number from 0 to 1, a row that does not sum to 1 ± 0.001, an empty
// or repeated id are errors that name line and column. So is a row of more than 64 KiB and a file of more than a
// million, which are refused in bounded memory.
func ReadCSV(r io.Reader) (Predictions, error) {
	in := bounded.NewCSV(r)
	in.FieldsPerRecord = -1 // counted below, with a clearer message
	names, err := in.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("the file is empty, want a header %s", strings.Join(header(fer.Emotions), ","))
	}
	if err != nil {
		return nil, err
	}
	if len(names) < 2 || names[0] != "id" || names[1] != "label" {
		return nil, fmt.Errorf("line 1: the header is %q, want %q, or other classes", strings.Join(names, ","),
			strings.Join(header(fer.Emotions), ","))
	}
	classes, err := fer.NewClasses(names[2:]...)
	if err != nil {
		return nil, fmt.Errorf("line 1: the header is %.200q, want id, label and the names of classes: %w",
			strings.Join(names, ","), err)
	}
	var p Predictions
	seen := map[string]int{}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return nil, err // encoding/csv names line and column
		}
		line, _ := in.FieldPos(0)
		row, err := parseRecord(classes, record)
		if err != nil {
			return nil, fmt.Errorf("line %d, %w", line, err)
		}
		if first, dup := seen[row.ID]; dup {
			return nil, fmt.Errorf("line %d, column id: %q stands in line %d already", line, row.ID, first)
		}
		seen[row.ID] = line
		p = append(p, row)
	}
}

func parseRecord(classes fer.Classes, record []string) (row Prediction, err error) {
	names := header(classes)
	row.Classes, row.Probs = classes, make([]float64, classes.Len())
	if len(record) != len(names) {
		return row, fmt.Errorf("%d columns, want %d", len(record), len(names))
	}
	row.ID, row.Label = record[0], fer.Unlabelled
	if row.ID == "" {
		return row, fmt.Errorf("column id is empty")
	}
	if record[1] != "" {
		if row.Label, err = classes.Parse(record[1]); err != nil {
			return row, fmt.Errorf("column label: %w", err)
		}
	}
	for i := range row.Probs {
		if row.Probs[i], err = strconv.ParseFloat(record[2+i], 64); err != nil {
			return row, fmt.Errorf("column %s: %q is not a number", names[2+i], record[2+i])
		}
	}
	if err := row.check(); err != nil {
		return row, fmt.Errorf("columns %s…%s: %w", names[2], names[len(names)-1], err)
	}
	return row, nil
}

// Round returns p with probabilities of so many digits after the point, for a smaller file; 0 leaves them as they are.
func (p Predictions) Round(digits int) Predictions {
	if digits == 0 {
		return p
	}
	unit := math.Pow10(digits)
	rounded := make(Predictions, len(p))
	for i, row := range p {
		rounded[i] = row
		rounded[i].Probs = make([]float64, len(row.Probs))
		for k, v := range row.Probs {
			rounded[i].Probs[k] = math.Round(v*unit) / unit
		}
	}
	return rounded
}

// ReadFile reads a predictions.csv; see [ReadCSV].
func ReadFile(path string) (Predictions, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, err := ReadCSV(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return p, nil
}
