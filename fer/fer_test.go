package fer_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"ferlab/fer"
)

func TestFromImage(t *testing.T) {
	grey := image.NewGray(image.Rect(10, 20, 58, 68))
	grey.SetGray(11, 22, color.Gray{Y: 77})
	m, err := fer.FromImage(grey)
	if err != nil || m[2*fer.Size+1] != 77 || m.At(1, 2) != (color.Gray{Y: 77}) {
		t.Errorf("pixel %v, %v", m[2*fer.Size+1], err)
	}
	rgb := image.NewRGBA(image.Rect(0, 0, 48, 48))
	rgb.Set(3, 4, color.RGBA{9, 9, 9, 255})
	if m, err = fer.FromImage(rgb); err != nil || m[4*fer.Size+3] != 9 {
		t.Errorf("a grey picture in colour format: %v", err)
	}
	rgb.Set(5, 6, color.RGBA{200, 9, 9, 255})
	for want, img := range map[string]image.Image{"pixel 5,6": rgb,
		"48×47, want 48×48": image.NewGray(image.Rect(0, 0, 48, 47))} {
		if _, err := fer.FromImage(img); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
