package figure

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Axis says how the values of one direction are shown. The zero value shows plain numbers.
type Axis struct {
	Label   string
	Percent bool // 0.65 reads "65 %".
	Integer bool // No ticks between whole numbers: epochs, counts.
	Log     bool // Logarithmic; only on the x axis of [Lines]. Values must be positive.
	// Min and Max are the ends; if both are 0 they come from the data.
	Min, Max float64
}

// newPlot returns an empty plot in the common style.
func newPlot(x, y Axis) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []struct {
		axis *plot.Axis
		spec Axis
		tick draw.TextStyle
	}{
		{&p.X, x, aligned(tickStyle, draw.XCenter, draw.YTop)},
		{&p.Y, y, aligned(tickStyle, draw.XRight, draw.YCenter)},
	} {
		a.axis.Label.Text = a.spec.Label
		a.axis.Label.TextStyle = labelStyle
		a.axis.Label.Padding = 5 * px
		a.axis.LineStyle = draw.LineStyle{Color: grey, Width: px}
		a.axis.Tick.LineStyle = draw.LineStyle{Color: grey, Width: px}
		a.axis.Tick.Length = 5 * px
		a.axis.Tick.Label = a.tick
		a.axis.Padding = 0
		a.axis.Tick.Marker = ticks{a.spec}
	}
	return p
}

// addGrid draws lines at the ticks of the x axis (vertical) and of the y axis (horizontal).
func addGrid(p *plot.Plot, vertical, horizontal bool) {
	grid := plotter.NewGrid()
	grid.Vertical, grid.Horizontal = draw.LineStyle{}, draw.LineStyle{}
	line := draw.LineStyle{Color: lightGrey, Width: px}
	if vertical {
		grid.Vertical = line
	}
	if horizontal {
		grid.Horizontal = line
	}
	p.Add(grid)
}

// setRange sets the ends of an axis: those of its spec, or the data's with a margin (a share of the range) on both
// sides.
func setRange(axis *plot.Axis, spec Axis, low, high, margin float64) {
	if spec.Min != 0 || spec.Max != 0 {
		axis.Min, axis.Max = spec.Min, spec.Max
		return
	}
	if low == high {
		low, high = low-0.5*max(math.Abs(low)*0.1, 1e-3), high+0.5*max(math.Abs(high)*0.1, 1e-3)
	}
	if spec.Log {
		f := math.Pow(high/low, margin)
		axis.Min, axis.Max = low/f, high*f
		return
	}
	axis.Min, axis.Max = low-margin*(high-low), high+margin*(high-low)
}

// ticks places ticks at multiples of 1, 2 or 5 times a power of ten.
type ticks struct{ Axis }

// wantedTicks is about how many an axis gets.
const wantedTicks = 6

// Ticks implements [plot.Ticker].
func (t ticks) Ticks(low, high float64) []plot.Tick {
	step := niceStep((high - low) / wantedTicks)
	if t.Integer {
		step = max(step, 1)
	}
	var marks []plot.Tick
	for k := math.Ceil(low/step - 1e-9); k*step <= high+1e-9*step; k++ {
		marks = append(marks, plot.Tick{Value: k * step, Label: t.format(k*step, step)})
	}
	return marks
}

// niceStep returns the least of 1, 2, 5 × 10ⁿ that is at least v.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= v*(1-1e-9) {
			return f * power
		}
	}
	return 10 * power
}

// format writes v with as many decimals as the step needs.
func (a Axis) format(v, step float64) string {
	unit := ""
	if a.Percent {
		v, step, unit = 100*v, 100*step, " %"
	}
	decimals := max(0, int(-math.Floor(math.Log10(step)+1e-9)))
	if math.Abs(v) < step*1e-6 {
		v = 0 // not −0
	}
	return minus(thousands(strconv.FormatFloat(v, 'f', decimals, 64))) + unit
}

// thousands puts commas into a number: "7,215".
func thousands(s string) string {
	point := strings.IndexByte(s+".", '.')
	for at := point - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// minus replaces a leading hyphen by a minus sign.
func minus(s string) string {
	if len(s) > 0 && s[0] == '-' {
		return "−" + s[1:]
	}
	return s
}

// logTicks places ticks at the measured values if they are few, else at 1, 2 and 5 times the powers of ten. Those that
// would crowd their neighbour are left out.
type logTicks struct {
	Axis
	values []float64 // sorted
}

// Ticks implements [plot.Ticker].
func (t logTicks) Ticks(low, high float64) []plot.Tick {
	values := t.values
	if len(values) > 10 {
		values = nil
		for power := math.Pow(10, math.Floor(math.Log10(low))); power <= high; power *= 10 {
			values = append(values, power, 2*power, 5*power)
		}
	}
	var marks []plot.Tick
	for _, v := range values {
		if v < low || v > high || len(marks) > 0 && math.Log(v/marks[len(marks)-1].Value) < 0.05*math.Log(high/low) {
			continue
		}
		label := minus(thousands(strconv.FormatFloat(v, 'f', -1, 64)))
		if t.Percent {
			label = fmt.Sprintf("%.4g %%", 100*v)
		}
		marks = append(marks, plot.Tick{Value: v, Label: label})
	}
	return marks
}

// between crops c to the share from…to of its width, less the space between panels.
func between(c draw.Canvas, from, to float64) draw.Canvas {
	const space = 14 * px
	width := c.Max.X - c.Min.X
	left, right := vg.Length(from)*width, vg.Length(1-to)*width
	if from > 0 {
		left += space / 2
	}
	if to < 1 {
		right += space / 2
	}
	return draw.Crop(c, left, -right, 0, 0)
}
