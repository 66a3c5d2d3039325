// Predict says which emotion faces show: of photos (JPEG, PNG, WebP, GIF, BMP, TIFF), folders and zips of them, films,
// and sources of FER2013 (CSV, zip), as a table with a row per face, CSV or lines of JSON:
//
//	go run ./experiments/predict photo.jpg
//	go run ./experiments/predict -run cnn -out faces.jsonl holiday/ fer2013.csv
//	go run ./experiments/predict -tilt 45 -smallest 30 -annotate boxes group.jpg
//	go run ./experiments/predict -explain why photo.jpg
//	go run ./experiments/predict -rate 10 -curve emotions.png film.mp4
//
// A video needs ffmpeg; with -rate a folder of frames is a film, too.
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
	"ferlab/fer/model"
	"ferlab/fer/photo"
	"ferlab/fer/predict"
	"ferlab/fer/pretrained"
	"ferlab/internal/atomicfile"
	"ferlab/internal/raster"
)

func main() { cli.Main("predict", mainErr) }

func mainErr() error {
	name := flag.String("run", "distilled", "shipped run ("+pretrained.List()+") or run `folder`")
	out := flag.String("out", "-", "write the table to this `file`, CSV or, if it ends in .jsonl, lines of JSON; - is "+
		"standard output")
	lines := flag.Bool("json", false, "write lines of JSON whatever the file is called")
	faces := flag.String("faces", string(photo.Auto),
		"what of a photo is a face: auto, whole (all of it) or search (look for faces)")
	score := flag.Float64("score", 0, "detector's score from which a find counts as a face; default 10")
	smallest := flag.Int("smallest", 0, "side in pixels of the smallest face that is looked for, from 20 on; default "+
		"1/32 of a photo's longer side")
	tilt := flag.Float64("tilt", 0, "up to how many degrees, at most 45, faces may lean; without -tilt and -smallest, "+
		"photos in which no face is found for sure are searched for leaning and for small ones, too")
	rate := flag.Float64("rate", 0, fmt.Sprintf("frames a second that are read of a video, default %d; makes a film "+
		"of a folder of frames", predict.DefaultRate))
	curve := flag.String("curve", "", "`file`, .png or .svg, for the emotions of a film over time")
	boxes := flag.String("annotate", "", "`folder` for each photo with its faces marked")
	explainDir := flag.String("explain", "", "`folder` for a picture per face of what the net looked at")
	method := flag.String("method", "grad-cam", "how to explain, see experiments/explain")
	tta := flag.String("tta", "none",
		"test-time averaging: none, flip, ten or thirty views of each face, see experiments/evaluate")
	precision := cli.PrecisionFlag()
	args := cli.Arguments("FILE …\nfiles are photos (" + raster.Formats +
		"), folders and zips of them, and FER2013's CSV and zip files")
	if len(args) == 0 {
		return fmt.Errorf("nothing to predict: name photos, folders, CSV or zip files")
	}
	options := &predict.Options{
		Options: photo.Options{Faces: photo.Mode(*faces), MinScore: *score, Smallest: *smallest, Tilt: *tilt},
		Rate:    *rate,
		Warn:    func(note string) { log.Print(note) },
	}
	if err := options.Check(); err != nil {
		return err
	}
	by, err := explain.ByName(*method)
	if err != nil {
		return err
	}
	views, err := dataset.TTA(*tta)
	if err != nil {
		return err
	}
	if err := model.Precision(*precision).Check(); err != nil {
		return fmt.Errorf("-precision: %w", err)
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	r = r.WithPrecision(model.Precision(*precision))
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
	write := table.WriteCSV
	if *lines || filepath.Ext(*out) == ".jsonl" {
		write = table.WriteJSON
	}
	if *out == "-" {
		err = write(os.Stdout)
	} else {
		err = atomicfile.Write(*out, write)
	}
	if err != nil {
		return err
	}
	if *curve != "" {
		f, err := table.Curve()
		if err == nil {
			err = f.Save(*curve)
		}
		if err != nil {
			return fmt.Errorf("-curve: %w", err)
		}
	}
	if *boxes != "" {
		if err := annotate(table, *boxes, options); err != nil {
			return fmt.Errorf("-annotate: %w", err)
		}
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

// annotate writes each photo that lies in the file system with its faces marked: 000-photo.png.
func annotate(table *predict.Table, dir string, options *predict.Options) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	own := map[string]*predict.Table{}
	var files []string
	for _, f := range table.Faces() {
		if f.Film && predict.IsFilm(f.File) {
			continue // Its frames are gone.
		}
		t := own[f.File]
		if t == nil {
			t = &predict.Table{Run: table.Run}
			own[f.File] = t
			files = append(files, f.File)
		}
		t.Rows, t.Predictions = append(t.Rows, f.Row), append(t.Predictions, f.Prediction)
	}
	for i, file := range files {
		img, err := photo.ReadFile(file, &options.Options)
		if err != nil {
			log.Printf("%s: its photo isn't marked, since it is no file of its own", file)
			continue
		}
		base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		f, err := own[file].Annotate(img, filepath.Base(file))
		if err != nil {
			return err
		}
		if err := f.Save(filepath.Join(dir, fmt.Sprintf("%03d-%s.png", i, base))); err != nil {
			return err
		}
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
