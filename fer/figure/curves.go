package figure

import (
	"errors"
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// History is what [Curves] draws of one run. A curve may be nil; else it has a value for each epoch, NaN where none was
// taken.
type History struct {
	Name   string // The run's name decides the colour. Without one the two splits have colours of their own.
	Epochs []float64
	// Losses in nats and accuracies from 0 to 1.
	TrainLoss, ValidationLoss, TrainAccuracy, ValidationAccuracy []float64
}

// Curves draws loss above accuracy against the epoch, readable on a phone too: a colour for each run, its training
// curves dashed and its validation curves solid. A panel without a curve is left out. Default size 620 × 560. It
// returns an error if there is nothing to draw, or a curve's length differs from the number of epochs.
func Curves(runs []History, o Options) (*Figure, error) {
	names := make([]string, len(runs))
	for i, h := range runs {
		names[i] = h.Name
	}
	colors := colorsOf(names)
	var panels [2][]Series // loss, accuracy
	var legend []Series
	for i, h := range runs {
		for _, split := range []struct {
			name   string
			dashed bool
			curves [2][]float64
		}{
			{"train", true, [2][]float64{h.TrainLoss, h.TrainAccuracy}},
			{"validation", false, [2][]float64{h.ValidationLoss, h.ValidationAccuracy}},
		} {
			s := Series{Name: split.name, X: h.Epochs, Dashed: split.dashed, Color: colors[i]}
			if h.Name == "" {
				s.Color, _ = SeriesColor(split.name)
			} else {
				s.Name = h.Name + " " + split.name
			}
			drawn := false
			for k, curve := range split.curves {
				if curve == nil {
					continue
				}
				if len(curve) != len(h.Epochs) {
					return nil, fmt.Errorf("run %q has %d epochs but a %s curve of %d values", h.Name, len(h.Epochs),
						split.name, len(curve))
				}
				s.Y, drawn = curve, true
				panels[k] = append(panels[k], s)
			}
			if drawn {
				legend = append(legend, s)
			}
		}
	}

	var plots [][]*plot.Plot
	for k, y := range []Axis{{Label: "loss (nats)"}, {Label: "accuracy", Percent: true}} {
		if len(panels[k]) == 0 {
			continue
		}
		p, err := linePlot(panels[k], Axis{Label: "epoch", Integer: true}, y)
		if err != nil {
			return nil, err
		}
		plots = append(plots, []*plot.Plot{p})
	}
	if len(plots) == 0 {
		return nil, errors.New("no learning curve to draw")
	}
	f := newFigure(o, 620, 280*len(plots), func(c draw.Canvas) {
		tiles := draw.Tiles{Rows: len(plots), Cols: 1, PadY: 14 * px}
		for i, row := range plot.Align(plots, tiles, c) { // An epoch stands at the same place in both.
			plots[i][0].Draw(row[0])
		}
	})
	f.legend = keysOf(legend)
	return f, nil
}
