package figure

import (
	"errors"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ReliabilityBin holds the predictions whose confidence is in (Low, High]. It has the fields of evaluate.Bin, and
// converts from it: figure.ReliabilityBin(bin).
type ReliabilityBin struct {
	Low, High  float64
	Count      int
	Confidence float64 // Mean confidence, 0…1.
	Accuracy   float64 // Share of correct predictions, 0…1.
}

// Reliability draws how far a net's confidence can be trusted: on the left the accuracy of each bin of confidence
// against the diagonal of a calibrated net, with the gap between the two; on the right how many predictions a bin
// holds. Default size 800 × 360.
func Reliability(bins []ReliabilityBin, o Options) (*Figure, error) {
	total := 0
	for _, b := range bins {
		total += b.Count
	}
	if total == 0 {
		return nil, errors.New("reliability diagram without predictions")
	}
	confidence := Axis{Label: "confidence", Percent: true, Min: 0, Max: 1}
	left := newPlot(confidence, Axis{Label: "accuracy", Percent: true, Min: 0, Max: 1})
	right := newPlot(confidence, Axis{Label: "share of predictions", Percent: true})
	addGrid(left, true, true)
	addGrid(right, true, true)
	left.X.Min, left.X.Max, left.Y.Min, left.Y.Max = 0, 1, 0, 1
	right.X.Min, right.X.Max, right.Y.Min = 0, 1, 0
	right.Y.Max = 0
	for _, b := range bins {
		if b.Count == 0 {
			continue
		}
		if math.IsNaN(b.Accuracy) || math.IsNaN(b.Confidence) {
			return nil, errors.New("reliability diagram: a bin with predictions has no accuracy or confidence")
		}
		share := float64(b.Count) / float64(total)
		left.Add(block{b.Low, b.High, 0, min(b.Accuracy, b.Confidence), blue})
		if b.Accuracy < b.Confidence {
			left.Add(block{b.Low, b.High, b.Accuracy, b.Confidence, over})
		} else {
			left.Add(block{b.Low, b.High, b.Confidence, b.Accuracy, skyBlue})
		}
		right.Add(block{b.Low, b.High, 0, share, grey})
		right.Y.Max = max(right.Y.Max, 1.06*share)
	}
	left.Add(&plotter.Line{XYs: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}, LineStyle: lineStyle(darkGrey, true)})
	f := newFigure(o, 800, 360, func(c draw.Canvas) {
		left.Draw(between(c, 0, 0.5))
		right.Draw(between(c, 0.5, 1))
	})
	f.legend = []key{
		{name: "accuracy", color: blue, patch: true}, {name: "confidence above accuracy", color: over, patch: true},
		{name: "accuracy above confidence", color: skyBlue, patch: true}, {name: "calibrated", color: darkGrey,
			dashed: true},
	}
	return f, nil
}

// over colours how far confidence is above accuracy: vermillion, lighter.
var over = color.RGBA{0xEE, 0xB3, 0x85, 0xFF}

// block is a filled rectangle in data coordinates.
type block struct {
	left, right, low, high float64
	fill                   color.Color
}

// Plot implements [plot.Plotter].
func (b block) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	fillRect(c, b.fill, vg.Rectangle{
		Min: vg.Point{X: x(b.left) + 0.75*px, Y: y(b.low)}, Max: vg.Point{X: x(b.right) - 0.75*px, Y: y(b.high)},
	})
}
