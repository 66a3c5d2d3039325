// Predict says which emotion faces show: of photos (JPEG, PNG, WebP, GIF, BMP, TIFF), folders and zips of them, and
// sources of FER2013 (CSV, zip), as a CSV table with a row per face:
//
//	go run ./experiments/predict photo.jpg
//	go run ./experiments/predict -run cnn -out faces.csv holiday/ fer2013.csv
//	go run ./experiments/predict -explain why photo.jpg
//
// A file's content says what it is. In a photo it looks for faces that look at the camera, crops them and reads each; a
// picture of 48×48 pixels is one face as it is, and so is a square grey one in which no face is found, which its row
// says (-faces changes that). A photo without a face, a picture that can't be read and a bad row of a CSV file have a
// row each that says so, and don't stop the others. The probabilities are calibrated if the run has a temperature.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/dataset"
	"ferlab/fer/explain"
	"ferlab/fer/photo"
	"ferlab/fer/predict"
	"ferlab/fer/pretrained"
	"ferlab/internal/atomicfile"
	"ferlab/internal/raster"
)

func main() { cli.Main("predict", mainErr) }

func mainErr() error {
	name := flag.String("run", "distilled", "shipped run ("+pretrained.List()+") or run `folder`")
	out := flag.String("out", "-", "write the table to this CSV `file`; - is standard output")
	faces := flag.String("faces", string(photo.Auto),
		"what of a photo is a face: auto, whole (all of it) or search (look for faces)")
	score := flag.Float64("score", 0, "detector's score from which a find counts as a face; default 10")
	explainDir := flag.String("explain", "", "`folder` for a picture per face of what the net looked at")
	method := flag.String("method", "grad-cam", "how to explain, see experiments/explain")
	tta := flag.String("tta", "none",
		"test-time averaging: none, flip, ten or thirty views of each face, see experiments/evaluate")
	args := cli.Arguments("FILE …\nfiles are photos (" + raster.Formats +
		"), folders and zips of them, and FER2013's CSV and zip files")
	if len(args) == 0 {
		return fmt.Errorf("nothing to predict: name photos, folders, CSV or zip files")
	}
	options := &predict.Options{
		Options: photo.Options{Faces: photo.Mode(*faces), MinScore: *score},
		Warn:    func(note string) { log.Print(note) },
	}
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
	var rows []predict.Row
	failed := 0
	for _, arg := range args {
		rows = append(rows, predict.Read(arg, options)...)
	}
	for _, w := range rows {
		if w.Face.Image != nil {
			continue
		}
		log.Print(w.File + ": " + w.Note)
		if w.Failed() {
			failed++
		}
	}
	table, err := predict.Rows(r, rows, views...)
	if err != nil {
		return err
	}
	if *out == "-" {
		err = table.WriteCSV(os.Stdout)
	} else {
		err = atomicfile.Write(*out, table.WriteCSV)
	}
	if err != nil {
		return err
	}
	if *explainDir != "" {
		if err := pictures(table, by, *explainDir); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of the files can't be read: see the column note", failed)
	}
	return nil
}

// pictures writes an overlay per face: 000-happy-photo.png.
func pictures(table *predict.Table, by explain.Method, dir string) error {
	if len(table.Predictions) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	i := 0
	for answer, err := range table.Why(by) {
		if err != nil {
			return err
		}
		base := strings.TrimSuffix(filepath.Base(answer.File), filepath.Ext(answer.File))
		if err := answer.Figure.Save(filepath.Join(dir, fmt.Sprintf("%03d-%s-%s.png", i, answer.Emotion,
			base))); err != nil {
			return err
		}
		i++
	}
	return nil
}
