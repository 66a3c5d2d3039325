package results

import (
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Filters shows the first filters of a layer: the picture that each answers to most and, if compare is set, the face of
// the source that it answers to most. The caption then says how many are dead, and how pictures and faces compare.
func (e *Explained) Filters(layer string, most int, compare bool) (*figure.Figure, error) {
	var examples []fer.Example
	if compare {
		examples = e.examples
	}
	filters, seen, n, err := e.filters(layer, most, examples)
	if err != nil {
		return nil, err
	}
	caption := fmt.Sprintf("Filters 0 … %d of the %d of %s in net %s, and what the net takes the picture for.",
		len(filters)-1, n, layer, e.Net.Name)
	if compare {
		share, live := explain.BeatsData(filters)
		caption = fmt.Sprintf("Filters 0 … %d of the %d of %s in net %s, with the %s whose faces excite them "+
			"most; below, the face of n=%d that does so most. "+
			"%s. The picture excites the filter at least as much as that face for %.0f %% of the %d live filters "+
			"shown.",
			len(filters)-1, n, layer, e.Net.Name, e.Net.Classes.Nouns(), len(examples),
			named(seen.Dead(), n), 100*share, live)
	}
	return explain.FilterSheet(filters, 8, figure.Options{Title: "What the filters of " + layer + " answer to",
		Caption: caption})
}

// filters ascends the first filters of a layer, of n, unless that has been done, and compares them with examples.
func (e *Explained) filters(layer string, most int, examples []fer.Example) (filters []explain.Filter,
	seen *explain.Observed, n int, err error) {
	channels, n, err := e.Net.FirstChannels(layer, most)
	if err != nil {
		return nil, nil, 0, err
	}
	if seen, err = explain.Observe(e.Net, layer, examples); err != nil {
		return nil, nil, 0, err
	}
	key := fmt.Sprint(layer, len(channels))
	if e.ascents[key] == nil {
		if e.ascents[key], err = explain.Ascend(e.Net, layer, channels, e.ascent()); err != nil {
			return nil, nil, 0, err
		}
	}
	return seen.Filters(e.ascents[key]), seen, n, nil
}

func named(dead []int, n int) string {
	if len(dead) == 0 {
		return fmt.Sprintf("None of the %d filters is dead", n)
	}
	return fmt.Sprintf("%d of the %d filters are dead, no face makes them positive: %s", len(dead), n,
		strings.Trim(fmt.Sprint(dead), "[]"))
}

// ClassPictures shows the picture that raises the logit of each emotion most, for one or more runs, after so many steps
// of gradient ascent; 0 means the default of [explain.AscentOptions].
func ClassPictures(steps int, runs ...*run.Run) (*figure.Figure, error) {
	var rows [][]figure.Cell
	var names, classes []string
	for _, r := range runs {
		if !r.Config.Classes.Equal(runs[0].Config.Classes) {
			return nil, otherClasses(runs[0], r)
		}
		classes = r.Config.Classes.Names()
		m, err := explain.Open(r)
		if err != nil {
			return nil, err
		}
		ascents, err := explain.AscendClasses(m, &explain.AscentOptions{Steps: steps})
		if err != nil {
			return nil, err
		}
		var row []figure.Cell
		for _, a := range ascents {
			row = append(row, figure.Cell{Image: a.Image, Caption: fmt.Sprintf("logit %.1f", a.Activation)})
		}
		rows, names = append(rows, row), append(names, r.Name+"\n"+r.Record.Source)
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{Title: "The picture that each class answers to most",
			Caption: "By gradient ascent from noise; no image was used."},
		Rows: names, Columns: classes, Side: 84,
	})
}

// BestFaces shows filters of a layer with the patches and the faces of the source that excite them most.
func (e *Explained) BestFaces(layer string, channels ...int) (*figure.Figure, error) {
	filters, err := explain.Filters(e.Net, layer, channels, e.examples, e.ascent())
	if err != nil {
		return nil, err
	}
	return explain.BestSheet(filters, 1, figure.Options{
		Title: "Filters of " + layer + " and the faces they answer to",
		Caption: fmt.Sprintf("The filter's picture, with its answer before ReLU, the mean over all positions, and "+
			"the %s it serves; the patches that excite a single position "+
			"most; and the faces it answers to most. Net %s; n=%d faces.", e.Net.Classes.Nouns(), e.Net.Name,
			len(e.examples)),
	})
}

// FilterTable compares, for the first filters of each layer, their pictures with the face of the source that excites
// them most.
func (e *Explained) FilterTable(most int, layers ...string) (figure.Table, error) {
	t := figure.Table{
		Caption: fmt.Sprintf("A filter is dead if no face makes it positive at any place. Net %s; n=%d faces.",
			e.Net.Name, len(e.examples)),
		Header: []string{"layer", "filters", "dead", "live ones compared", "picture ≥ best face, %",
			"answer to picture / to face, median"},
	}
	for _, layer := range layers {
		filters, seen, n, err := e.filters(layer, most, e.examples)
		if err != nil {
			return t, err
		}
		dead := seen.Dead()
		share, live := explain.BeatsData(filters)
		var ratios []float64
		for _, f := range filters {
			if !f.Dead && f.Answer[0] > 0 {
				ratios = append(ratios, f.Activation/f.Answer[0])
			}
		}
		median := "–"
		if len(ratios) > 0 {
			slices.Sort(ratios)
			median = fmt.Sprintf("%.1f", ratios[len(ratios)/2])
		}
		names := "none"
		if len(dead) > 0 {
			names = strings.Trim(fmt.Sprint(dead), "[]")
		}
		t.Rows = append(t.Rows, []string{layer, fmt.Sprint(n), names, fmt.Sprint(live), fmt.Sprintf("%.0f", 100*share),
			median})
	}
	return t, nil
}

// ActivationMaps shows the strongest maps of a layer for one of the faces, counted from 0.
func (e *Explained) ActivationMaps(face int, layer string, most int) (*figure.Figure, error) {
	if face < 0 || face >= len(e.Images) {
		return nil, fmt.Errorf("face %d, want 0 … %d", face, len(e.Images)-1)
	}
	return explain.ActivationSheet(e.Net, layer, e.Images[face], most, figure.Options{
		Title: "What " + layer + " makes of a face",
		Caption: fmt.Sprintf("Channel and largest value; each map in its own colours, the strongest first. Net %s, "+
			"a face of %s %s.", e.Net.Name, e.Net.Classes.Noun(), e.Net.Classes.Name(e.Classes[face])),
	})
}

func (e *Explained) ascent() *explain.AscentOptions {
	return &explain.AscentOptions{Steps: e.AscentSteps}
}
