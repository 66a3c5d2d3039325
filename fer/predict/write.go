package predict

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"ferlab/fer/figure"
)

// timed reports whether a row is of a film: the table then says when.
func (t *Table) timed() bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Film })
}

// WriteCSV writes the table, a row per face or file without one.
func (t *Table) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	table := t.table()
	c.Write(table.Header)
	c.WriteAll(table.Rows)
	return c.Error()
}

func (t *Table) table() (table figure.Table) {
	timed, classes := t.timed(), t.Run.Config.Classes
	table.Header = []string{"file"}
	if timed {
		table.Header = append(table.Header, "time")
	}
	table.Header = append(table.Header, "x", "y", "side", "tilt", "score", classes.Noun(), "probability")
	table.Header = append(append(table.Header, classes.Names()...), "note")
	number := func(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	for f := range t.all() {
		record := []string{f.File}
		switch {
		case timed && f.Film:
			record = append(record, number(f.Time, 3))
		case timed:
			record = append(record, "")
		}
		if f.Face.Image == nil {
			record = append(record, make([]string, len(table.Header)-1-len(record))...)
			table.Rows = append(table.Rows, append(record, f.Note))
			continue
		}
		b := f.Face.Box
		record = append(record, strconv.Itoa(b.Min.X), strconv.Itoa(b.Min.Y), strconv.Itoa(b.Dx()),
			number(f.Face.Tilt, -1), number(f.Face.Score, 1), classes.Name(f.Predicted()), number(f.Confidence(), 4))
		for _, v := range f.Probs {
			record = append(record, number(v, 4))
		}
		table.Rows = append(table.Rows, append(record, f.Note))
	}
	return table
}

// HTML returns the table as an element of a page.
func (t *Table) HTML() (string, error) { return t.table().HTML() }

// String returns the table as aligned text.
func (t *Table) String() string { return t.table().String() }

// line is a row as JSON.
type line struct {
	File          string             `json:"file"`
	Time          *float64           `json:"time,omitempty"` // In a film, in seconds.
	Box           *box               `json:"box,omitempty"`
	Score         float64            `json:"score,omitempty"`
	Class         string             `json:"class,omitempty"`
	Probability   float64            `json:"probability,omitempty"`
	Probabilities map[string]float64 `json:"probabilities,omitempty"`
	Note          string             `json:"note,omitempty"`
}

type box struct {
	X    int     `json:"x"`
	Y    int     `json:"y"`
	Side int     `json:"side"`
	Tilt float64 `json:"tilt,omitempty"`
}

// WriteJSON writes the table as lines of JSON, an object per face or file without one. What doesn't apply is left out.
func (t *Table) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	classes := t.Run.Config.Classes
	for f := range t.all() {
		l := line{File: f.File, Note: f.Note}
		if f.Film {
			l.Time = &f.Time
		}
		if f.Face.Image != nil {
			b := f.Face.Box
			l.Box = &box{b.Min.X, b.Min.Y, b.Dx(), f.Face.Tilt}
			l.Score, l.Class, l.Probability = f.Face.Score, classes.Name(f.Predicted()), f.Confidence()
			l.Probabilities = map[string]float64{}
			for i, name := range classes.Names() {
				l.Probabilities[name] = f.Probs[i]
			}
		}
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
