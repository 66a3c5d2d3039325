package fer

import (
	"fmt"
	"image"
	"image/color"
)

// Size is the width and height of a face in pixels.
const Size = 48

// Pixels is the number of pixels of a face.
const Pixels = Size * Size

// Image is a 48×48 grey face, row by row from the top left, 0 black … 255 white. In a graph it becomes float32 in [0,
// 1] of shape [batch, 48, 48, 1]. It implements [image.Image].
type Image [Pixels]uint8

// ColorModel implements [image.Image].
func (m *Image) ColorModel() color.Model { return color.GrayModel }

// Bounds implements [image.Image]: (0, 0)–(48, 48).
func (m *Image) Bounds() image.Rectangle { return image.Rect(0, 0, Size, Size) }

// At implements [image.Image].
func (m *Image) At(x, y int) color.Color {
	if x < 0 || y < 0 || x >= Size || y >= Size {
		return color.Gray{}
	}
	return color.Gray{Y: m[y*Size+x]}
}

// Gray returns m as an [image.Gray] that shares its pixels.
func (m *Image) Gray() *image.Gray {
	return &image.Gray{Pix: m[:], Stride: Size, Rect: m.Bounds()}
}

// FromImage copies a 48×48 grey image. It returns an error when the size differs or any pixel has a colour: it doesn't
// scale, nor turn colours into grey, since a silently changed image is a silently changed data set. Grey values of 16
// bits are scaled to 8 and rounded, 0 … 65,535 to 0 … 255; transparent pixels are laid over white. It is an error if
// all values of 16 bits are below 256, unless all are 0: they are values of 8 bits, stored as if they were nearly
// black.
func FromImage(src image.Image) (*Image, error) {
	b := src.Bounds()
	if b.Dx() != Size || b.Dy() != Size {
		return nil, fmt.Errorf("image is %d×%d, want %d×%d", b.Dx(), b.Dy(), Size, Size)
	}
	m := new(Image)
	if g, ok := src.(*image.Gray); ok {
		for y := range Size {
			copy(m[y*Size:(y+1)*Size], g.Pix[g.PixOffset(b.Min.X, b.Min.Y+y):])
		}
		return m, nil
	}
	var brightest uint32
	for y := range Size {
		for x := range Size {
			r, g, bl, a := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
			if r != g || g != bl {
				return nil, fmt.Errorf("image is coloured (pixel %d,%d), want grey", x, y)
			}
			v := r + 0xffff - a // r is premultiplied by a
			brightest = max(brightest, v)
			m[y*Size+x] = uint8((v + 128) / 257)
		}
	}
	if brightest > 0 && brightest < 256 { // what 8 bits become is 0, or 257 and more
		return nil, fmt.Errorf("image has 16 bits a pixel, but no value above %d: store it with 8 bits", brightest)
	}
	return m, nil
}

// Mask marks pixels of an [Image], with the same layout: true where the mark is set.
type Mask [Pixels]bool

// Count returns the number of marked pixels.
func (m *Mask) Count() int {
	n := 0
	for _, on := range m {
		if on {
			n++
		}
	}
	return n
}
