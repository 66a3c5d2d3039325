package figure

import (
	"image"
	"image/color"
)

// compact returns the same picture in the smallest form that PNG has for it: grey if no pixel has a colour, with a palette if
// there are at most 256 colours, else as it is. Notebooks store figures, and most show grey faces.
func compact(m image.Image) image.Image {
	bounds := m.Bounds()
	grey := true
	var palette color.Palette
	index := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			grey = grey && c.R == c.G && c.G == c.B && c.A == 0xFF
			if _, known := index[c]; !known && len(palette) <= 256 {
				index[c] = uint8(len(palette))
				palette = append(palette, c)
			}
			if !grey && len(palette) > 256 {
				return m
			}
		}
	}
	if grey {
		small := image.NewGray(bounds)
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				small.Set(x, y, m.At(x, y))
			}
		}
		return small
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, index[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)])
		}
	}
	return small
}
