package figure

import (
	"errors"
	"image"
	"image/color"
	"math"

	xdraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Box is a square of a photo with a label above it.
type Box struct {
	At    image.Rectangle // In pixels of the photo.
	Tilt  float64         // By how many degrees it leans to the right.
	Label string
	Color color.RGBA
}

// Boxes draws a photo with boxes around what was found in it. Default width 640; the height follows from the photo.
func Boxes(photo image.Image, boxes []Box, o Options) (*Figure, error) {
	b := photo.Bounds()
	if b.Empty() {
		return nil, errors.New("a photo of no pixels")
	}
	if o.Width == 0 {
		o.Width = 640
	}
	o.Height = max(1, (o.Width*b.Dy()+b.Dx()/2)/b.Dx())
	small := image.NewRGBA(image.Rect(0, 0, min(b.Dx(), Scale*o.Width), min(b.Dy(), Scale*o.Height)))
	xdraw.Draw(small, small.Rect, image.White, image.Point{}, xdraw.Src)
	xdraw.BiLinear.Scale(small, small.Rect, photo, b, xdraw.Over, nil)
	body := func(c draw.Canvas) {
		c.DrawImage(c.Rectangle, small)
		scale := vg.Length(o.Width) * px / vg.Length(b.Dx())
		for _, box := range boxes {
			box.draw(c, scale, b.Min)
		}
	}
	f := newFigure(o, 0, 0, body)
	f.clear = body // A page of any colour shows the photo as it is.
	return f, nil
}

// draw draws the box on a canvas that shows the photo from a corner on, at a scale.
func (b Box) draw(c draw.Canvas, scale vg.Length, corner image.Point) {
	sin, cos := math.Sincos(b.Tilt * math.Pi / 180)
	x, y := float64(b.At.Min.X+b.At.Max.X)/2, float64(b.At.Min.Y+b.At.Max.Y)/2
	half := float64(b.At.Dx()) / 2
	var outline []vg.Point
	left, top := c.Max.X, c.Min.Y
	for _, p := range [][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}} {
		u, v := half*p[0], half*p[1]
		at := vg.Point{
			X: c.Min.X + scale*vg.Length(x+u*cos-v*sin-float64(corner.X)),
			Y: c.Max.Y - scale*vg.Length(y+u*sin+v*cos-float64(corner.Y)),
		}
		outline = append(outline, at)
		left, top = min(left, at.X), max(top, at.Y)
	}
	style := lineStyle(b.Color, false)
	style.Width = 2.5 * px
	c.StrokeLines(style, outline)
	if b.Label == "" {
		return
	}
	width, height := legendStyle.Width(b.Label)+10*px, legendLine*px
	left, top = max(c.Min.X, min(left, c.Max.X-width)), min(top, c.Max.Y-height)
	fillRect(c, b.Color, vg.Rectangle{Min: vg.Point{X: left, Y: top}, Max: vg.Point{X: left + width, Y: top + height}})
	label := readable(aligned(legendStyle, text.XLeft, text.YCenter), b.Color)
	write(c, label, vg.Point{X: left + 5*px, Y: top + height/2}, b.Label)
}
