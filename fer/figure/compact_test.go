package figure

import (
	"image"
	"image/color"
	"testing"
)

// Whatever the form, every pixel keeps its colour.
func TestCompactKeepsPixels(t *testing.T) {
	for name, fill := range map[string]func(x, y int) color.RGBA{
		"grey":    func(x, y int) color.RGBA { v := uint8(x * y); return color.RGBA{v, v, v, 255} },
		"palette": func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y / 20), 7, 255} },
		"many":    func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(y), 7, 255} },
		"clear":   func(x, y int) color.RGBA { return color.RGBA{} },
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
				if got := color.RGBAModel.Convert(small.At(x, y)); got != m.RGBAAt(x, y) {
					t.Fatalf("%s: pixel %d,%d is %v, want %v", name, x, y, got, m.RGBAAt(x, y))
				}
			}
		}
		if _, whole := small.(*image.RGBA); whole != (name == "many") {
			t.Errorf("%s is stored as %T", name, small)
		}
	}
}
