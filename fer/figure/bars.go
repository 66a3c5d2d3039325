package figure

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// BarSeries is a set of [Bars]: one value for each group.
type BarSeries struct {
	// Name stands in the legend and decides the colour. A single series may have none: each bar then has its group's
	// colour.
	Name   string
	Values []float64 // NaN leaves a bar out.
	// Low and High, if given, are the ends of an interval around each value, drawn as a whisker.
	Low, High []float64
}

// Bars draws groups of bars with intervals: class balance, F1 by class for two nets, accuracy of several runs. The
// value stands at each bar if there is room. Names of groups that are too long to stand below turn the bars level.
// Default size 640 × 340. It returns an error for unequal lengths or infinite values.
func Bars(groups []string, series []BarSeries, value Axis, o Options) (*Figure, error) {
	if len(groups) == 0 || len(series) == 0 {
		return nil, fmt.Errorf("bars of %d groups and %d series", len(groups), len(series))
	}
	b := bars{groups: groups, series: series, value: value}
	names := make([]string, len(series))
	low, high := 0.0, 0.0 // bars stand on 0
	for i, s := range series {
		names[i] = s.Name
		if len(s.Values) != len(groups) {
			return nil, fmt.Errorf("series %q has %d values for %d groups", s.Name, len(s.Values), len(groups))
		}
		if (s.Low != nil || s.High != nil) && (len(s.Low) != len(groups) || len(s.High) != len(groups)) {
			return nil, fmt.Errorf("series %q has intervals with %d low and %d high ends for %d groups", s.Name,
				len(s.Low), len(s.High), len(groups))
		}
		for _, values := range [][]float64{s.Values, s.Low, s.High} {
			for g, v := range values {
				if math.IsInf(v, 0) {
					return nil, fmt.Errorf("series %q has the value %v for %s", s.Name, v, groups[g])
				}
				if !math.IsNaN(v) {
					low, high = min(low, v), max(high, v)
				}
			}
		}
	}
	if low == high {
		high = 1
	}
	colors := colorsOf(names)
	for i := range series {
		b.colors = append(b.colors, make([]color.RGBA, len(groups)))
		for g := range groups {
			b.colors[i][g] = colors[i]
		}
	}
	if len(series) == 1 && series[0].Name == "" {
		for g, name := range groups { // colours may repeat, as the names stand below
			if c, ok := SeriesColor(name); ok {
				b.colors[0][g] = c
			}
		}
	}
	if value.Min == 0 && value.Max == 0 {
		value.Min, value.Max = low, high+0.08*(high-low)
		if low < 0 {
			value.Min -= 0.08 * (high - low)
		}
	}
	b.value = value

	height := 340
	width := o.Width
	if width == 0 {
		width = 640
	}
	widest := vg.Length(0)
	for _, g := range groups {
		widest = max(widest, tickStyle.Width(g))
	}
	b.level = widest > vg.Length(width-60)*px/vg.Length(len(groups))-6*px
	if b.level {
		height = 60 + len(groups)*(10+20*len(series))
	}
	p := b.plot()
	f := newFigure(o, 640, height, func(c draw.Canvas) { p.Draw(c) })
	for i, s := range series {
		if s.Name != "" {
			f.legend = append(f.legend, key{name: s.Name, color: b.colors[i][0], patch: true})
		}
	}
	return f, nil
}

type bars struct {
	groups []string
	series []BarSeries
	colors [][]color.RGBA // by series and group
	value  Axis
	level  bool // bars go to the right, the first group on top
}

