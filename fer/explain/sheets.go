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
)

// FilterSheet shows the picture of every filter, with its classes; if there is data, the example it answers to most
// stands below.
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

// LayerSheet shows the pictures of all filters of a layer, the one that answers to its picture most first and the dead
// ones last; below each, its channel, the answer, and the class it serves most, or "any" (see [Filter.Classes]).
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
			row = append(row, figure.Cell{Image: f.Image, Caption: fmt.Sprintf("%d: %s %s", f.Channel,
				short(f.Activation), serves)})
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
	names := []string{f.Of.Name(classes[0])}
	if len(classes) > 1 && len(f.Best) > 0 {
		names = append(names, f.Of.Name(classes[1]))
	}
	return strings.Join(names, ", ")
}

// BestSheet shows for every filter its picture, with number, answer and the classes it serves; the patches that excite
// a single position most; and the examples it answers to most. So many filters stand in a row.
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
			cells := []figure.Cell{{Image: f.Image, Caption: fmt.Sprintf("%d: %s %s", f.Channel, short(f.Activation),
				f.note())}}
			columns := []string{"filter"}
			for k, p := range f.Patches[:min(each, len(f.Patches))] {
				cells = append(cells, figure.Cell{Image: p.Crop(), Caption: fmt.Sprintf("%s %.2f", f.Of.Name(p.Label),
					p.Value)})
				columns = append(columns, fmt.Sprintf("patch %d", k+1))
			}
			for k, e := range f.Best[:min(each, len(f.Best))] {
				cells = append(cells, figure.Cell{Image: e.Image,
					Caption: fmt.Sprintf("%s %.2f", f.Of.Name(e.Label), f.Answer[k])})
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

// ActivationSheet shows the maps of a layer for an image, the strongest first and each in its own colours, at most so
// many.
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

// perSheet is how many filters stand with their faces on a sheet.
const perSheet = 60

// FilterSheets draws all that is known of a layer's filters: their pictures, the strongest first, and, if they have
// been compared with n examples, sheets of 60 filters with the patches and examples that excite each most.
func FilterSheets(m *Model, layer string, filters []Filter, n int) ([]*figure.Figure, error) {
	serves := "what the net takes the picture for"
	if n > 0 {
		serves = fmt.Sprintf("the %s whose faces, n=%d, excite it most, or any if none stands out", m.Classes.Noun(),
			n)
	}
	sheet, err := LayerSheet(filters, figure.Options{
		Title: "What the filters of " + layer + " answer to",
		Caption: fmt.Sprintf("Filter, its answer to the picture before ReLU, and %s; the strongest first. %s Net %s.",
			serves, Tally(filters), m.Name),
	})
	if err != nil || n == 0 {
		return []*figure.Figure{sheet}, err
	}
	sheets := []*figure.Figure{sheet}
	for part := range slices.Chunk(filters, perSheet) {
		f, err := BestSheet(part, 3, figure.Options{
			Title: fmt.Sprintf("Filters %d … %d of %s, and the faces that excite them", part[0].Channel,
				part[len(part)-1].Channel, layer),
			Caption: fmt.Sprintf("Each filter's picture, with its answer (the mean over all positions) and the "+
				"%s it serves; the patches of n=%d faces that excite a "+
				"single position most; and the faces that it answers to most. Net %s.", m.Classes.Nouns(), n, m.Name),
		})
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, f)
	}
	return sheets, nil
}

// AllActivations shows all maps that a layer makes of an example, see [ActivationSheet].
func AllActivations(m *Model, layer string, e fer.Example) (*figure.Figure, error) {
	n, err := m.Channels(layer)
	if err != nil {
		return nil, err
	}
	return ActivationSheet(m, layer, e.Image, n, figure.Options{
		Title: "What " + layer + " makes of a face",
		Caption: fmt.Sprintf("Channel and largest value; each map in its own colours, the strongest first. Net %s, "+
			"all %d channels; image %s, labelled %s.",
			m.Name, n, e.ID, m.Classes.Name(e.Label)),
	})
}
