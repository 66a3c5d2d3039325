// Package figure draws numbers and images in one style: learning curves, confusion matrices, bars with intervals,
// reliability diagrams, lines, grids of faces and heat maps.
//
// Every function returns a [Figure], which gives itself as PNG or SVG, saves itself, and shows itself in a notebook
// cell. It takes plain numbers and images, so that whatever computes them need not know of it. An emotion has the same
// colour in every figure, and so has a net ([ClassColor], [SeriesColor]); the colours are those of Okabe and Ito,
// which colour-blind readers tell apart. The background is white, so that a figure reads on a dark page too.
package figure

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Options are the words around a drawing, and its size. The zero value is ready for use.
type Options struct {
	// Title stands above the drawing.
	Title string
	// Caption says where the numbers come from: the split, the number of images, the run. [Figure.Save] draws it below;
	// a notebook prints it itself.
	Caption string
	// Alt says what is to be seen, for those who cannot see it; empty means Title and Caption.
	Alt string
	// Width and Height are those of the drawing in CSS pixels, without title, legend and caption; 0 means the default
	// of the kind of figure. [Grid] sets its own size, and [ConfusionMatrix] its height.
	Width, Height int
}

// Figure is a finished drawing.
type Figure struct {
	options Options
	legend  []key
	draw    func(draw.Canvas)
	clear   func(draw.Canvas) // Draws a figure of images for a page of any colour; see [Figure.Picture].
	bare    bool              // Without a background.
	small   bool              // At most 256 colours.
}

// Scale is the number of PNG pixels to a CSS pixel, so that a figure is sharp on a screen of high density.
const Scale = 2

const (
	px     = vg.Length(0.75) // a CSS pixel in points
	margin = 12              // around the whole, in CSS pixels
)

func newFigure(o Options, width, height int, body func(draw.Canvas)) *Figure {
	if o.Width == 0 {
		o.Width = width
	}
	if o.Height == 0 {
		o.Height = height
	}
	return &Figure{options: o, draw: body}
}

// Description returns the caption, and the text that stands in for the figure where it can't be seen.
func (f *Figure) Description() (caption, alt string) {
	alt = f.options.Alt
	if alt == "" {
		alt = strings.Join(nonEmpty(f.options.Title, f.options.Caption), ". ")
	}
	return f.options.Caption, alt
}

// Size returns the size at which to show what PNG and SVG return, in CSS pixels. The PNG has [Scale] times as many
// pixels.
func (f *Figure) Size() (width, height int) {
	l := f.layout(false)
	return l.width, l.height
}

// PNG returns the figure as a PNG file.
func (f *Figure) PNG() ([]byte, error) { return f.png(false) }

// SVG returns the figure as an SVG file with text as text; images stand in it as PNG.
func (f *Figure) SVG() ([]byte, error) { return f.svg(false) }

// Save writes the figure, with its caption, to a file whose name ends in .png or .svg.
func (f *Figure) Save(path string) error {
	var data []byte
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		data, err = f.png(true)
	case ".svg":
		data, err = f.svg(true)
	default:
		err = fmt.Errorf("save figure as %s: the extension is %q, want .png or .svg", path, ext)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func (f *Figure) png(captioned bool) ([]byte, error) {
	l := f.layout(captioned)
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(l.width)*px, vg.Length(l.height)*px), vgimg.UseDPI(96*Scale),
		vgimg.UseBackgroundColor(color.Transparent))
	f.render(draw.New(c), l)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression} // Notebooks store figures.
	small := compact(c.Image())
	if _, large := small.(*image.RGBA); large && f.small {
		small = fewer(small)
	}
	err := encoder.Encode(&b, small)
	return b.Bytes(), err
}

func (f *Figure) svg(captioned bool) ([]byte, error) {
	l := f.layout(captioned)
	c := vgsvg.New(vg.Length(l.width)*px, vg.Length(l.height)*px)
	f.render(draw.New(c), l)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, err
	}
	// vgsvg gives the size in points; it embeds PNG under a wrong name; Arial has the same widths where Liberation
	// isn't installed.
	text := strings.NewReplacer(
		fmt.Sprintf(`width="%.5gpt" height="%.5gpt"`, float64(l.width)*float64(px), float64(l.height)*float64(px)),
		fmt.Sprintf(`role="img" width="%d" height="%d"`, l.width, l.height),
		"data:image/jpg;", "data:image/png;",
		"font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;",
	).Replace(b.String())
	if _, alt := f.Description(); alt != "" {
		text = strings.Replace(text, "<g ", "<title>"+html.EscapeString(alt)+"</title>\n<g ", 1)
	}
	return []byte(text), nil
}

// layout holds the size of the whole and the text broken into lines, in CSS pixels.
type layout struct {
	width, height  int
	title, caption []string
	legend         [][]key // by line
}

// Heights of a line of each kind, and the space between the parts, in CSS pixels.
const (
	titleLine, legendLine, captionLine = 21, 19, 16
	gap                                = 8
)

func (f *Figure) layout(captioned bool) layout {
	l := layout{width: f.options.Width + 2*margin, height: f.options.Height + 2*margin}
	room := vg.Length(f.options.Width) * px
	if l.title = wrap(f.options.Title, titleStyle, room); len(l.title) > 0 {
		l.height += len(l.title)*titleLine + gap
	}
	if l.legend = wrapKeys(f.legend, room); len(l.legend) > 0 {
		l.height += len(l.legend)*legendLine + gap
	}
	if captioned {
		if l.caption = wrap(f.options.Caption, captionStyle, room); len(l.caption) > 0 {
			l.height += len(l.caption)*captionLine + gap
		}
	}
	return l
}

func (f *Figure) render(c draw.Canvas, l layout) {
	if !f.bare {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
	}
	left, top := c.Min.X+margin*px, c.Max.Y-margin*px
	for _, line := range l.title {
		write(c, titleStyle, vg.Point{X: left, Y: top}, line)
		top -= titleLine * px
	}
	if len(l.title) > 0 {
		top -= gap * px
	}
	for _, line := range l.legend {
		drawKeys(c, line, left, top-legendLine*px/2)
		top -= legendLine * px
	}
	if len(l.legend) > 0 {
		top -= gap * px
	}
	body := c
	body.Rectangle = vg.Rectangle{
		Min: vg.Point{X: left, Y: top - vg.Length(f.options.Height)*px},
		Max: vg.Point{X: left + vg.Length(f.options.Width)*px, Y: top},
	}
	f.draw(body)
	top = body.Min.Y - gap*px
	for _, line := range l.caption {
		write(c, captionStyle, vg.Point{X: left, Y: top}, line)
		top -= captionLine * px
	}
}

func nonEmpty(words ...string) []string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}
