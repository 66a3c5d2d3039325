package explain

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/synth"
)

// ViewOptions configure [Views].
type ViewOptions struct {
	figure.Options
	Rows       []string  // Labels of the rows; nil means the classes.
	Thresholds []float64 // Of the overlays, as shares of a map's largest magnitude, above 0, up to 1; nil means 0.3 and 0.7.
}

// Views shows each image with its map in all ways: the original, the heat map (for a signed map also its magnitude), blended with
// the image, and laid over it above thresholds. A map that says for and against keeps its colours; of a [Map.Sensitivity] the
// magnitude counts.
func Views(images []*fer.Image, classes []fer.Emotion, maps []*Map, o ViewOptions) (*figure.Figure, error) {
	if err := check(images, classes); err != nil {
		return nil, err
	}
	if len(maps) != len(images) {
		return nil, fmt.Errorf("%d maps for %d images", len(maps), len(images))
	}
	if o.Thresholds == nil {
		o.Thresholds = []float64{0.3, 0.7}
	}
	signed := slices.ContainsFunc(maps, (*Map).Signed)
	columns := []string{"face", "heat map"}
	if signed {
		columns = append(columns, "magnitude")
	}
	columns = append(columns, "blended")
	for _, t := range o.Thresholds {
		if !(t > 0 && t <= 1) {
			return nil, fmt.Errorf("threshold %g, want a share of the largest magnitude above 0, up to 1", t)
		}
		columns = append(columns, fmt.Sprintf("above %g", t))
	}
	grid := figure.GridOptions{Options: o.Options, Columns: columns, Rows: o.Rows, Side: 72}
	var rows [][]figure.Cell
	for i, m := range maps {
		heat, err := figure.Heat(m.Figure())
		if err != nil {
			return nil, err
		}
		row := []figure.Cell{{Image: images[i]}, {Image: heat}}
		magnitude := m.magnitude()
		if signed {
			absolute, err := figure.Heat(magnitude.Figure())
			if err != nil {
				return nil, err
			}
			row = append(row, figure.Cell{Image: absolute})
		}
		laid := m
		if m.Sensitivity {
			laid = magnitude
		}
		for _, t := range append([]float64{0}, o.Thresholds...) {
			over, err := figure.Overlay(images[i], fromZero(laid.Figure()), figure.OverlayOptions{Threshold: t})
			if err != nil {
				return nil, err
			}
			row = append(row, figure.Cell{Image: over})
		}
		rows = append(rows, row)
		if o.Rows == nil {
			grid.Rows = append(grid.Rows, classes[i].String())
		}
	}
	return figure.Grid(rows, grid)
}

// magnitude returns the map without its signs.
func (m *Map) magnitude() *Map {
	magnitude := &Map{}
	for k, v := range m.Values {
		magnitude.Values[k] = math.Abs(v)
	}
	return magnitude
}

// fromZero starts the colours at 0 rather than at the smallest value, and ends them at the largest magnitude.
func fromZero(m figure.Map) figure.Map {
	m.Low, m.High = 0, 0
	for _, v := range m.Values {
		m.High = max(m.High, math.Abs(v))
	}
	return m
}

// Gallery shows what several methods say of each image, a row an image and a column a method. A map that tells nothing (see
// [DegenerateError]) leaves its place empty.
func Gallery(m *Model, images []*fer.Image, classes []fer.Emotion, methods []Method, o figure.Options) (*figure.Figure, error) {
	grid := figure.GridOptions{Options: o, Columns: []string{"face"}, Side: 72}
	rows := make([][]figure.Cell, len(images))
	for i, img := range images {
		rows[i] = []figure.Cell{{Image: img}}
	}
	for _, method := range methods {
		maps, err := method.Attribute(m, images, classes)
		var vanished *DegenerateError
		if err != nil && !errors.As(err, &vanished) {
			return nil, err
		}
		for i, a := range maps {
			heat, err := figure.Heat(a.Figure())
			if err != nil {
				return nil, err
			}
			cell := figure.Cell{Image: heat}
			if vanished != nil && slices.Contains(vanished.Images, i) {
				cell = figure.Cell{Caption: "tells nothing"}
			}
			rows[i] = append(rows[i], cell)
		}
		grid.Columns = append(grid.Columns, heading(method))
	}
	for _, c := range classes {
		grid.Rows = append(grid.Rows, c.String())
	}
	return figure.Grid(rows, grid)
}

