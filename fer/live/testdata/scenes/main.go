// Scenes makes what the test of the live page shows it, in a folder: photos with drawn faces, a camera's film of one
// face after another, and want.json, what each net says of the photos outside the browser.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/photo"
	"ferlab/fer/predict"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

const first = "distilled" // The net that the page starts with.

func main() {
	log.SetFlags(0)
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(dir string) error {
	r, err := pretrained.Open(first)
	if err != nil {
		return err
	}
	emotions := []fer.Class{fer.Happy, fer.Surprise}
	var clear []*fer.Image
	for _, e := range emotions {
		face, err := clearFace(r, e)
		if err != nil {
			return err
		}
		clear = append(clear, face)
	}
	var film bytes.Buffer
	for i := range 240 {
		step := i % 40
		shift := image.Pt(2*step, step/2)
		frame := scene(image.Pt(640, 480), clear[i/120], image.Rect(180, 90, 460, 370).Add(shift))
		if err := jpeg.Encode(&film, frame, &jpeg.Options{Quality: 90}); err != nil {
			return err
		}
	}
	group := scene(image.Pt(900, 500), clear[0], image.Rect(60, 80, 340, 360), image.Rect(420, 60, 600, 240))
	paste(group, clear[1], image.Rect(640, 200, 860, 420))
	grey := image.NewGray(image.Rect(0, 0, 400, 400))
	portrait := scene(image.Pt(400, 400), clear[0], image.Rect(100, 80, 300, 280))
	draw.Draw(grey, grey.Rect, portrait, image.Point{}, draw.Src)
	pictures := map[string]image.Image{
		"happy.jpg":    scene(image.Pt(640, 480), clear[0], image.Rect(200, 100, 480, 380)),
		"surprise.png": scene(image.Pt(500, 700), clear[1], image.Rect(100, 150, 400, 450)),
		"group.jpg":    group,
		"portrait.jpg": grey,
		"face.png":     clear[0].Gray(),
		"face.bmp":     scene(image.Pt(300, 300), clear[1], image.Rect(50, 50, 250, 250)),
		"large.jpg":    scene(image.Pt(4000, 3000), clear[0], image.Rect(1000, 800, 2600, 2400)),
		"none.gif":     scene(image.Pt(320, 200), clear[0]),
		"nobody.jpg":   scene(image.Pt(4000, 3000), clear[0]),
	}
	for name, picture := range pictures {
		var data bytes.Buffer
		if err := encode(&data, name, picture); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data.Bytes(), 0o644); err != nil {
			return err
		}
	}
	for name, data := range map[string][]byte{"camera.mjpeg": film.Bytes(), "broken.jpg": []byte("no picture"),
		"huge.png": huge} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	want := map[string]map[string][]answer{}
	for _, name := range pretrained.Names() {
		if want[name], err = answers(name, dir, slices.Collect(maps.Keys(pictures))); err != nil {
			return err
		}
	}
	text, err := json.Marshal(want)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "want.json"), text, 0o644)
}

// huge is a PNG that says that it has 100 million pixels.
var huge = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x27\x10\x00\x00\x27\x10\x08\x00\x00\x00\x00" +
	"\x9f\x25\x3d\xfb")

// clearFace returns a drawn face of an emotion that the net reads as such, with at least 0.6.
func clearFace(r *run.Run, e fer.Class) (*fer.Image, error) {
	var d dataset.Dataset
	for i, f := range synth.Faces(7, 140) {
		if f.Label == e {
			found, err := photo.Detect(scene(image.Pt(640, 480), f.Image, image.Rect(200, 100, 480, 380)), nil)
			if err != nil {
				return nil, err
			}
			if len(found) == 1 {
				id := synth.ID(7, i)
				d.Examples = append(d.Examples, fer.Example{ID: id, Image: found[0].Image, Label: fer.Unlabelled})
			}
		}
	}
	p, err := r.Predict(&d)
	if err != nil {
		return nil, err
	}
	for i := range p {
		if p[i].Predicted() == e && p[i].Confidence() > 0.6 {
			f, err := synth.ByID(d.Examples[i].ID)
			return f.Image, err
		}
	}
	return nil, fmt.Errorf("no drawn face is read as %s", fer.Emotions.Name(e))
}

type answer struct {
	X             int       `json:"x"`
	Y             int       `json:"y"`
	Side          int       `json:"side"`
	Probabilities []float64 `json:"probabilities"`
}

// answers returns what a net says of the faces in each of the files.
func answers(net, dir string, files []string) (map[string][]answer, error) {
	r, err := pretrained.Open(net)
	if err != nil {
		return nil, err
	}
	of, paths := map[string][]answer{}, make([]string, len(files))
	for i, file := range files {
		of[file], paths[i] = []answer{}, filepath.Join(dir, file)
	}
	t, err := predict.Files(r, paths...)
	if err != nil {
		return nil, err
	}
	for _, f := range t.Faces() {
		file, b := filepath.Base(f.File), f.Face.Box
		of[file] = append(of[file], answer{b.Min.X, b.Min.Y, b.Dx(), f.Probs})
	}
	return of, nil
}

// scene is a coloured picture with a face at each of the boxes.
func scene(size image.Point, face *fer.Image, boxes ...image.Rectangle) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	for _, box := range boxes {
		paste(m, face, box)
	}
	return m
}

func paste(m *image.RGBA, face *fer.Image, box image.Rectangle) {
	draw.CatmullRom.Scale(m, box, face.Gray(), face.Gray().Bounds(), draw.Src, nil)
}

func encode(w *bytes.Buffer, name string, m image.Image) error {
	switch filepath.Ext(name) {
	case ".png":
		return png.Encode(w, m)
	case ".gif":
		return gif.Encode(w, m, nil)
	case ".bmp":
		return bmp.Encode(w, m)
	}
	return jpeg.Encode(w, m, &jpeg.Options{Quality: 92})
}
