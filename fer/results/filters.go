package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/records"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// AnswerFilters says how much an emotion of its own the filters of each layer have, by the record of a run, and shows
// some of the first and of the last layer after so many steps of gradient ascent.
func AnswerFilters(f *records.Filters, r *run.Run, steps int) (show.Answer, error) {
	if len(f.Layers) < 2 {
		return show.Answer{}, fmt.Errorf("the record of filters has %d layers", len(f.Layers))
	}
	first, last := f.Layers[0], f.Layers[len(f.Layers)-1]
	top := func(l records.Layer) records.Serving {
		return slices.MaxFunc(l.Serves, func(a, b records.Serving) int {
			return cmp.Compare(a.Deviations, b.Deviations)
		})
	}
	all, dead := 0, 0
	for _, l := range f.Layers {
		all, dead = all+l.Filters, dead+len(l.Dead)
	}
	silent := fmt.Sprintf("None of the %s filters is dead: each answers to some face.", figure.Count(all))
	if dead > 0 {
		silent = fmt.Sprintf("%d of the %s filters are dead: they answer to no face.", dead, figure.Count(all))
	}
	picture, err := firstAndLast(f, r, steps)
	if err != nil {
		return show.Answer{}, err
	}
	best := top(last)
	half := 1.96 / math.Sqrt(float64(max(1, facesOf(best.Class))))
	answer := show.Answer{
		Sentence: fmt.Sprintf("To edges in the first layer and to parts of faces in the last. There the best filter "+
			"tells %s faces from others %.1f times as clearly as the best of the first layer tells its own.",
			adjective(best.Class), best.Deviations/top(first).Deviations),
		Number: fmt.Sprintf("%.1f σ", best.Deviations),
		Of: fmt.Sprintf("is how far filter %d of %s answers to %s faces above its mean answer (95 %% interval "+
			"%.1f–%.1f, from the number of such faces); the best of %s reaches %.1f σ (FER2013's PublicTest, n=%s).",
			best.Channel, last.Name, adjective(best.Class), best.Deviations-half, best.Deviations+half, first.Name,
			top(first).Deviations, figure.Count(f.Faces)),
		Notes:   []string{silent},
		Picture: picture,
	}
	if !f.Of(r) {
		answer.Notes = append(answer.Notes, stale)
	}
	return answer, nil
}

// facesOf returns how many faces of a class PublicTest has, by the record of FER2013; 0 if it doesn't say.
func facesOf(class string) int {
	d, err := records.OpenData()
	if err != nil {
		return 0
	}
	for _, s := range d.Splits {
		if i := slices.Index(d.Classes, class); s.Name == string(fer.Public) && i >= 0 && i < len(s.Counts) {
			return s.Counts[i]
		}
	}
	return 0
}

// plain reports whether nine tenths of a picture are of about one grey: it shows nothing but a brightness.
func plain(m *fer.Image) bool {
	sorted := slices.Sorted(slices.Values(m[:]))
	middle, near := int(sorted[len(sorted)/2]), 0
	for _, v := range m {
		if d := int(v) - middle; d >= -16 && d <= 16 {
			near++
		}
	}
	return 10*near >= 9*fer.Pixels
}

// serving climbs to the picture of the filter of a layer that serves each class most.
func serving(m *explain.Model, l records.Layer, steps int) ([]explain.Ascent, error) {
	channels := make([]int, m.Classes.Len())
	for _, e := range m.Classes.All() {
		i := slices.IndexFunc(l.Serves, func(s records.Serving) bool { return s.Class == m.Classes.Name(e) })
		if i < 0 {
			return nil, fmt.Errorf("no filter of %s that serves %s is recorded", l.Name, m.Classes.Name(e))
		}
		channels[e] = l.Serves[i].Channel
	}
	return explain.Ascend(m, l.Name, channels, &explain.AscentOptions{Steps: steps})
}

// firstAndLast shows the filters of the first and the last layer that serve an emotion most, of the four emotions that
// the last layer tells most clearly; of those whose filter answers to more than brightness.
func firstAndLast(f *records.Filters, r *run.Run, steps int) (*figure.Figure, error) {
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	layers := []records.Layer{f.Layers[0], f.Layers[len(f.Layers)-1]}
	var pictures [2][]explain.Ascent
	for i, l := range layers {
		if pictures[i], err = serving(m, l, steps); err != nil {
			return nil, err
		}
	}
	rows, columns := make([][]figure.Cell, 2), []string(nil)
	distinct := slices.SortedStableFunc(slices.Values(layers[1].Serves), func(a, b records.Serving) int {
		return cmp.Compare(b.Deviations, a.Deviations)
	})
	for _, s := range distinct {
		e, ok := m.Classes.Find(s.Class)
		if !ok || len(columns) == 4 || plain(pictures[0][e].Image) {
			continue
		}
		columns = append(columns, s.Class)
		for i := range rows {
			rows[i] = append(rows[i], figure.Cell{Image: pictures[i][e].Image})
		}
	}
	return figure.Grid(rows, figure.GridOptions{Rows: []string{layers[0].Name, layers[1].Name}, Columns: columns,
		Side: 66, Smooth: true, Options: figure.Options{
			Title:   "What excites a filter of the first layer, and of the last",
			Caption: "Of each layer the filter that serves the emotion most; pictures by gradient ascent.",
			Alt:     "Stripes above, from the first layer; eyes, noses and mouths below, from the last",
		}})
}