// heading is a method's name for the top of a column; a long one can wrap.
func heading(method Method) string {
	if name := method.Name(); len(name) <= 14 {
		return name
	}
	return strings.ReplaceAll(method.Name(), "-", " ")
}

// MeanMaps shows the mean map of every class.
func MeanMaps(shares []Shares, o figure.Options) (*figure.Figure, error) {
	var row []figure.Cell
	for _, s := range shares {
		heat, err := figure.Heat(s.Mean.Figure())
		if err != nil {
			return nil, err
		}
		row = append(row, figure.Cell{Image: heat, Caption: fmt.Sprintf("%s, n=%d", s.Class, s.Images)})
	}
	return figure.Grid([][]figure.Cell{row}, figure.GridOptions{Options: o, Side: 96})
}

// SharesTable is the table of each class's shares, in percent of the importance; the last row is the regions' share of the pixels.
func SharesTable(shares []Shares) (t figure.Table) {
	t.Header = []string{"class"}
	area := []string{"share of the pixels"}
	for r := synth.Forehead; ; r++ {
		if r > synth.Chin {
			r = synth.Elsewhere
		}
		t.Header = append(t.Header, r.String())
		mean := 0.0
		for i, s := range shares {
			if len(t.Rows) <= i {
				t.Rows = append(t.Rows, []string{s.Class.String()})
			}
			t.Rows[i] = append(t.Rows[i], fmt.Sprintf("%.0f", 100*s.Share[r]))
			mean += s.Area[r] / float64(len(shares))
		}
		area = append(area, fmt.Sprintf("%.0f", 100*mean))
		if r == synth.Elsewhere {
			t.Rows = append(t.Rows, area)
			return t
		}
	}
}

// FilterSheet shows the picture of every filter, with its classes; if there is data, the example it answers to most stands below.
func FilterSheet(filters []Filter, columns int, o figure.Options) (*figure.Figure, error) {
	if len(filters) == 0 || columns < 1 {
		return nil, fmt.Errorf("sheet of %d filters in %d columns: want some", len(filters), columns)
	}
	var rows [][]figure.Cell
	var labels []string
	for start := 0; start < len(filters); start += columns {
		part := filters[start:min(start+columns, len(filters))]
		var pictures, best []figure.Cell
		for _, f := range part {
			caption := fmt.Sprintf("%d %s", f.Channel, f.note())
			pictures = append(pictures, figure.Cell{Image: f.Image, Caption: strings.TrimSpace(caption)})
			if len(f.Best) > 0 {
				best = append(best, figure.Cell{Image: f.Best[0].Image})
			}
		}
		rows, labels = append(rows, pictures), append(labels, "picture")
		if len(best) > 0 {
			rows, labels = append(rows, best), append(labels, "best face")
		}
	}
	grid := figure.GridOptions{Options: o, Rows: labels, Side: 48}
	if len(filters[0].Best) == 0 {
		grid.Rows = nil
	}
	return figure.Grid(rows, grid)
}

// LayerSheet shows the pictures of all filters of a layer, the one that answers to its picture most first and the dead ones last;
// below each, its channel, the answer, and the class it serves most, or "any" (see [Filter.Classes]).
func LayerSheet(filters []Filter, o figure.Options) (*figure.Figure, error) {
	if len(filters) == 0 {
		return nil, errors.New("sheet of no filters: want some")
	}
	sorted := slices.Clone(filters)
	slices.SortStableFunc(sorted, func(a, b Filter) int {
		if a.Dead != b.Dead {
			if a.Dead {
				return 1
			}
			return -1
		}
		return cmp.Compare(b.Activation, a.Activation)
	})
	var rows [][]figure.Cell
	for part := range slices.Chunk(sorted, across(len(sorted))) {
		var row []figure.Cell
		for _, f := range part {
			serves, _, _ := strings.Cut(f.note(), ",")
			row = append(row, figure.Cell{Image: f.Image, Caption: fmt.Sprintf("%d: %s %s", f.Channel, short(f.Activation), serves)})
		}
		rows = append(rows, row)
	}
	return figure.Grid(rows, figure.GridOptions{Options: o, Side: 48})
}

