package figure

import (
	"image"
	"image/color"
	"testing"
)

// Whatever the form, every pixel keeps its colour; greys give way by up to 3 of 255 where that makes a palette do.
func TestCompactKeepsPixels(t *testing.T) {
	for name, fill := range map[string]func(x, y int) color.RGBA{
		"grey":    func(x, y int) color.RGBA { v := uint8(x * y); return color.RGBA{v, v, v, 255} },
		"palette": func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y / 20), 7, 255} },
		"many":    func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y), 7, 255} },
		"mixed": func(x, y int) color.RGBA {
			if v := uint8(40*y + x); y < 20 {
				return color.RGBA{v, v, v, 255}
			}
			return color.RGBA{uint8(x), uint8(y / 10), 7, 255}
		},
		"clear": func(x, y int) color.RGBA { return color.RGBA{} },
	} {
		m := image.NewRGBA(image.Rect(0, 0, 40, 40))
		for y := range 40 {
			for x := range 40 {
				m.SetRGBA(x, y, fill(x, y))
			}
		}
		small := compact(m)
		for y := range 40 {
			for x := range 40 {
				got, want := color.RGBAModel.Convert(small.At(x, y)).(color.RGBA), m.RGBAAt(x, y)
				off := int(got.R) - int(want.R)
				if name == "mixed" && y < 20 && got.R == got.G && got.G == got.B && -3 <= off && off <= 3 {
					continue
				}
				if got != want {
					t.Fatalf("%s: pixel %d,%d is %v, want %v", name, x, y, got, want)
				}
			}
		}
		if _, whole := small.(*image.RGBA); whole != (name == "many") {
			t.Errorf("%s is stored as %T", name, small)
		}
	}
}
