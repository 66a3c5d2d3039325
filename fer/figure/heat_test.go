package figure

import (
	"image/color"
	"math"
	"testing"

	"ferlab/fer"
)

func TestHeatColoursValuesInPlace(t *testing.T) {
	img, err := Heat(Map{Values: []float64{0, 5, 10, math.NaN(), 20, 5}, Width: 3})
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 3 || got.Y != 2 {
		t.Fatalf("size %v, want 3×2", got)
	}
	for _, test := range []struct {
		x, y int
		want color.RGBA
	}{{0, 0, viridis(0)}, {1, 0, viridis(0.25)}, {2, 0, viridis(0.5)}, {0, 1, lightGrey}, {1, 1, viridis(1)}, {2, 1,
		viridis(0.25)}} {
		if got := img.RGBAAt(test.x, test.y); got != test.want {
			t.Errorf("pixel %d, %d is %v, want %v", test.x, test.y, got, test.want)
		}
	}
}

func TestSignedHeatIsSymmetric(t *testing.T) {
	img, err := Heat(Map{Values: []float64{-1, 0, 1, 4}, Signed: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []color.RGBA{diverging(-0.25), diverging(0), diverging(0.25), diverging(1)} {
		if got := img.RGBAAt(i%2, i/2); got != want {
			t.Errorf("value %d is %v, want %v", i, got, want)
		}
	}
}

func TestOutliersDoNotDarkenTheRest(t *testing.T) {
	m := Map{Values: make([]float64, 100)}
	for i := range m.Values {
		m.Values[i] = float64(i % 10)
	}
	m.Values[50] = 1e6
	m.Outliers = 0.01
	if low, high := m.ends(); low != 0 || high != 9 {
		t.Errorf("ends %v and %v, want 0 and 9", low, high)
	}
	m.Outliers = 0
	if _, high := m.ends(); high != 1e6 {
		t.Errorf("high end %v, want all of the range", high)
	}
}

func TestConstantMaps(t *testing.T) {
	for _, test := range []struct {
		m    Map
		want color.RGBA
	}{
		{Map{Values: make([]float64, 4)}, viridis(0)},
		{Map{Values: make([]float64, 4), Signed: true}, diverging(0)},
		{Map{Values: []float64{math.NaN()}}, lightGrey},
	} {
		img, err := Heat(test.m)
		if err != nil {
			t.Fatal(err)
		}
		if got := img.RGBAAt(0, 0); got != test.want {
			t.Errorf("%v is %v, want %v", test.m, got, test.want)
		}
	}
}

func TestMapsOfNoRectangleAreRefused(t *testing.T) {
	for _, m := range []Map{{}, {Values: make([]float64, 5)}, {Values: make([]float64, 6), Width: 4},
		{Values: make([]float64, 6), Width: -2}} {
		if _, err := Heat(m); err == nil {
			t.Errorf("map of %d values with rows of %d accepted", len(m.Values), m.Width)
		}
	}
	if _, err := Overlay(drawnFace(), NewMap(make([]float32, 9)), OverlayOptions{}); err == nil {
		t.Error("overlay of a 3×3 map accepted")
	}
}

func TestOverlayLeavesTheFaceWhereTheMapIsWeak(t *testing.T) {
	face, m := new(fer.Image), Map{Values: make([]float64, fer.Pixels)}
	for i := range face {
		face[i] = uint8(i)
	}
	m.Values[0], m.Values[1], m.Values[2] = 1, 0.5, 0.3
	img, err := Overlay(face, m, OverlayOptions{Alpha: 0.5, Threshold: 0.4})
	if err != nil {
		t.Fatal(err)
	}
	blend := func(over color.RGBA, grey, alpha float64) color.RGBA {
		mix := func(v uint8) uint8 { return uint8(math.Round(alpha*float64(v) + (1-alpha)*grey)) }
		return color.RGBA{mix(over.R), mix(over.G), mix(over.B), 0xFF}
	}
	for x, want := range []color.RGBA{blend(warm(1), 0, 0.5), blend(warm(0.5), 1, 0.5), {2, 2, 2, 0xFF},
		{3, 3, 3, 0xFF}} {
		if got := img.RGBAAt(x, 0); got != want {
			t.Errorf("with a threshold pixel %d is %v, want %v", x, got, want)
		}
	}
	if img, err = Overlay(face, m, OverlayOptions{Alpha: 0.5}); err != nil {
		t.Fatal(err)
	}
	for x, want := range []color.RGBA{blend(warm(1), 0, 0.5), blend(warm(0.5), 1, 0.25),
		blend(warm(10./32), 2, 0.15), {3, 3, 3, 0xFF}} {
		if got := img.RGBAAt(x, 0); got != want {
			t.Errorf("blended pixel %d is %v, want %v", x, got, want)
		}
	}
}
