// Explain draws where a run's net looks, and what its filters answer to:
//
//	go run ./experiments/explain -run cnn -method grad-cam -source fer2013.zip -out build/explain
//	go run ./experiments/explain -run cnn -filters conv1,conv4 -out build/explain
//	go run ./experiments/explain -run cnn -filters all -compare -source fer2013.zip -out build/explain
//	go run ./experiments/explain -run runs/mine -activations all -out build/explain
//
// With -method it writes a picture per image: face, heat map, overlays. With -filters it writes a sheet a layer of the
// pictures that its filters answer to most, made by gradient ascent without any image, and names the dead filters.
// -compare says for how many the picture beats every face of a source, and adds sheets of 60 filters with the patches
// and faces that excite each most. With -activations it writes a sheet a layer of all its maps of one face.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/pretrained"
)

func main() { cli.Main("explain", mainErr) }

func mainErr() error {
	name := flag.String("run", "cnn", "shipped run ("+pretrained.List()+") or run `folder`")
	method := flag.String("method", "layer-cam", "attribution `method`; a wrong one lists them all")
	source := flag.String("source", "synthetic:train=1,test=70",
		"`path` to FER2013 (folder, zip or CSV) or \"synthetic\"; its last split counts")
	thresholds := flag.String("thresholds", "0.3,0.7",
		"`shares` of a map's largest magnitude above which to lay it over the face")
	images := flag.Int("images", 7, "number of images to explain, of each class the first, then the second, …")
	filters := flag.String("filters", "",
		"`layers` whose filters to show instead, such as conv2 or conv1,conv2; \"all\" is every convolution")
	channels := flag.Int("channels", 0, "number of filters to show, the first of the layer; 0 shows all")
	steps := flag.Int("steps", 256, "steps of gradient ascent")
	compare := flag.Bool("compare", false, "compare the filters' pictures with all faces of the source")
	activations := flag.String("activations", "",
		"`layers` whose maps of a face to show instead, such as relu2; \"all\" is every ReLU with positions")
	face := flag.Int("face", 0, "number of the source's image that -activations shows, from 0")
	out := flag.String("out", "explain", "`folder` for the pictures; for a single sheet also a .png or .svg file")
	voted := cli.VotesFlag()
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}
	if *images < 1 {
		return fmt.Errorf("-images is %d, want 1 or more", *images)
	}
	fields, err := cli.List("-thresholds", *thresholds)
	if err != nil {
		return err
	}
	var above []float64
	for _, field := range fields {
		t, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return fmt.Errorf("-thresholds %q, want numbers such as 0.3,0.7", *thresholds)
		}
		above = append(above, t)
	}
	by, err := explain.ByName(*method)
	if err != nil {
		return err
	}
	r, err := pretrained.Find(*name)
	if err != nil {
		return err
	}
	m, err := explain.Open(r)
	if err != nil {
		return err
	}
	faces := func() ([]fer.Example, error) {
		data, err := cli.OpenVoted(*source, *voted, "", r, dataset.Options{SkipBad: *skipBad, AnyClasses: true})
		if err == nil {
			err = r.Fits(data)
		}
		if err != nil {
			return nil, err
		}
		sizes := data.SplitSizes()
		return data.Split(sizes[len(sizes)-1].Split).Examples, nil
	}
	switch {
	case *filters != "":
		var examples []fer.Example
		if *compare {
			if examples, err = faces(); err != nil {
				return err
			}
		}
		return eachLayer(m, *filters, "Conv2D", *out, func(layer string) ([]*figure.Figure, error) {
			return filterSheets(m, layer, *channels, *steps, examples)
		})
	case *activations != "":
		examples, err := faces()
		if err != nil {
			return err
		}
		if *face < 0 || *face >= len(examples) {
			return fmt.Errorf("-face %d, want 0 … %d: the source's last split has %d images", *face, len(examples)-1,
				len(examples))
		}
		return eachLayer(m, *activations, "ReLU", *out, func(layer string) ([]*figure.Figure, error) {
			f, err := explain.AllActivations(m, layer, examples[*face])
			return []*figure.Figure{f}, err
		})
	}
	examples, err := faces()
	if err != nil {
		return err
	}
	return why(m, by, inTurn(examples, *images), above, *out)
}

