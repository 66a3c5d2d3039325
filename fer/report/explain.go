package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/notebook"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// Explained is a net with faces to explain it on: some of each emotion, from a split of the notebooks' source that it was not
// trained on.
type Explained struct {
	Net     *explain.Model
	Images  []*fer.Image
	Classes []fer.Emotion // Their labels.
	Regions []explain.Regions

	examples []fer.Example
	caption  string
}

// Explain opens a run for explanation on faces of the notebooks' source, the first of each emotion in its test split.
func Explain(r *run.Run, perEmotion int) (*Explained, error) {
	data, err := Data()
	if err != nil {
		return nil, err
	}
	return explainOn(data, r, perEmotion)
}

func explainOn(data *dataset.Dataset, r *run.Run, perEmotion int) (*Explained, error) {
	net, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	split := testSplit(data)
	e := &Explained{Net: net, examples: data.Split(split).Examples}
	counts := map[fer.Emotion]int{}
	for _, class := range fer.Emotions() {
		for _, x := range e.examples {
			if x.Label != class || counts[class] == perEmotion {
				continue
			}
			counts[class]++
			regions := explain.AlignedRegions()
			if data.Kind == dataset.Synthetic {
				face, err := synth.ByID(x.ID)
				if err != nil {
					return nil, err
				}
				regions = synth.Regions(face.Params)
			}
			e.Images, e.Classes, e.Regions = append(e.Images, x.Image), append(e.Classes, class), append(e.Regions, regions)
		}
	}
	if len(e.Images) == 0 {
		return nil, fmt.Errorf("the %s split of %s has no labelled face to explain", split, data.Name)
	}
	e.caption = fmt.Sprintf("Net %s; faces of %s, split %s, n=%d", r.Name, data.Name, split, len(e.Images))
	return e, nil
}

// attribute returns a method's maps for all faces, or the error of a method that can't work on the net.
func (e *Explained) attribute(method explain.Method) ([]*explain.Map, error) {
	maps, err := method.Attribute(e.Net, e.Images, e.Classes)
	var vanished *explain.DegenerateError
	if errors.As(err, &vanished) {
		return maps, nil // Such maps show, and count, as empty.
	}
	return maps, err
}

// Gallery shows what methods say of each face.
func (e *Explained) Gallery(methods ...explain.Method) (*figure.Figure, error) {
	return explain.Gallery(e.Net, e.Images, e.Classes, methods, figure.Options{
		Title:   "Where the net looks, by method",
		Caption: "Blue to red: against and for the emotion on the left; dark to yellow: no to much influence. " + e.caption + ".",
	})
}

// Views shows a method's map of each face as the report does: original, heat map, overlays above thresholds.
func (e *Explained) Views(method explain.Method) (*figure.Figure, error) {
	maps, err := e.attribute(method)
	if err != nil {
		return nil, err
	}
	return explain.Views(e.Images, e.Classes, maps, figure.Options{
		Title:   "Saliency by " + method.Name(),
		Caption: "Thresholds are shares of a map's largest value. " + e.caption + ".",
	})
}

// MeanMaps shows the mean map of each emotion.
func (e *Explained) MeanMaps(method explain.Method) (*figure.Figure, error) {
	shares, err := e.shares(method)
	if err != nil {
		return nil, err
	}
	return explain.MeanMaps(shares, figure.Options{
		Title:   "Mean saliency of each emotion by " + method.Name(),
		Caption: "Each map counts the same. " + e.caption + ".",
	})
}

// Shares says in which parts of the face the maps of each emotion lie.
func (e *Explained) Shares(method explain.Method) (notebook.Tabular, error) {
	shares, err := e.shares(method)
	if err != nil {
		return notebook.Tabular{}, err
	}
	header, rows := explain.SharesTable(shares)
	return notebook.Tabular{Caption: "Share of the attribution by part of the face, %. " + e.caption, Header: header, Rows: rows}, nil
}