// ServingFilters shows, layer by layer, the picture of the filter that serves each emotion most.
func ServingFilters(f *records.Filters, r *run.Run, steps int) (*figure.Figure, error) {
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	var rows [][]figure.Cell
	var layers []string
	empty := 0
	for _, l := range f.Layers {
		ascents, err := serving(m, l, steps)
		if err != nil {
			return nil, err
		}
		var row []figure.Cell
		for _, a := range ascents {
			caption := fmt.Sprint(a.Channel)
			if plain(a.Image) {
				caption, empty = caption+": plain", empty+1
			}
			row = append(row, figure.Cell{Image: a.Image, Caption: caption})
		}
		rows, layers = append(rows, row), append(layers, l.Name)
	}
	caption := fmt.Sprintf("Columns: the filter of each layer of %s that answers to the faces of an emotion most "+
		"beyond the mean of all faces, with its number; the picture is what excites it most, by gradient ascent.",
		Name(r))
	if empty > 0 {
		caption += " A plain picture is no fault: such a filter answers to brightness alone."
	}
	return figure.Grid(rows, figure.GridOptions{Rows: layers, Columns: m.Classes.Names(), Side: 58,
		Options: figure.Options{Title: "The filters that serve each emotion most", Caption: caption,
			Alt: "Pictures of four layers of filters: stripes and spots in the first, patterns in the second and " +
				"third, parts of faces in the fourth"}})
}

// ServingTable lists, layer by layer, how distinctly the best filter answers to each emotion.
func ServingTable(f *records.Filters) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("How far the filter that serves an emotion most answers to its faces above its mean "+
			"answer, in standard deviations; %s on FER2013's PublicTest, n=%s", named(f.Net), figure.Count(f.Faces)),
		Header: []string{"layer", "filters", "dead"},
	}
	var classes []string
	for _, s := range f.Layers[0].Serves {
		classes = append(classes, s.Class)
	}
	slices.SortFunc(classes, func(a, b string) int { // FER2013's order, where the names are its own.
		i, _ := fer.Emotions.Find(a)
		j, _ := fer.Emotions.Find(b)
		return cmp.Or(cmp.Compare(i, j), cmp.Compare(a, b))
	})
	t.Header = append(t.Header, classes...)
	for _, l := range f.Layers {
		row := []string{l.Name, fmt.Sprint(l.Filters), fmt.Sprint(len(l.Dead))}
		for _, e := range classes {
			cell := "–"
			for _, s := range l.Serves {
				if s.Class == e {
					cell = fmt.Sprintf("%.2f", s.Deviations)
				}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Serving returns the filters of a layer that serve emotions most on the faces of the source, the most distinct first.
func (e *Explained) Serving(layer string, most int) ([]int, error) {
	f, err := records.ServingOf(e.Net, layer, e.examples)
	if err != nil {
		return nil, err
	}
	var channels []int
	for _, s := range f[:min(most, len(f))] {
		channels = append(channels, s.Channel)
	}
	return channels, nil
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
			"the emotions it serves; the patches that excite a single position most; and the faces it answers to "+
			"most. Net: %s. Faces: %s %s.", named(e.Net.Name), figure.Count(len(e.examples)), e.source),
	})
}

// ActivationMaps shows the strongest maps of layers for one of the faces, counted from 0, a row a layer.
func (e *Explained) ActivationMaps(face, most int, layers ...string) (*figure.Figure, error) {
	if face < 0 || face >= len(e.Images) {
		return nil, fmt.Errorf("face %d, want 0 … %d", face, len(e.Images)-1)
	}
	var rows [][]figure.Cell
	for i, layer := range layers {
		maps, err := explain.Activations(e.Net, layer, e.Images[face])
		if err != nil {
			return nil, err
		}
		row := []figure.Cell{{}}
		if i == 0 {
			row[0] = figure.Cell{Image: e.Images[face], Caption: e.Net.Classes.Name(e.Classes[face])}
		}
		for _, c := range maps[:min(most, len(maps))] {
			f := figure.NewMap(c.Values)
			f.Width = c.Width
			heat, err := figure.Heat(f)
			if err != nil {
				return nil, err
			}
			row = append(row, figure.Cell{Image: heat, Caption: fmt.Sprintf("%d: %.1f", c.Channel, c.Strength)})
		}
		rows = append(rows, row)
	}
	return figure.Grid(rows, figure.GridOptions{Rows: layers, Side: 72, Options: figure.Options{
		Title: "What the layers make of a face",
		Caption: fmt.Sprintf("The strongest maps of each layer, each in its own colours, with channel and largest "+
			"value. Net: %s. Face: %s, one of the %s.", named(e.Net.Name), e.Net.Classes.Name(e.Classes[face]),
			e.source),
	}})
}

func (e *Explained) ascent() *explain.AscentOptions {
	return &explain.AscentOptions{Steps: e.AscentSteps}
}