// inTurn returns n examples, or all if there are fewer: of each class the first, then of each the second, and so on. A
// folder lists a class after the other.
func inTurn(examples []fer.Example, n int) []fer.Example {
	place := map[fer.Class]int{}
	round := make([]int, len(examples)) // How many examples of its class stand before an example.
	order := make([]int, len(examples))
	for i, e := range examples {
		round[i], order[i] = place[e.Label], i
		place[e.Label]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(round[a], round[b]) })
	var chosen []fer.Example
	for _, i := range order[:min(n, len(order))] {
		chosen = append(chosen, examples[i])
	}
	return chosen
}

// why writes a picture per example, explained for the class that the net takes it for.
func why(m *explain.Model, method explain.Method, examples []fer.Example, thresholds []float64, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	images, captions := make([]*fer.Image, len(examples)), make([]string, len(examples))
	for i, e := range examples {
		images[i], captions[i] = e.Image, fmt.Sprintf("image %s, labelled %s", e.ID, m.Classes.Name(e.Label))
	}
	classes, err := m.Predict(images)
	if err != nil {
		return err
	}
	figures, err := explain.Why(m, method, images, classes, captions, thresholds)
	var vanished *explain.DegenerateError
	if errors.As(err, &vanished) {
		log.Print(err)
	} else if err != nil {
		return err
	}
	for i, f := range figures {
		path := filepath.Join(dir, fmt.Sprintf("%03d-%s.png", i, m.Classes.Name(classes[i])))
		if err := f.Save(path); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}

// eachLayer writes the sheets of every layer of a list, or of a type with positions if the list is "all".
func eachLayer(m *explain.Model, list, kind, out string, sheets func(layer string) ([]*figure.Figure, error)) error {
	var layers []string
	if list != "all" {
		var err error
		if layers, err = cli.List("the layers", list); err != nil {
			return err
		}
	} else {
		layers = m.LayersOf(kind)
		if len(layers) == 0 {
			return fmt.Errorf("the net %s has no %s with positions", m.Name, kind)
		}
	}
	for _, layer := range layers {
		if _, err := m.Layer(layer); err != nil {
			return err // Before the work on those that exist.
		}
	}
	single := len(layers) == 1 && filepath.Ext(out) != ""
	if !single {
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
	}
	for _, layer := range layers {
		figures, err := sheets(layer)
		if err != nil {
			return err
		}
		base, ext := filepath.Join(out, layer), ".png"
		if single {
			ext = filepath.Ext(out)
			base = strings.TrimSuffix(out, ext)
		}
		for i, f := range figures {
			path := base + ext
			if i > 0 {
				path = fmt.Sprintf("%s-faces-%d%s", base, i, ext)
			}
			if err := f.Save(path); err != nil {
				return err
			}
			fmt.Println(path)
		}
	}
	return nil
}

// filterSheets ascends the first filters of a layer, or all if most is 0, prints what came of it, and draws it; with
// examples also what of them excites the filters.
func filterSheets(m *explain.Model, layer string, most, steps int, examples []fer.Example) ([]*figure.Figure, error) {
	if most <= 0 {
		most = math.MaxInt
	}
	channels, _, err := m.FirstChannels(layer, most)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	filters, err := explain.Filters(m, layer, channels, examples, &explain.AscentOptions{Steps: steps})
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s, %d steps in %.1f s: %s\n", layer, steps, time.Since(start).Seconds(), explain.Tally(filters))
	return explain.FilterSheets(m, layer, filters, len(examples))
}