func (e *Explained) shares(method explain.Method) ([]explain.Shares, error) {
	maps, err := e.attribute(method)
	if err != nil {
		return nil, err
	}
	return explain.ShareByRegion(maps, e.Classes, e.Regions)
}

// Shuffled shows the maps of methods for the first face, with the net's weights as learned and shuffled.
func (e *Explained) Shuffled(methods ...explain.Method) (*figure.Figure, error) {
	shuffled, err := e.Net.Randomised(1)
	if err != nil {
		return nil, err
	}
	rows := make([][]figure.Cell, 2)
	var columns []string
	for _, method := range methods {
		var pair [2][]*explain.Map
		for i, net := range []*explain.Model{e.Net, shuffled} {
			maps, err := method.Attribute(net, e.Images, e.Classes)
			var vanished *explain.DegenerateError
			if err != nil && !errors.As(err, &vanished) {
				return nil, err
			}
			heat, err := figure.Heat(maps[0].Figure())
			if err != nil {
				return nil, err
			}
			pair[i] = maps
			rows[i] = append(rows[i], figure.Cell{Image: heat})
		}
		rows[1][len(rows[1])-1].Caption = fmt.Sprintf("likeness %.2f", explain.Likeness(pair[0], pair[1]))
		columns = append(columns, method.Name())
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title:   "Does the map depend on what was learned?",
			Caption: "The first face, explained before and after the weights of each layer are shuffled; likeness is Spearman's correlation of the magnitudes over all faces, apart from what their maps have in common. " + e.caption + ".",
		},
		Rows: []string{"learned", "shuffled"}, Columns: columns, Side: 84,
	})
}

// RankMethods scores methods against synthetic faces that the run wasn't trained on. If the notebooks' source isn't synthetic,
// or the net recognises too few of them, the table says only that.
func RankMethods(r *run.Run, methods ...explain.Method) (notebook.Tabular, error) {
	if !strings.HasPrefix(Source(), "synthetic") {
		note := "Methods are ranked on synthetic faces, whose truth is known, with a net that has learned such faces: unset " + SourceEnv + " to see it."
		return notebook.Tabular{Header: []string{"ranking"}, Rows: [][]string{{note}}}, nil
	}
	m, err := explain.Open(r)
	if err != nil {
		return notebook.Tabular{}, err
	}
	n := 28
	if notebook.Small() {
		n = 14
	}
	ranking, err := explain.Rank(m, synth.Faces(rankSeed, n), methods, &explain.RankOptions{SanityFaces: 4})
	if errors.Is(err, explain.ErrUnrecognised) {
		return notebook.Tabular{Header: []string{"ranking"}, Rows: [][]string{{err.Error()}}}, nil
	}
	if err != nil {
		return notebook.Tabular{}, err
	}
	t := notebook.Tabular{Caption: fmt.Sprintf(
		"Means over the %d of %d new synthetic faces that the net recognises and that are not neutral; their true masks cover %.0f %% of the pixels.",
		ranking.Faces, n, 100*ranking.Chance)}
	t.Header, t.Rows = ranking.Table()
	return t, nil
}

// rankSeed makes faces that no training source has by default.
const rankSeed = 40

// Filters shows the first filters of a layer: the picture that each answers to most and, if compare is set, the face of the
// source that it answers to most. The caption then says how many are dead, and how pictures and faces compare.
func (e *Explained) Filters(layer string, most int, compare bool) (*figure.Figure, error) {
	channels, n, err := e.Net.FirstChannels(layer, most)
	if err != nil {
		return nil, err
	}
	var examples []fer.Example
	if compare {
		examples = e.examples
	}
	filters, err := explain.Filters(e.Net, layer, channels, examples, ascent())
	if err != nil {
		return nil, err
	}
	caption := fmt.Sprintf("Filters 0 … %d of the %d of %s in net %s, and what the net takes the picture for.", len(channels)-1, n, layer, e.Net.Name)
	if compare {
		caption = fmt.Sprintf("Filters 0 … %d of the %d of %s in net %s, with the emotions whose faces excite them most; below, the face of n=%d that does so most.",
			len(channels)-1, n, layer, e.Net.Name, len(examples))
		dead, err := explain.Dead(e.Net, layer, examples)
		if err != nil {
			return nil, err
		}
		share, live := explain.BeatsData(filters)
		caption += fmt.Sprintf(" %s. The picture excites the filter at least as much as that face for %.0f %% of the %d live filters shown.",
			named(dead, n), 100*share, live)
	}
	return explain.FilterSheet(filters, 8, figure.Options{Title: "What the filters of " + layer + " answer to", Caption: caption})
}

