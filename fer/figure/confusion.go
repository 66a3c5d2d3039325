package figure

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ferlab/fer"
)

// MatrixKind says what the values of a [ConfusionMatrix] are.
type MatrixKind int

const (
	// Shares are row-normalised, 0…1, written as whole percent. A row of NaN is of a class without images.
	Shares MatrixKind = iota
	// Counts are images; a cell's colour is its share of the row.
	Counts
	// Differences are of two row-normalised matrices, −1…1, written in signed points; blue is less, red is more.
	Differences
)

// matrixSide is the default width of a confusion matrix in CSS pixels.
const matrixSide = 620

// ConfusionMatrix draws a heat map with a number in each cell: labels down, predictions across, and a colour bar.
// Classes nil means the seven emotions. Its width is 620 by default, more if many classes need it, and its height
// follows. It returns an error unless the matrix is square, of one row a class, with values that fit the kind.
func ConfusionMatrix(values [][]float64, kind MatrixKind, classes []string, o Options) (*Figure, error) {
	if classes == nil {
		classes = fer.Emotions.Names()
	}
	if len(values) != len(classes) || len(classes) == 0 {
		return nil, fmt.Errorf("confusion matrix of %d rows for %d classes", len(values), len(classes))
	}
	m := matrix{kind: kind, classes: classes, scale: 1}
	for i, row := range values {
		if len(row) != len(classes) {
			return nil, fmt.Errorf("row %s of the confusion matrix has %d columns, want %d", classes[i], len(row),
				len(classes))
		}
		sum := 0.0
		for j, v := range row {
			if math.IsInf(v, 0) || kind == Counts && !(v >= 0) || kind == Shares && (v < 0 || v > 1+1e-9) ||
				kind == Differences && math.Abs(v) > 1+1e-9 {
				return nil, fmt.Errorf("cell %s → %s of the confusion matrix is %v, which fits no kind asked for (%v)",
					classes[i], classes[j], v, kind)
			}
			sum += v
		}
		cells := make([]cell, len(row))
		for j, v := range row {
			cells[j] = cell{share: v}
			switch kind {
			case Counts:
				cells[j] = cell{v / sum, strconv.FormatFloat(v, 'f', -1, 64)}
			case Shares:
				cells[j].text = strconv.FormatFloat(100*v, 'f', 0, 64)
			case Differences:
				if cells[j].text = minus(fmt.Sprintf("%+.1f", 100*v)); math.Abs(v) < 0.0005 {
					cells[j].text = "0"
				}
			}
			if math.IsNaN(cells[j].share) && kind != Counts {
				cells[j].text = "–"
			}
		}
		m.cells = append(m.cells, cells)
	}
	if kind == Differences { // the strongest colour is the largest difference, at least 5 points
		m.scale = 0.05
		for _, row := range values {
			for _, v := range row {
				if !math.IsNaN(v) {
					m.scale = max(m.scale, math.Abs(v))
				}
			}
		}
	}
	if o.Width == 0 {
		o.Width = matrixSide
	}
	o.Width = max(o.Width, m.least())
	o.Height = m.height(vg.Length(o.Width) * px)
	return newFigure(o, 0, 0, m.draw), nil
}

// String returns "shares", "counts" or "differences".
func (k MatrixKind) String() string {
	return [...]string{"shares", "counts", "differences"}[k]
}

type matrix struct {
	kind    MatrixKind
	classes []string
	cells   [][]cell
	scale   float64 // the value of the strongest colour
}

type cell struct {
	share float64 // decides the colour
	text  string
}

// Sizes around the cells, in CSS pixels.
const (
	axisTitle = 22 // "label", "predicted"
	barWidth  = 14
	barSpace  = 62 // for the colour bar, its space and its numbers
)

// geometry returns the width of the row labels and the side of a cell.
func (m matrix) geometry(width vg.Length) (left, side vg.Length) {
	for _, name := range m.classes {
		left = max(left, tickStyle.Width(name))
	}
	left += (axisTitle + 8) * px
	return left, (width - left - barSpace*px) / vg.Length(len(m.classes))
}

// least returns the smallest width in CSS pixels in which the numbers don't touch.
func (m matrix) least() int {
	each := 24
	if m.kind == Differences {
		each = 29
	}
	left, _ := m.geometry(0)
	return int(math.Ceil(float64(left/px))) + barSpace + each*len(m.classes)
}

// slanted reports whether the column labels are too wide to stand level.
func (m matrix) slanted(side vg.Length) bool {
	for _, name := range m.classes {
		if tickStyle.Width(name) > side-4*px {
			return true
		}
	}
	return false
}

// bottom returns the height below the cells.
func (m matrix) bottom(side vg.Length) vg.Length {
	if !m.slanted(side) {
		return (axisTitle + 20) * px
	}
	widest := vg.Length(0)
	for _, name := range m.classes {
		widest = max(widest, tickStyle.Width(name))
	}
	return widest*math.Sqrt2/2 + (axisTitle+12)*px
}

