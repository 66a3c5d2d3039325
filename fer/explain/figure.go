package explain

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/synth"
)

// PanelOptions configure [Panels].
type PanelOptions struct {
	figure.Options
	Rows    []string    // Labels of the rows; nil means the classes.
	Classes fer.Classes // The set that the classes are of; the zero value is the seven emotions.
	// Thresholds of the overlays, as shares of a map's largest magnitude, above 0, up to 1; nil means 0.3 and 0.7.
	Thresholds []float64
}

// Panels shows each image with its map in all ways: the original, the heat map, blended with the image, and laid over
// it above thresholds. A map that says for and against keeps its colours; of a [Map.Sensitivity] the magnitude counts.
func Panels(images []*fer.Image, classes []fer.Class, maps []*Map, o PanelOptions) (*figure.Figure, error) {
	if err := check(o.Classes, images, classes); err != nil {
		return nil, err
	}
	if len(maps) != len(images) {
		return nil, fmt.Errorf("%d maps for %d images", len(maps), len(images))
	}
	if o.Thresholds == nil {
		o.Thresholds = []float64{0.3, 0.7}
	}
	columns := []string{"face", "heat map", "blended"}
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
		laid := m
		if m.Sensitivity {
			laid = m.magnitude()
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
			grid.Rows = append(grid.Rows, o.Classes.Name(classes[i]))
		}
	}
	return figure.Grid(rows, grid)
}

// Why shows each image in all ways, see [Panels], with the method's map for its class. The captions tell the images
// apart; nil thresholds are those of [PanelOptions]. The figures come along with an error that is a [DegenerateError].
func Why(
	m *Model, method Method, images []*fer.Image, classes []fer.Class, captions []string, thresholds []float64,
) ([]*figure.Figure, error) {
	maps, vanished := method.Attribute(m, images, classes)
	if maps == nil {
		return nil, vanished
	}
	figures := make([]*figure.Figure, len(images))
	for i := range images {
		f, err := Panels(images[i:i+1], classes[i:i+1], maps[i:i+1], PanelOptions{
			Options: figure.Options{
				Title:   fmt.Sprintf("Why %s? %s", m.Classes.Name(classes[i]), Title(method.Name())),
				Caption: fmt.Sprintf("Net %s; %s.", m.Name, captions[i]),
			},
			Thresholds: thresholds, Classes: m.Classes,
		})
		if err != nil {
			return nil, err
		}
		figures[i] = f
	}
	return figures, vanished
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

// Gallery shows what several methods say of each image, a row an image and a column a method. A map that tells nothing
// (see [DegenerateError]) leaves its place empty, and the caption says so.
func Gallery(m *Model, images []*fer.Image, classes []fer.Class, methods []Method, o figure.Options) (*figure.Figure,
	error) {
	grid := figure.GridOptions{Options: o, Columns: []string{"face"}, Side: 72}
	rows, empty := make([][]figure.Cell, len(images)), false
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
				cell, empty = figure.Cell{}, true
			}
			rows[i] = append(rows[i], cell)
		}
		grid.Columns = append(grid.Columns, Title(method.Name()))
	}
	if empty {
		grid.Caption += " Where a place is empty, the method finds nothing in that face."
	}
	for _, c := range classes {
		grid.Rows = append(grid.Rows, m.Classes.Name(c))
	}
	return figure.Grid(rows, grid)
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

// SharesTable is the table of each class's shares, in percent of the importance; the last row is the regions' share of
// the pixels. Without classes there is no row.
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
				t.Rows = append(t.Rows, []string{s.Class})
			}
			t.Rows[i] = append(t.Rows[i], fmt.Sprintf("%.0f", 100*s.Share[r]))
			mean += s.Area[r] / float64(len(shares))
		}
		area = append(area, fmt.Sprintf("%.0f", 100*mean))
		if r == synth.Elsewhere && len(shares) == 0 {
			return t
		}
		if r == synth.Elsewhere {
			t.Rows = append(t.Rows, area)
			return t
		}
	}
}
