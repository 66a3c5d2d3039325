// Explain draws where a run's net looks, and what its filters answer to:
//
//	go run ./experiments/explain -run cnn -method grad-cam -source fer2013.zip -out build/explain
//	go run ./experiments/explain -run cnn -filters conv2 -out conv2.png
//	go run ./experiments/explain -run runs/mine -method layer-cam -out build/explain
//
// With -method it writes a picture per image: face, heat map, overlays. With -filters it writes one sheet of the pictures that the
// layer's filters answer to most, made by gradient ascent without any image.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/pretrained"
)

func main() { cli.Main("explain", mainErr) }

func mainErr() error {
	name := flag.String("run", "cnn", "shipped run (cnn, dnn) or run `folder`")
	method := flag.String("method", "layer-cam", "attribution `method`; a wrong one lists them all")
	source := flag.String("source", "synthetic:train=1,test=70", "`path` to FER2013 (folder, zip or CSV) or \"synthetic\"")
	images := flag.Int("images", 7, "number of images to explain, the first of the source's last split")
	filters := flag.String("filters", "", "`layer` whose filters to show instead, such as conv2")
	channels := flag.Int("channels", 64, "number of filters to show, the first of the layer")
	steps := flag.Int("steps", 256, "steps of gradient ascent")
	out := flag.String("out", "explain", "`folder` for the pictures, or .png or .svg file for the filters")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	m, err := explain.Open(r)
	if err != nil {
		return err
	}
	if *filters != "" {
		return sheet(m, *filters, *channels, *steps, *out)
	}
	by, err := explain.ByName(*method)
	if err != nil {
		return err
	}
	data, err := dataset.Open(*source, nil)
	if err != nil {
		return err
	}
	sizes := data.SplitSizes()
	examples := data.Split(sizes[len(sizes)-1].Split).Examples
	return views(m, by, examples[:min(max(*images, 0), len(examples))], *out)
}

// views writes a picture per example, explained for the class that the net takes it for.
func views(m *explain.Model, method explain.Method, examples []fer.Example, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	images := make([]*fer.Image, len(examples))
	for i, e := range examples {
		images[i] = e.Image
	}
	classes, err := m.Predict(images)
	if err != nil {
		return err
	}
	maps, err := method.Attribute(m, images, classes)
	var vanished *explain.DegenerateError
	if errors.As(err, &vanished) {
		log.Print(err)
	} else if err != nil {
		return err
	}
	for i, e := range examples {
		f, err := explain.Views(images[i:i+1], classes[i:i+1], maps[i:i+1], figure.Options{
			Title:   fmt.Sprintf("Why %s? %s", classes[i], method.Name()),
			Caption: fmt.Sprintf("Net %s; image %s, labelled %s.", m.Name, e.ID, e.Label),
		})
		if err != nil {
			return err
		}
		path := filepath.Join(dir, fmt.Sprintf("%03d-%s.png", i, classes[i]))
		if err := f.Save(path); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

// sheet writes the pictures of a layer's filters.
func sheet(m *explain.Model, layer string, most, steps int, path string) error {
	n, err := m.Channels(layer)
	if err != nil {
		return err
	}
	channels := make([]int, min(n, max(most, 1)))
	for c := range channels {
		channels[c] = c
	}
	filters, err := explain.Filters(m, layer, channels, nil, &explain.AscentOptions{Steps: steps})
	if err != nil {
		return err
	}
	f, err := explain.FilterSheet(filters, 8, figure.Options{
		Title:   "What the filters of " + layer + " answer to",
		Caption: fmt.Sprintf("Net %s; filters 0 … %d of %d, and what the net takes the picture for.", m.Name, len(channels)-1, n),
	})
	if err != nil {
		return err
	}
	if filepath.Ext(path) == "" {
		path += ".png"
	}
	if err := f.Save(path); err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
