// Predict says which emotion faces show: of photos (JPEG, PNG, WebP, GIF, BMP, TIFF), folders and zips of them, and sources of
// FER2013 (CSV, zip), as a CSV table with a row per face:
//
//	go run ./experiments/predict photo.jpg
//	go run ./experiments/predict -run cnn -out faces.csv holiday/ fer2013.csv
//	go run ./experiments/predict -explain why photo.jpg
//
// A file's content says what it is. In a photo it looks for faces that look at the camera, crops them and reads each; a picture of
// 48×48 pixels is one face as it is, and so is a square grey one in which no face is found, which its row says (-faces changes
// that). A photo without a face, a picture that can't be read and a bad row of a CSV file have a row each that says so, and don't
// stop the others. The probabilities are calibrated if the run has a temperature.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/photo"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
	"ferlab/internal/raster"
)

func main() { cli.Main("predict", mainErr) }

// row is a face, or a file without one and why.
type row struct {
	file string
	face photo.Face // without Image if there is none
	note string
}

func mainErr() error {
	name := flag.String("run", "distilled", "shipped run ("+pretrained.List()+") or run `folder`")
	out := flag.String("out", "-", "write the table to this CSV `file`; - is standard output")
	faces := flag.String("faces", string(photo.Auto), "what of a photo is a face: auto, whole (all of it) or search (look for faces)")
	score := flag.Float64("score", 0, "detector's score from which a find counts as a face; default 10")
	explainDir := flag.String("explain", "", "`folder` for a picture per face of what the net looked at")
	method := flag.String("method", "grad-cam", "how to explain, see experiments/explain")
	tta := flag.String("tta", "none", "test-time averaging: none, flip, ten or thirty views of each face, see experiments/evaluate")
	args := cli.Arguments("FILE …\nfiles are photos (" + raster.Formats + "), folders and zips of them, and FER2013's CSV and zip files")
	if len(args) == 0 {
		return fmt.Errorf("nothing to predict: name photos, folders, CSV or zip files")
	}
	options := &photo.Options{Faces: photo.Mode(*faces), MinScore: *score}
	if err := options.Check(); err != nil {
		return fmt.Errorf("-faces: %w", err)
	}
	by, err := explain.ByName(*method)
	if err != nil {
		return err
	}
	views, err := dataset.TTA(*tta)
	if err != nil {
		return err
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	var rows []row
	failed := 0
	for _, arg := range args {
		rows = append(rows, read(arg, options)...)
	}
	for _, w := range rows {
		if w.face.Image != nil {
			continue
		}
		log.Print(w.file + ": " + w.note)
		if w.note != noFace {
			failed++
		}
	}
	if err := predict(r, rows, views, *out, *explainDir, by); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of the files can't be read: see the column note", failed)
	}
	return nil
}

// predict classifies the faces, writes the table, and the pictures if a folder is given for them.
func predict(r *run.Run, rows []row, views []dataset.View, out, explainDir string, by explain.Method) error {
	var faces dataset.Dataset
	for _, w := range rows {
		if w.face.Image != nil {
			faces.Examples = append(faces.Examples, fer.Example{ID: strconv.Itoa(faces.Len()), Label: fer.Unlabelled, Image: w.face.Image})
		}
	}
	var predictions evaluate.Predictions
	var err error
	if faces.Len() > 0 {
		if predictions, err = r.Predict(&faces, views...); err != nil {
			return err
		}
	}
	table := func(w io.Writer) error { return writeTable(w, rows, predictions) }
	if out == "-" {
		err = table(os.Stdout)
	} else {
		err = atomicfile.Write(out, table)
	}
	if err != nil || explainDir == "" || faces.Len() == 0 {
		return err
	}
	return pictures(r, rows, predictions, explainDir, by)
}

// writeTable writes a row per face or file without one; the predictions are the faces'.
func writeTable(w io.Writer, rows []row, predictions evaluate.Predictions) error {
	c := csv.NewWriter(w)
	header := append([]string{"file", "x", "y", "side", "score", "emotion", "probability"}, fer.EmotionNames()...)
	c.Write(append(header, "note"))
	for _, r := range rows {
		record := []string{r.file}
		if r.face.Image == nil {
			record = append(record, make([]string, len(header)-1)...)
			c.Write(append(record, r.note))
			continue
		}
		p := predictions[0]
		predictions = predictions[1:]
		b := r.face.Box
		record = append(record, strconv.Itoa(b.Min.X), strconv.Itoa(b.Min.Y), strconv.Itoa(b.Dx()),
			strconv.FormatFloat(r.face.Score, 'f', 1, 64), p.Predicted().String(), strconv.FormatFloat(p.Confidence(), 'f', 4, 64))
		for _, v := range p.Probs {
			record = append(record, strconv.FormatFloat(v, 'f', 4, 64))
		}
		c.Write(append(record, r.note))
	}
	c.Flush()
	return c.Error()
}

// pictures writes an overlay per face: 000-happy-photo.png.
func pictures(r *run.Run, rows []row, predictions evaluate.Predictions, dir string, by explain.Method) error {
	m, err := explain.Open(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	i := 0
	for _, w := range rows {
		if w.face.Image == nil {
			continue
		}
		images, tops := []*fer.Image{w.face.Image}, []fer.Emotion{predictions[i].Predicted()}
		maps, err := by.Attribute(m, images, tops)
		if maps == nil {
			return err
		}
		f, err := explain.Panels(images, tops, maps, explain.PanelOptions{Options: figure.Options{
			Title: fmt.Sprintf("Why %s? %s", tops[0], by.Name()), Caption: "Net " + m.Name + "; " + filepath.Base(w.file) + ".",
		}})
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(filepath.Base(w.file), filepath.Ext(w.file))
		if err := f.Save(filepath.Join(dir, fmt.Sprintf("%03d-%s-%s.png", i, tops[0], base))); err != nil {
			return err
		}
		i++
	}
	return nil
}
