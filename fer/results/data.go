package results

import (
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/synth"
)

// Samples shows the first faces of every emotion in the training split, a row an emotion.
func Samples(d *dataset.Dataset, perEmotion int) (*figure.Figure, error) {
	rows := make([][]figure.Cell, d.Classes.Len())
	for _, e := range d.Split(fer.Train).Examples {
		if d.Classes.Has(e.Label) && len(rows[e.Label]) < perEmotion {
			rows[e.Label] = append(rows[e.Label], figure.Cell{Image: e.Image})
		}
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title: "Faces by " + d.Classes.Noun(),
			Caption: fmt.Sprintf("The first %d faces of each %s in the training split of %s.", perEmotion,
				d.Classes.Noun(), theSource(d.Name)),
		},
		Rows: d.Classes.Names(),
		Side: 72,
	})
}

// Balance draws how many faces of each emotion the splits have.
func Balance(d *dataset.Dataset) (*figure.Figure, error) {
	var series []figure.BarSeries
	var sizes []string
	for _, s := range d.SplitSizes() {
		counts := d.Split(s.Split).Counts()
		bars := figure.BarSeries{Name: string(s.Split)}
		for _, n := range counts {
			bars.Values = append(bars.Values, float64(n))
		}
		series = append(series, bars)
		sizes = append(sizes, fmt.Sprintf("%s n=%s", s.Split, figure.Count(s.Size)))
	}
	return figure.Bars(d.Classes.Names(), series, figure.Axis{Label: "faces", Integer: true}, figure.Options{
		Title: "Class balance",
		Caption: fmt.Sprintf("Faces of each %s in %s: %s.", d.Classes.Noun(), theSource(d.Name),
			strings.Join(sizes, ", ")),
	})
}

// MeanFaces shows the mean image of every emotion in the training split: what can be told without looking at any one
// face.
func MeanFaces(d *dataset.Dataset) (*figure.Figure, error) {
	sums := make([][fer.Pixels]float64, d.Classes.Len())
	train := d.Split(fer.Train)
	if train.Len() == 0 {
		return nil, fmt.Errorf("mean faces of %q: it has no training faces", d.Name)
	}
	counts := train.Counts()
	for _, e := range train.Examples {
		if d.Classes.Has(e.Label) {
			for i, p := range e.Image {
				sums[e.Label][i] += float64(p)
			}
		}
	}
	cells := make([]figure.Cell, d.Classes.Len())
	for _, e := range d.Classes.All() {
		if counts[e] == 0 {
			cells[e] = figure.Cell{Caption: d.Classes.Name(e) + ": no face"}
			continue
		}
		mean := new(fer.Image)
		for i, s := range sums[e] {
			mean[i] = uint8(s/float64(counts[e]) + 0.5)
		}
		cells[e] = figure.Cell{Image: mean, Caption: d.Classes.Name(e)}
	}
	return figure.Grid([][]figure.Cell{cells}, figure.GridOptions{Options: figure.Options{
		Title: "Mean face of each emotion in this notebook's data",
		Caption: fmt.Sprintf("Pixel means over the training split of %s, n=%s.", theSource(d.Name),
			figure.Count(train.Len())),
	}})
}

// Masks shows a synthetic face of each emotion, in their order, with the pixels that carry its expression marked. A
// neutral face has no such mask: it is the face at rest.
func Masks(faces []synth.Face) (*figure.Figure, error) {
	rows := make([][]figure.Cell, 2)
	for _, e := range fer.Emotions.All() {
		i := slices.IndexFunc(faces, func(f synth.Face) bool { return f.Label == e })
		if i < 0 {
			continue
		}
		f := faces[i]
		rows[0] = append(rows[0], figure.Cell{Image: f.Image, Caption: fer.Emotions.Name(e)})
		if e == fer.Neutral {
			rows[1] = append(rows[1], figure.Cell{Caption: "no mask: the face at rest"})
			continue
		}
		marked := make([]float64, fer.Pixels)
		for i, on := range f.Mask {
			if on {
				marked[i] = 1
			}
		}
		overlay, err := figure.Overlay(f.Image, figure.NewMap(marked), figure.OverlayOptions{Alpha: 0.6})
		if err != nil {
			return nil, err
		}
		rows[1] = append(rows[1], figure.Cell{Image: overlay, Caption: fmt.Sprintf("%.0f %% of the pixels",
			100*float64(f.Mask.Count())/fer.Pixels)})
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{Title: "Where the expression is",
			Caption: "Drawn faces; marked below are the pixels that change when the face relaxes."},
		Side: 96,
	})
}

// Likes shows a drawn face of each emotion as the nets see them: what FER2013's faces are like, without one of them.
func Likes(faces []synth.Face) (*figure.Figure, error) {
	var cells []figure.Cell
	for _, e := range fer.Emotions.All() {
		i := slices.IndexFunc(faces, func(f synth.Face) bool { return f.Label == e })
		if i < 0 {
			continue
		}
		f := faces[i]
		cells = append(cells, figure.Cell{Image: f.Image, Caption: fer.Emotions.Name(f.Label)})
	}
	return figure.Grid([][]figure.Cell{cells}, figure.GridOptions{
		Options: figure.Options{Title: "What a net is given: 48×48 grey pixels", Caption: "Faces drawn by Ferlab."},
		Side:    112,
	})
}
