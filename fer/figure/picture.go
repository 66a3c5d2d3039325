package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	xdraw "golang.org/x/image/draw"
)

// Picture is a figure as a page shows it, whose title, caption and number stand beside it as text.
type Picture struct {
	Title, Caption, Alt string
	Width, Height       int    // In CSS pixels; PNG has [Scale] times as many.
	PNG                 []byte // Transparent around the images of a [Grid], to lie on a page of any colour.
	SVG                 []byte // Nil for a [Grid] and [Boxes], whose images are larger as vectors.
}

// Picture draws the figure without its words.
func (f *Figure) Picture() (Picture, error) {
	bare := *f
	bare.options.Title, bare.small = "", true
	if f.clear != nil {
		bare.draw, bare.bare = f.clear, true
	}
	p := Picture{Title: f.options.Title}
	p.Caption, p.Alt = f.Description()
	p.Width, p.Height = bare.Size()
	var err error
	if p.PNG, err = bare.png(false); err != nil {
		return p, err
	}
	if f.clear == nil {
		p.SVG, err = bare.svg(false)
	}
	return p, err
}

// ImagePNG returns an image as a PNG file of so many pixels across, smoothly enlarged.
func ImagePNG(img image.Image, across int) ([]byte, error) {
	if img.Bounds().Empty() || across < 1 {
		return nil, fmt.Errorf("an image of %v, %d pixels across", img.Bounds(), across)
	}
	tall := max(1, (across*img.Bounds().Dy()+img.Bounds().Dx()/2)/img.Bounds().Dx())
	large := image.NewRGBA(image.Rect(0, 0, across, tall))
	xdraw.CatmullRom.Scale(large, large.Bounds(), img, img.Bounds(), xdraw.Src, nil)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&b, compact(large))
	return b.Bytes(), err
}
