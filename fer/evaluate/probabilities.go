package evaluate

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/internal/bounded"
)

// ReadProbabilities reads a table of probabilities by example: a CSV file with the columns id and one for each class,
// in any order, among any others. It is as strict about them as [ReadCSV].
func ReadProbabilities(r io.Reader, classes fer.Classes) (map[string][]float64, error) {
	in := bounded.NewCSV(r)
	header, err := in.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("the file is empty, want a header with id,%s", strings.Join(classes.Names(), ","))
	}
	if err != nil {
		return nil, err
	}
	var at []int
	for _, name := range append([]string{"id"}, classes.Names()...) {
		i := slices.Index(header, name)
		if i < 0 {
			return nil, fmt.Errorf("line 1: no column %q in the header %q", name, strings.Join(header, ","))
		}
		at = append(at, i)
	}
	table := map[string][]float64{}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return table, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		row := Prediction{record[at[0]], fer.Unlabelled, make([]float64, classes.Len()), classes}
		for k := range row.Probs {
			if row.Probs[k], err = strconv.ParseFloat(record[at[k+1]], 64); err != nil {
				return nil, fmt.Errorf("line %d, column %s: %q is not a number", line, header[at[k+1]], record[at[k+1]])
			}
		}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if _, twice := table[row.ID]; twice || row.ID == "" {
			return nil, fmt.Errorf("line %d, column id: %q is empty or stands in a line before", line, row.ID)
		}
		table[row.ID] = row.Probs
	}
}
