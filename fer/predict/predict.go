// Package predict says which emotion faces show, wherever they come from: photos, folders and zips of them, films, and
// sources of FER2013. [Faces] is the one call for all of them.
package predict

import (
	"fmt"
	"image"
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
	Maps        []*explain.Map       // Where the net looks in these, for what it says, if the options ask for it.
}

// Faces finds the faces of what it is given, and asks a run's net about them: the path of whatever [Read] reads, a list
// of paths, a photo as an io.Reader or as an image. The options may be nil.
func Faces(r *run.Run, what any, o *Options) (*Table, error) {
	if o == nil {
		o = &Options{}
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	var rows []Row
	switch v := what.(type) {
	case string:
		rows = Read(v, o)
	case []string:
		for _, path := range v {
			rows = append(rows, Read(path, o)...)
		}
	case image.Image:
		rows = facesIn("image", v, o)
	case io.Reader:
		rows = readPhoto("stream", v, o)
	default:
		return nil, fmt.Errorf("faces of a %T: want a path, paths, an io.Reader or an image", what)
	}
	t, err := Rows(r, rows, o.Views...)
	if err != nil || o.Explain == nil || len(t.Predictions) == 0 {
		return t, err
	}
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	var images []*fer.Image
	var classes []fer.Class
	for _, f := range t.Faces() {
		images, classes = append(images, f.Face.Image), append(classes, f.Predicted())
	}
	if t.Maps, err = o.Explain.Attribute(m, images, classes); t.Maps == nil {
		return nil, err
	}
	return t, nil
}

// Files reads files, see [Read], and classifies their faces.
func Files(r *run.Run, paths ...string) (*Table, error) { return Faces(r, paths, nil) }

// Found is a face with what the net says of it.
type Found struct {
	Row
	evaluate.Prediction
	Map *explain.Map // Where the net looks for the predicted emotion; nil unless the options ask for it.
}

// Faces returns the faces of the rows.
func (t *Table) Faces() []Found {
	var found []Found
	for f := range t.all() {
		if f.Face.Image != nil {
			found = append(found, f)
		}
	}
	return found
}

// all returns each row with what the net says of its face; nothing if the row has none.
func (t *Table) all() iter.Seq[Found] {
	return func(yield func(Found) bool) {
		i := 0
		for _, r := range t.Rows {
			f := Found{Row: r}
			if r.Face.Image != nil {
				f.Prediction = t.Predictions[i]
				if t.Maps != nil {
					f.Map = t.Maps[i]
				}
				i++
			}
			if !yield(f) {
				return
			}
		}
	}
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
		for _, f := range t.Faces() {
			images, tops := []*fer.Image{f.Face.Image}, []fer.Class{f.Predicted()}
			figures, err := explain.Why(m, by, images, tops, []string{filepath.Base(f.File)}, nil)
			if figures == nil {
				yield(Answer{}, err)
				return
			}
			if !yield(Answer{f.File, m.Classes.Name(tops[0]), figures[0]}, nil) {
				return
			}
		}
	}
}
