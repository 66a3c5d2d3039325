package figure

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	xdraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Cell is an image of a [Grid]. A *fer.Image is an [image.Image]; [Heat] and [Overlay] make others.
type Cell struct {
	Image   image.Image // nil leaves the place empty.
	Caption string      // Below the image; it wraps.
}

// GridOptions say how [Grid] lays out images.
type GridOptions struct {
	Options // Width and Height don't count.
	// Rows and Columns label the rows on the left and the columns on top.
	Rows, Columns []string
	// Side is the width of an image in CSS pixels; 0 means 96, two screen pixels for each of a face. An image that
	// isn't square keeps its shape.
	Side int
	// Smooth interpolates between pixels (Catmull-Rom); else each stays a square.
	Smooth bool
}

// cellGap is the space between images in CSS pixels.
const cellGap = 10

// Grid shows images in rows and columns with captions: faces, heat maps, filters. Rows may differ in length. It returns
// an error if there is no image, or more labels than rows or columns.
func Grid(rows [][]Cell, o GridOptions) (*Figure, error) {
	if o.Side == 0 {
		o.Side = 96
	}
	g := grid{GridOptions: o, rows: rows, words: tickStyle, labels: labelled}
	images := 0
	for _, row := range rows {
		g.columns = max(g.columns, len(row))
		height, lines := 0, 0
		for _, c := range row {
			if c.Image != nil {
				if c.Image.Bounds().Empty() {
					return nil, errors.New("grid with an image of no pixels")
				}
				images++
				height = max(height, g.heightOf(c.Image))
			}
			lines = max(lines, len(g.caption(c)))
		}
		g.heights, g.lines = append(g.heights, height), append(g.lines, lines)
	}
	if images == 0 {
		return nil, errors.New("grid without an image")
	}
	if len(o.Rows) > len(rows) || len(o.Columns) > g.columns {
		return nil, fmt.Errorf("grid of %d × %d images with %d row and %d column labels", len(rows), g.columns,
			len(o.Rows), len(o.Columns))
	}
	for _, name := range o.Rows {
		for _, line := range strings.Split(name, "\n") {
			g.left = max(g.left, int(tickStyle.Width(line)/px)+10)
		}
	}
	for _, name := range o.Columns {
		g.top = max(g.top, len(g.wrap(name))*captionLine+4)
	}
	o.Options.Width = g.left + g.columns*(o.Side+cellGap) - cellGap
	o.Options.Height = g.top - cellGap
	for i := range rows {
		o.Options.Height += g.rowHeight(i)
	}
	f := newFigure(o.Options, 0, 0, g.draw)
	g.words, g.labels = mid(tickStyle), mid(labelled)
	f.clear = g.draw
	return f, nil
}

// mid is a style in a grey that reads on white and on black.
func mid(s text.Style) text.Style {
	s.Color = color.Gray{0x7a}
	return s
}

type grid struct {
	GridOptions
	rows           [][]Cell
	columns        int
	heights, lines []int // of the images, and of the captions in lines, by row
	left, top      int   // room for the labels
	words, labels  text.Style
}

func (g grid) heightOf(img image.Image) int {
	b := img.Bounds()
	return max(1, (g.Side*b.Dy()+b.Dx()/2)/b.Dx())
}

func (g grid) wrap(s string) []string {
	return wrap(s, tickStyle, vg.Length(g.Side+cellGap-4)*px)
}

func (g grid) caption(c Cell) []string { return g.wrap(c.Caption) }

// rowHeight returns the height of a row with the space below it.
func (g grid) rowHeight(i int) int {
	height := g.heights[i] + cellGap
	if g.lines[i] > 0 {
		height += 4 + g.lines[i]*captionLine
	}
	return height
}

func (g grid) draw(c draw.Canvas) {
	x := func(column int) vg.Length { return c.Min.X + vg.Length(g.left+column*(g.Side+cellGap))*px }
	side := vg.Length(g.Side) * px
	for j, name := range g.Columns {
		lines := g.wrap(name)
		for k, line := range lines {
			y := c.Max.Y - vg.Length(g.top-4-(len(lines)-k)*captionLine)*px
			write(c, aligned(g.labels, text.XCenter, text.YTop), vg.Point{X: x(j) + side/2, Y: y}, line)
		}
	}
	top := c.Max.Y - vg.Length(g.top)*px
	for i, row := range g.rows {
		height := vg.Length(g.heights[i]) * px
		if i < len(g.Rows) {
			lines := strings.Split(g.Rows[i], "\n")
			y := top - height/2 + vg.Length(len(lines)-1)/2*captionLine*px
			for _, line := range lines {
				write(c, aligned(g.labels, text.XRight, text.YCenter), vg.Point{X: x(0) - 8*px, Y: y}, line)
				y -= captionLine * px
			}
		}
		for j, cell := range row {
			if cell.Image != nil {
				tall := vg.Length(g.heightOf(cell.Image)) * px
				at := vg.Rectangle{Min: vg.Point{X: x(j), Y: top - tall}, Max: vg.Point{X: x(j) + side, Y: top}}
				fillRect(c, lightGrey, inset(at, -px/2)) // A frame, or a white image would not be seen.
				c.DrawImage(at, g.enlarged(cell.Image))
			}
			y := top - height - 4*px
			for _, line := range g.caption(cell) {
				write(c, aligned(g.words, text.XCenter, text.YTop), vg.Point{X: x(j) + side/2, Y: y}, line)
				y -= captionLine * px
			}
		}
		top -= vg.Length(g.rowHeight(i)) * px
	}
}

// labelled is the style of row and column labels.
var labelled = func() text.Style { s := tickStyle; s.Color = black; return s }()

// enlarged returns the image at the number of pixels at which a PNG shows it, so that nothing else resamples it.
func (g grid) enlarged(img image.Image) image.Image {
	large := image.NewRGBA(image.Rect(0, 0, g.Side*Scale, g.heightOf(img)*Scale))
	var s xdraw.Scaler = xdraw.NearestNeighbor
	if g.Smooth {
		s = xdraw.CatmullRom
	}
	s.Scale(large, large.Bounds(), img, img.Bounds(), xdraw.Src, nil)
	return large
}
