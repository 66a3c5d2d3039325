package figure

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"math"
	"slices"
)

// compact returns the same picture in the smallest form that PNG has for it: grey if no pixel has a colour, with a
// palette if there are at most 256 colours, else as it is. Notebooks store figures, and most show grey faces. Where
// faces stand beside heat maps or on a clear ground, fewer greys, at least 64, leave room in the palette for the
// colours, which saves more than half: no eye sees it.
func compact(m image.Image) image.Image {
	colours := func(x, y int) color.RGBA { return color.RGBAModel.Convert(m.At(x, y)).(color.RGBA) }
	if small := greyscale(m.Bounds(), colours); small != nil {
		return small
	}
	if small := paletted(m.Bounds(), colours); small != nil {
		return small
	}
	for _, greys := range []int{128, 64} {
		small := paletted(m.Bounds(), func(x, y int) color.RGBA { return coarse(colours(x, y), greys) })
		if small != nil {
			return small
		}
	}
	return m
}

// coarse rounds a grey to one of so many, and the edge of a letter on a clear ground to one of eight opacities.
func coarse(c color.RGBA, greys int) color.RGBA {
	round := func(v uint8, levels int) uint8 {
		k := levels - 1
		return uint8(((int(v)*k + 127) / 255 * 255) / k)
	}
	switch {
	case c.A != 0xFF:
		a := round(c.A, 8)
		if a == 0 {
			return color.RGBA{}
		}
		scale := func(v uint8) uint8 { return uint8(min(int(v)*int(a)/int(c.A), int(a))) &^ 7 }
		return color.RGBA{scale(c.R), scale(c.G), scale(c.B), a}
	case c.R == c.G && c.G == c.B:
		v := round(c.R, greys)
		return color.RGBA{v, v, v, 0xFF}
	}
	return c
}

// greyscale returns a grey image of these colours, or nil if one of them isn't grey.
func greyscale(bounds image.Rectangle, at func(x, y int) color.RGBA) image.Image {
	small := image.NewGray(bounds)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			if c.R != c.G || c.G != c.B || c.A != 0xFF {
				return nil
			}
			small.SetGray(x, y, color.Gray{Y: c.R})
		}
	}
	return small
}

// paletted returns an image of these colours with a palette, or nil if they are more than 256.
func paletted(bounds image.Rectangle, at func(x, y int) color.RGBA) image.Image {
	small := image.NewPaletted(bounds, nil)
	index := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			i, known := index[c]
			if !known {
				if len(index) == 256 {
					return nil
				}
				i = uint8(len(index))
				index[c], small.Palette = i, append(small.Palette, c)
			}
			small.SetColorIndex(x, y, i)
		}
	}
	return small
}

// fewer returns the picture with at most 160 of its colours, each other one replaced by one of these: the most frequent
// of each box of a median cut (Heckbert 1982), so that large areas keep theirs.
func fewer(m image.Image) image.Image {
	bounds := m.Bounds()
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)]++
		}
	}
	first := box{colours: slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Compare(order(a), order(b))
	})}
	first.measure(count)
	boxes := []box{first}
	for len(boxes) < 160 {
		widest := 0
		for i, b := range boxes {
			if b.worth > boxes[widest].worth {
				widest = i
			}
		}
		if boxes[widest].worth == 0 {
			break // Every box is of one colour.
		}
		low, high := boxes[widest].cut(count)
		boxes[widest] = low
		boxes = append(boxes, high)
	}
	kept := map[color.RGBA]color.RGBA{}
	for _, b := range boxes {
		best := slices.MaxFunc(b.colours, func(x, y color.RGBA) int { return cmp.Compare(count[x], count[y]) })
		for _, c := range b.colours {
			kept[c] = best
		}
	}
	return paletted(bounds, func(x, y int) color.RGBA {
		return kept[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)]
	})
}

// box is a set of colours of a median cut.
type box struct {
	colours []color.RGBA
	channel int     // The one with the widest range.
	worth   float64 // The range, weighted by the pixels of the box; 0 for a single colour.
}

func channels(c color.RGBA) [4]int { return [4]int{int(c.R), int(c.G), int(c.B), int(c.A)} }

func (b *box) measure(count map[color.RGBA]int) {
	low, high, pixels := [4]int{255, 255, 255, 255}, [4]int{}, 0
	for _, c := range b.colours {
		pixels += count[c]
		for k, v := range channels(c) {
			low[k], high[k] = min(low[k], v), max(high[k], v)
		}
	}
	for k := range low {
		if high[k]-low[k] > high[b.channel]-low[b.channel] {
			b.channel = k
		}
	}
	b.worth = float64(high[b.channel]-low[b.channel]) * math.Sqrt(float64(pixels))
}

// cut splits the box in the middle of its pixels along its widest channel.
func (b box) cut(count map[color.RGBA]int) (low, high box) {
	slices.SortStableFunc(b.colours, func(x, y color.RGBA) int {
		return cmp.Compare(channels(x)[b.channel], channels(y)[b.channel])
	})
	pixels := 0
	for _, c := range b.colours {
		pixels += count[c]
	}
	at, seen := 0, 0
	for at < len(b.colours)-1 && (at == 0 || 2*seen < pixels) {
		seen += count[b.colours[at]]
		at++
	}
	low, high = box{colours: b.colours[:at:at]}, box{colours: b.colours[at:]}
	low.measure(count)
	high.measure(count)
	return low, high
}

// order makes one number of a colour.
func order(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}