func named(dead []int, n int) string {
	if len(dead) == 0 {
		return fmt.Sprintf("None of the %d filters is dead", n)
	}
	return fmt.Sprintf("%d of the %d filters are dead, no face makes them positive: %s", len(dead), n, strings.Trim(fmt.Sprint(dead), "[]"))
}

// ClassPictures shows the picture that raises the logit of each emotion most, for one or more runs.
func ClassPictures(runs ...*run.Run) (*figure.Figure, error) {
	var rows [][]figure.Cell
	var names []string
	for _, r := range runs {
		m, err := explain.Open(r)
		if err != nil {
			return nil, err
		}
		ascents, err := explain.AscendClasses(m, ascent())
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
		Options: figure.Options{Title: "The picture that each class answers to most", Caption: "By gradient ascent from noise; no image was used."},
		Rows:    names, Columns: fer.EmotionNames(), Side: 84,
	})
}

// BestFaces shows filters of a layer with the faces of the source that excite them most.
func (e *Explained) BestFaces(layer string, channels ...int) (*figure.Figure, error) {
	filters, err := explain.Filters(e.Net, layer, channels, e.examples, ascent())
	if err != nil {
		return nil, err
	}
	return explain.BestSheet(filters, figure.Options{
		Title:   "Filters of " + layer + " and the faces they answer to",
		Caption: fmt.Sprintf("Numbers are mean activations before ReLU. Net %s; the strongest of n=%d faces.", e.Net.Name, len(e.examples)),
	})
}

// FilterTable compares, for the first filters of each layer, their pictures with the face of the source that excites them most.
func (e *Explained) FilterTable(most int, layers ...string) (notebook.Tabular, error) {
	t := notebook.Tabular{
		Caption: fmt.Sprintf("A filter is dead if no face makes it positive at any place. Net %s; n=%d faces.", e.Net.Name, len(e.examples)),
		Header:  []string{"layer", "filters", "dead", "live ones compared", "picture ≥ best face, %", "answer to picture / to face, median"},
	}
	for _, layer := range layers {
		channels, n, err := e.Net.FirstChannels(layer, most)
		if err != nil {
			return t, err
		}
		dead, err := explain.Dead(e.Net, layer, e.examples)
		if err != nil {
			return t, err
		}
		filters, err := explain.Filters(e.Net, layer, channels, e.examples, ascent())
		if err != nil {
			return t, err
		}
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
		t.Rows = append(t.Rows, []string{layer, fmt.Sprint(n), names, fmt.Sprint(live), fmt.Sprintf("%.0f", 100*share), median})
	}
	return t, nil
}

// ActivationMaps shows the strongest maps of a layer for one of the faces, counted from 0.
func (e *Explained) ActivationMaps(face int, layer string, most int) (*figure.Figure, error) {
	if face < 0 || face >= len(e.Images) {
		return nil, fmt.Errorf("face %d, want 0 … %d", face, len(e.Images)-1)
	}
	return explain.ActivationSheet(e.Net, layer, e.Images[face], most, figure.Options{
		Title:   "What " + layer + " makes of a face",
		Caption: fmt.Sprintf("Channel and largest value; each map in its own colours, the strongest first. Net %s, a face of emotion %s.", e.Net.Name, e.Classes[face]),
	})
}

// ascent is the notebooks' setting of gradient ascent.
func ascent() *explain.AscentOptions {
	if notebook.Small() {
		return &explain.AscentOptions{Steps: 24}
	}
	return &explain.AscentOptions{Steps: 128}
}