// short writes an answer in as many digits as fit below a small picture.
func short(v float64) string {
	if math.Abs(v) >= 9.995 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// across returns how many of n pictures stand in a row: 64 in 8, 128 and 250 in 16, 500 in 24.
func across(n int) int { return 8 * int(math.Ceil(math.Sqrt(float64(n))/8)) }

// note names the classes that a filter serves.
func (f Filter) note() string {
	if f.Dead {
		return "dead"
	}
	classes := f.Classes()
	if len(classes) == 0 {
		return "any"
	}
	names := []string{classes[0].String()}
	if len(classes) > 1 && len(f.Best) > 0 {
		names = append(names, classes[1].String())
	}
	return strings.Join(names, ", ")
}

// BestSheet shows for every filter its picture, with number, answer and the classes it serves; the patches that excite a single
// position most; and the examples it answers to most. So many filters stand in a row.
func BestSheet(filters []Filter, abreast int, o figure.Options) (*figure.Figure, error) {
	if len(filters) == 0 || abreast < 1 {
		return nil, fmt.Errorf("sheet of %d filters, %d in a row: want some", len(filters), abreast)
	}
	const each = 3 // Patches and examples.
	grid := figure.GridOptions{Options: o, Side: 48}
	var rows [][]figure.Cell
	for part := range slices.Chunk(filters, abreast) {
		var row []figure.Cell
		for i, f := range part {
			if i > 0 {
				row = append(row, figure.Cell{})
			}
			cells := []figure.Cell{{Image: f.Image, Caption: fmt.Sprintf("%d: %s %s", f.Channel, short(f.Activation), f.note())}}
			columns := []string{"filter"}
			for k, p := range f.Patches[:min(each, len(f.Patches))] {
				cells = append(cells, figure.Cell{Image: p.Crop(), Caption: fmt.Sprintf("%s %.2f", p.Label, p.Value)})
				columns = append(columns, fmt.Sprintf("patch %d", k+1))
			}
			for k, e := range f.Best[:min(each, len(f.Best))] {
				cells = append(cells, figure.Cell{Image: e.Image, Caption: fmt.Sprintf("%s %.2f", e.Label, f.Answer[k])})
				columns = append(columns, fmt.Sprintf("face %d", k+1))
			}
			row = append(row, cells...)
			if len(rows) == 0 {
				if i > 0 {
					grid.Columns = append(grid.Columns, "")
				}
				grid.Columns = append(grid.Columns, columns...)
			}
		}
		rows = append(rows, row)
	}
	return figure.Grid(rows, grid)
}

// ActivationSheet shows the maps of a layer for an image, the strongest first and each in its own colours, at most so many.
func ActivationSheet(m *Model, layer string, face *fer.Image, most int, o figure.Options) (*figure.Figure, error) {
	maps, err := Activations(m, layer, face)
	if err != nil {
		return nil, err
	}
	cells := []figure.Cell{{Image: face, Caption: "face"}}
	for _, c := range maps[:min(most, len(maps))] {
		f := figure.NewMap(c.Values)
		f.Width = c.Width
		var heat image.Image
		if heat, err = figure.Heat(f); err != nil {
			return nil, err
		}
		cells = append(cells, figure.Cell{Image: heat, Caption: fmt.Sprintf("%d: %.1f", c.Channel, c.Strength)})
	}
	var rows [][]figure.Cell
	for row := range slices.Chunk(cells, across(len(cells)-1)+1) {
		rows = append(rows, row)
	}
	return figure.Grid(rows, figure.GridOptions{Options: o, Side: 48})
}
