package figure

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a line of [Lines].
type Series struct {
	Name string
	// X and Y are the points, in rising order of X. A point whose Y is NaN is left out.
	X, Y []float64
	// Low and High, if given, are the ends of an interval around each Y, drawn as a band, or as whiskers where the
	// points are few enough to be marked; then several series stand a little apart.
	Low, High []float64
	// Color is nil for that of the name; see [SeriesColor].
	Color  color.Color
	Dashed bool
	// Reference draws a level to compare with: dashed, and without marks at its points.
	Reference bool
}

// fewPoints is the number of points of the longest series up to which points are marked.
const fewPoints = 15

// marked returns whether to mark the points of the series of a plot.
func marked(series []Series) bool {
	longest := 0
	for _, s := range series {
		longest = max(longest, len(s.X))
	}
	return longest <= fewPoints
}

func (s Series) check(log bool) error {
	if len(s.X) != len(s.Y) {
		return fmt.Errorf("series %q has %d x and %d y values", s.Name, len(s.X), len(s.Y))
	}
	if (s.Low != nil || s.High != nil) && (len(s.Low) != len(s.Y) || len(s.High) != len(s.Y)) {
		return fmt.Errorf("series %q has %d points but intervals with %d low and %d high ends", s.Name, len(s.Y),
			len(s.Low), len(s.High))
	}
	for i, x := range s.X {
		if math.IsNaN(x) || math.IsInf(x, 0) || math.IsInf(s.Y[i], 0) {
			return fmt.Errorf("point %d of series %q is (%v, %v)", i, s.Name, x, s.Y[i])
		}
		if log && x <= 0 {
			return fmt.Errorf("point %d of series %q has x = %v on a logarithmic axis", i, s.Name, x)
		}
	}
	return nil
}

// Lines draws series of points, with bands for intervals: accuracy against the number of labels, insertion and deletion
// curves. The legend stands above the drawing. Default size 640 × 360. It returns an error for series without points,
// of unequal lengths, or with infinite values.
func Lines(series []Series, x, y Axis, o Options) (*Figure, error) {
	series = colored(series)
	p, err := linePlot(series, x, y)
	if err != nil {
		return nil, err
	}
	f := newFigure(o, 640, 360, func(c draw.Canvas) { p.Draw(c) })
	f.legend = keysOf(series)
	return f, nil
}

// colored returns series with a colour each.
func colored(series []Series) []Series {
	names := make([]string, len(series))
	for i, s := range series {
		names[i] = s.Name
	}
	series = slices.Clone(series)
	for i, c := range colorsOf(names) {
		if series[i].Color == nil {
			series[i].Color = c
		}
	}
	return series
}

func keysOf(series []Series) []key {
	mark := marked(series)
	var keys []key
	for _, s := range series {
		if s.Name != "" {
			keys = append(keys, key{name: s.Name, color: s.Color, dashed: s.Dashed || s.Reference,
				marker: mark && !s.Reference})
		}
	}
	return keys
}

// linePlot draws series that have colours.
func linePlot(series []Series, x, y Axis) (*plot.Plot, error) {
	p := newPlot(x, y)
	addGrid(p, true, true)
	lowX, highX := math.Inf(1), math.Inf(-1)
	lowY, highY := math.Inf(1), math.Inf(-1)
	var at []float64
	mark := marked(series)
	for _, s := range series {
		if err := s.check(x.Log); err != nil {
			return nil, err
		}
		points, band := s.points()
		for _, pt := range slices.Concat(points, band) {
			lowX, highX = min(lowX, pt.X), max(highX, pt.X)
			lowY, highY = min(lowY, pt.Y), max(highY, pt.Y)
		}
		at = append(at, s.X...)
		if len(band) > 0 && !mark {
			polygon, err := plotter.NewPolygon(band)
			if err != nil {
				return nil, err
			}
			r, g, b, _ := s.Color.RGBA()
			polygon.Color = color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 45}
			polygon.LineStyle.Width = 0
			p.Add(polygon)
		}
	}
	if math.IsInf(lowX, 0) {
		return nil, errors.New("no point to draw: every series is empty")
	}
	shift := shifts(series)
	for i, s := range series {
		points, _ := s.points()
		if len(points) == 0 {
			continue
		}
		add := func(d plot.Plotter) { p.Add(shifted{d, shift[i]}) }
		add(&plotter.Line{XYs: points, LineStyle: lineStyle(s.Color, s.Dashed || s.Reference)})
		if intervals := s.whiskers(); mark && intervals.Len() > 0 {
			whiskers, err := plotter.NewYErrorBars(intervals)
			if err != nil {
				return nil, err
			}
			whiskers.LineStyle, whiskers.CapWidth = lineStyle(s.Color, false), 8*px
			whiskers.LineStyle.Width = 1.2 * px
			add(whiskers)
		}
		if mark && !s.Reference {
			add(&plotter.Scatter{XYs: points, GlyphStyle: markerStyle(s.Color)})
		}
	}
	margin := 0.02
	if slices.Max(shift) > 0 {
		margin = 0.05
	}
	setRange(&p.X, x, lowX, highX, margin)
	setRange(&p.Y, y, lowY, highY, 0.06)
	if x.Log {
		p.X.Scale = plot.LogScale{}
		slices.Sort(at)
		p.X.Tick.Marker = logTicks{x, slices.Compact(at)}
	}
	return p, nil
}

// shifts returns how far to the right of their place the points of each series are drawn, so that whiskers don't cover
// each other.
func shifts(series []Series) []vg.Length {
	all := make([]vg.Length, len(series))
	var with []int
	for i, s := range series {
		if len(s.Low) > 0 {
			with = append(with, i)
		}
	}
	if marked(series) {
		for n, i := range with {
			all[i] = (vg.Length(n) - vg.Length(len(with)-1)/2) * 6 * px
		}
	}
	return all
}

// shifted draws something to the right of its place.
type shifted struct {
	plot.Plotter
	by vg.Length
}

func (s shifted) Plot(c draw.Canvas, p *plot.Plot) {
	c.Min.X += s.by
	c.Max.X += s.by
	s.Plotter.Plot(c, p)
}

// whiskers returns the points that have an interval.
func (s Series) whiskers() (w struct {
	plotter.XYs
	plotter.YErrors
}) {
	for i := range s.Low {
		if x := s.X[i]; !math.IsNaN(s.Y[i]) && !math.IsNaN(s.Low[i]) && !math.IsNaN(s.High[i]) {
			w.XYs = append(w.XYs, plotter.XY{X: x, Y: s.Y[i]})
			w.YErrors = append(w.YErrors, struct{ Low, High float64 }{s.Y[i] - s.Low[i], s.High[i] - s.Y[i]})
		}
	}
	return w
}

// points returns the points to connect, and the outline of the band.
func (s Series) points() (line, band plotter.XYs) {
	var upper plotter.XYs
	for i, x := range s.X {
		if math.IsNaN(s.Y[i]) {
			continue
		}
		line = append(line, plotter.XY{X: x, Y: s.Y[i]})
		if s.Low != nil && !math.IsNaN(s.Low[i]) && !math.IsNaN(s.High[i]) {
			band = append(band, plotter.XY{X: x, Y: s.Low[i]})
			upper = append(upper, plotter.XY{X: x, Y: s.High[i]})
		}
	}
	slices.Reverse(upper)
	return line, append(band, upper...)
}