// height returns the height in CSS pixels: cells are 0.8 times as high as wide.
func (m matrix) height(width vg.Length) int {
	_, side := m.geometry(width)
	return int(math.Ceil(float64((m.rowHeight(side)*vg.Length(len(m.classes)) + m.bottom(side)) / px)))
}

func (m matrix) rowHeight(side vg.Length) vg.Length { return side * 0.8 }

func (m matrix) draw(c draw.Canvas) {
	left, side := m.geometry(c.Max.X - c.Min.X)
	height := m.rowHeight(side)
	n := vg.Length(len(m.classes))
	x0, y0 := c.Min.X+left, c.Max.Y
	for i, row := range m.cells {
		top := y0 - vg.Length(i)*height
		write(c, aligned(tickStyle, text.XRight, text.YCenter), vg.Point{X: x0 - 8*px, Y: top - height/2}, m.classes[i])
		for j, cell := range row {
			fill := m.color(cell.share)
			at := vg.Rectangle{
				Min: vg.Point{X: x0 + vg.Length(j)*side, Y: top - height}, Max: vg.Point{X: x0 + vg.Length(j+1)*side,
					Y: top},
			}
			fillRect(c, fill, inset(at, 0.75*px))
			style := readable(cellStyle, fill)
			if i == j {
				style = bold(style)
			}
			write(c, style, vg.Point{X: (at.Min.X + at.Max.X) / 2, Y: (at.Min.Y + at.Max.Y) / 2}, cell.text)
		}
	}
	base := y0 - n*height
	slanted := m.slanted(side)
	for j, name := range m.classes {
		at := vg.Point{X: x0 + (vg.Length(j)+0.5)*side, Y: base - 6*px}
		style := aligned(tickStyle, text.XCenter, text.YTop)
		if slanted {
			style = aligned(tickStyle, text.XRight, text.YCenter)
			style.Rotation = math.Pi / 4
			at.Y -= 4 * px
		}
		write(c, style, at, name)
	}
	write(c, labelStyle, vg.Point{X: x0 + n*side/2, Y: c.Min.Y}, "predicted")
	down := aligned(labelStyle, text.XCenter, text.YTop)
	down.Rotation = math.Pi / 2
	write(c, down, vg.Point{X: c.Min.X, Y: y0 - n*height/2}, "label")
	m.drawBar(c, vg.Rectangle{
		Min: vg.Point{X: x0 + n*side + 12*px, Y: base}, Max: vg.Point{X: x0 + n*side + (12+barWidth)*px, Y: y0},
	})
}

// drawBar draws the colour bar.
func (m matrix) drawBar(c draw.Canvas, at vg.Rectangle) {
	const steps = 64
	low := 0.0
	if m.kind == Differences {
		low = -m.scale
	}
	height := at.Max.Y - at.Min.Y
	for k := range steps {
		from, to := at.Min.Y+height*vg.Length(k)/steps, at.Min.Y+height*vg.Length(k+1)/steps
		if k < steps-1 {
			to += px / 2 // no hairline between the steps
		}
		v := low + (m.scale-low)*(float64(k)+0.5)/steps
		fillRect(c, m.color(v), vg.Rectangle{Min: vg.Point{X: at.Min.X, Y: from}, Max: vg.Point{X: at.Max.X, Y: to}})
	}
	for _, share := range []float64{0, 0.5, 1} {
		v := low + (m.scale-low)*share
		label := fmt.Sprintf("%.0f %%", 100*v)
		if m.kind == Differences {
			if label = minus(fmt.Sprintf("%+.0f", 100*v)); share == 0.5 {
				label = "0"
			}
		}
		style := aligned(tickStyle, text.XLeft, text.YCenter)
		y := at.Min.Y + height*vg.Length(share)
		switch share { // the end labels stay inside
		case 0:
			style.YAlign = text.YBottom
		case 1:
			style.YAlign = text.YTop
		}
		write(c, style, vg.Point{X: at.Max.X + 4*px, Y: y}, label)
	}
}

func (m matrix) color(share float64) color.RGBA {
	switch {
	case math.IsNaN(share):
		return lightGrey
	case m.kind == Differences:
		return diverging(share / m.scale)
	}
	return blues(share)
}

// readable returns s in white on a dark fill.
func readable(s text.Style, fill color.RGBA) text.Style {
	if luminance(fill) < 0.52 {
		return white(s)
	}
	return s
}

func fillRect(c draw.Canvas, fill color.Color, at vg.Rectangle) {
	c.SetColor(fill)
	c.Fill(at.Path())
}

func inset(r vg.Rectangle, by vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: r.Min.X + by, Y: r.Min.Y + by},
		Max: vg.Point{X: r.Max.X - by, Y: r.Max.Y - by}}
}
