package dataset

import (
	"math"
	"slices"
	"testing"

	"ferlab/fer"
)

// Views are the image itself, its mirror image, and both shifted.
func TestViewsOfImage(t *testing.T) {
	src := new(fer.Image)
	src[10*fer.Size+20] = 255
	at := func(m *fer.Image) (x, y int) {
		i := slices.Index(m[:], 255)
		return i % fer.Size, i / fer.Size
	}
	for name, want := range map[string][][2]int{
		"none": {{20, 10}},
		"flip": {{20, 10}, {27, 10}},
		"ten":  {{20, 10}, {27, 10}, {17, 7}, {24, 7}, {17, 13}, {24, 13}, {23, 7}, {30, 7}, {23, 13}, {30, 13}},
	} {
		views, err := TTA(name)
		if err != nil {
			t.Fatal(err)
		}
		var got [][2]int
		for _, v := range views {
			x, y := at(v.Apply(src))
			got = append(got, [2]int{x, y})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s puts the pixel at %v, want %v", name, got, want)
		}
	}
	thirty, err := TTA("thirty")
	if err != nil || len(thirty) != 30 {
		t.Fatalf("%d views, %v, want 30", len(thirty), err)
	}
	// A bright square, 12 pixels wide and 9 right of and below the centre, is scaled and moves away from the centre,
	// then shifts.
	square := new(fer.Image)
	for y := 27; y < 39; y++ {
		for x := 27; x < 39; x++ {
			square[y*fer.Size+x] = 200
		}
	}
	for i, v := range thirty {
		scale := []float64{1, 0.9, 1.1}[i/10]
		var sum, sumX, sumY float64
		for k, p := range v.Apply(square) {
			sum, sumX, sumY = sum+float64(p), sumX+float64(p)*float64(k%fer.Size), sumY+float64(p)*float64(k/fer.Size)
		}
		wantX, wantY := scale*9, scale*9
		if v.Flip {
			wantX = -wantX
		}
		wantX, wantY = 23.5+wantX+float64(v.DX), 23.5+wantY+float64(v.DY)
		if wide, x, y := math.Sqrt(sum/200), sumX/sum, sumY/sum; math.Abs(wide-12*scale) > 0.1 ||
			math.Abs(x-wantX) > 0.1 || math.Abs(y-wantY) > 0.1 {
			t.Errorf("%+v shows the square %.2f wide at (%.2f, %.2f), want %.2f at (%.2f, %.2f)", v, wide, x, y,
				12*scale, wantX, wantY)
		}
	}
	if _, err := TTA("twelve"); err == nil {
		t.Error("no error for unknown views")
	}
}
