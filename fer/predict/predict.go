// Package predict says which emotion faces show, wherever they come from: photos, folders and zips of them, and sources
// of FER2013.
package predict

import (
	"encoding/csv"
	"io"
	"iter"
	"path/filepath"
	"strconv"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Table is rows with what a run's net says of the faces in them.
type Table struct {
	Run         *run.Run
	Rows        []Row
	Predictions evaluate.Predictions // Predictions of the rows with a face, in their order.
}

// Files reads files, see [Read], and classifies their faces.
func Files(r *run.Run, paths ...string) (*Table, error) {
	var rows []Row
	for _, path := range paths {
		rows = append(rows, Read(path, nil)...)
	}
	return Rows(r, rows)
}

// Rows classifies the faces of rows; with views, it averages over these (see [dataset.TTA]).
func Rows(r *run.Run, rows []Row, views ...dataset.View) (*Table, error) {
	var faces dataset.Dataset
	for _, w := range rows {
		if w.Face.Image != nil {
			e := fer.Example{ID: strconv.Itoa(faces.Len()), Label: fer.Unlabelled, Image: w.Face.Image}
			faces.Examples = append(faces.Examples, e)
		}
	}
	t := &Table{Run: r, Rows: rows}
	var err error
	if faces.Len() > 0 {
		t.Predictions, err = r.Predict(&faces, views...)
	}
	return t, err
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
	header := append([]string{"file", "x", "y", "side", "score", t.Run.Config.Classes.Noun(), "probability"},
		t.Run.Config.Classes.Names()...)
	table.Header = append(header, "note")
	predictions := t.Predictions
	for _, r := range t.Rows {
		record := []string{r.File}
		if r.Face.Image == nil {
			record = append(record, make([]string, len(header)-1)...)
			table.Rows = append(table.Rows, append(record, r.Note))
			continue
		}
		p := predictions[0]
		predictions = predictions[1:]
		b := r.Face.Box
		record = append(record, strconv.Itoa(b.Min.X), strconv.Itoa(b.Min.Y), strconv.Itoa(b.Dx()),
			strconv.FormatFloat(r.Face.Score, 'f', 1, 64), p.Classes.Name(p.Predicted()),
			strconv.FormatFloat(p.Confidence(), 'f', 4, 64))
		for _, v := range p.Probs {
			record = append(record, strconv.FormatFloat(v, 'f', 4, 64))
		}
		table.Rows = append(table.Rows, append(record, r.Note))
	}
	return table
}

// HTML returns the table as an element of a page.
func (t *Table) HTML() (string, error) { return t.table().HTML() }

// String returns the table as aligned text.
func (t *Table) String() string { return t.table().String() }

// Answer is the emotion of a face in a file, and a picture of what in the face speaks for it.
type Answer struct {
	File    string
	Emotion string // Its name, of the run's classes.
	Figure  *figure.Figure
}

// Why explains the answer to one face after the other by a method. It ends with the first error.
func (t *Table) Why(by explain.Method) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		if len(t.Predictions) == 0 {
			return
		}
		m, err := explain.Open(t.Run)
		if err != nil {
			yield(Answer{}, err)
			return
		}
		i := 0
		for _, w := range t.Rows {
			if w.Face.Image == nil {
				continue
			}
			images, tops := []*fer.Image{w.Face.Image}, []fer.Class{t.Predictions[i].Predicted()}
			figures, err := explain.Why(m, by, images, tops, []string{filepath.Base(w.File)}, nil)
			if figures == nil {
				yield(Answer{}, err)
				return
			}
			if !yield(Answer{w.File, m.Classes.Name(tops[0]), figures[0]}, nil) {
				return
			}
			i++
		}
	}
}
