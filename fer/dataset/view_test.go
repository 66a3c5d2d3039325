package dataset

import (
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
		views, err := Views(name)
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
	if _, err := Views("twelve"); err == nil {
		t.Error("no error for unknown views")
	}
}