func (b bars) plot() *plot.Plot {
	var p *plot.Plot
	names := plot.ConstantTicks{}
	for g, name := range b.groups {
		names = append(names, plot.Tick{Value: b.position(g), Label: name})
	}
	if b.level {
		p = newPlot(b.value, Axis{})
		p.X.Min, p.X.Max = b.value.Min, b.value.Max
		addGrid(p, true, false)
	} else {
		p = newPlot(Axis{}, b.value)
		p.Y.Min, p.Y.Max = b.value.Min, b.value.Max
		addGrid(p, false, true)
	}
	along := &p.X
	if b.level {
		along = &p.Y
	}
	along.Min, along.Max, along.Tick.Marker = -0.5, float64(len(b.groups))-0.5, names
	along.Tick.LineStyle.Color = color.Transparent // its length stays as space before the names
	p.Add(b)
	return p
}

// position returns the place of a group along the axis of groups.
func (b bars) position(g int) float64 {
	if b.level {
		return float64(len(b.groups) - 1 - g)
	}
	return float64(g)
}

// Plot implements [plot.Plotter].
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	along, up := p.Transforms(&c)
	if b.level {
		along, up = up, along
	}
	point := func(along, up vg.Length) vg.Point {
		if b.level {
			return vg.Point{X: up, Y: along}
		}
		return vg.Point{X: along, Y: up}
	}
	width := (along(1) - along(0)) * 0.8 / vg.Length(len(b.series))
	base := up(max(0, b.value.Min))
	whisker := draw.LineStyle{Color: black, Width: 1.2 * px}
	halo := draw.LineStyle{Color: color.NRGBA{0xFF, 0xFF, 0xFF, 0xA0}, Width: 3.6 * px} // sets it off from a dark bar
	for i, s := range b.series {
		for g, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			offset := vg.Length(i) - vg.Length(len(b.series)-1)/2
			if b.level {
				offset = -offset
			}
			middle := along(b.position(g)) + offset*width
			half := width/2 - min(px, width/10)
			end := up(min(max(v, b.value.Min), b.value.Max))
			fillRect(c, b.colors[i][g], vg.Rectangle{
				Min: point(middle-half, min(base, end)), Max: point(middle+half, max(base, end)),
			})
			tip := end // where the value stands: beyond the bar and its whisker
			if s.Low != nil && !math.IsNaN(s.Low[g]) && !math.IsNaN(s.High[g]) {
				low, high := up(max(s.Low[g], b.value.Min)), up(min(s.High[g], b.value.Max))
				cap := min(4*px, half)
				lines := [][]vg.Point{
					{point(middle, low), point(middle, high)},
					{point(middle-cap, low), point(middle+cap, low)}, {point(middle-cap, high),
						point(middle+cap, high)},
				}
				c.StrokeLines(halo, lines...)
				c.StrokeLines(whisker, lines...)
				if tip = max(end, high); v < 0 {
					tip = min(end, low)
				}
			}
			if v < 0 {
				b.label(c, v, width, point(middle, tip-3*px))
			} else {
				b.label(c, v, width, point(middle, tip+3*px))
			}
		}
	}
	axis := draw.LineStyle{Color: grey, Width: px}
	from, to := point(along(-0.5), base), point(along(float64(len(b.groups))-0.5), base)
	c.StrokeLine2(axis, from.X, from.Y, to.X, to.Y)
}

// label writes a bar's value at its tip, if the bar is wide enough.
func (b bars) label(c draw.Canvas, v float64, width vg.Length, at vg.Point) {
	step := math.Pow(10, math.Floor(math.Log10(b.value.Max-b.value.Min))-2)
	if b.value.Percent {
		step = max(step, 0.001)
	}
	if b.value.Integer {
		step = 1
	}
	value := Axis{}.format(v, step)
	if b.value.Percent {
		value = Axis{}.format(100*v, 100*step)
	}
	style, room := aligned(tickStyle, text.XCenter, text.YBottom), tickStyle.Width(value)
	if b.level {
		style, room = aligned(tickStyle, text.XLeft, text.YCenter), 12*px
	}
	if v < 0 {
		style.XAlign, style.YAlign = text.XCenter, text.YTop
		if b.level {
			style.XAlign, style.YAlign = text.XRight, text.YCenter
		}
	}
	style.Color = black
	if room <= width {
		write(c, style, at, value)
	}
}
