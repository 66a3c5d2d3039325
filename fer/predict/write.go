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
	predictions := t.Predictions
	for _, r := range t.Rows {
		record := []string{r.File}
		switch {
		case timed && r.Film:
			record = append(record, number(r.Time, 3))
		case timed:
			record = append(record, "")
		}
		if r.Face.Image == nil {
			record = append(record, make([]string, len(table.Header)-1-len(record))...)
			table.Rows = append(table.Rows, append(record, r.Note))
			continue
		}
		p, b := predictions[0], r.Face.Box
		predictions = predictions[1:]
		record = append(record, strconv.Itoa(b.Min.X), strconv.Itoa(b.Min.Y), strconv.Itoa(b.Dx()),
			strconv.FormatFloat(r.Face.Tilt, 'f', -1, 64), number(r.Face.Score, 1), classes.Name(p.Predicted()),
			number(p.Confidence(), 4))
		for _, v := range p.Probs {
			record = append(record, number(v, 4))
		}
		table.Rows = append(table.Rows, append(record, r.Note))
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
	predictions, classes := t.Predictions, t.Run.Config.Classes
	for _, r := range t.Rows {
		l := line{File: r.File, Note: r.Note}
		if r.Film {
			l.Time = &r.Time
		}
		if f := r.Face; f.Image != nil {
			p := predictions[0]
			predictions = predictions[1:]
			l.Box = &box{f.Box.Min.X, f.Box.Min.Y, f.Box.Dx(), f.Tilt}
			l.Score, l.Class, l.Probability = f.Score, classes.Name(p.Predicted()), p.Confidence()
			l.Probabilities = map[string]float64{}
			for i, name := range classes.Names() {
				l.Probabilities[name] = p.Probs[i]
			}
		}
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
