package semisup

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/synth"
)

// ramp has the grey x + 2y at (x, y): 0 … 141.
func ramp() *fer.Image {
	m := new(fer.Image)
	for i := range m {
		m[i] = uint8(i%fer.Size + 2*(i/fer.Size))
	}
	return m
}

// apply returns an image after the operation of that name.
func apply(t *testing.T, name string, m *fer.Image, magnitude float64, mirrored bool) *fer.Image {
	t.Helper()
	i := slices.IndexFunc(operations, func(o operation) bool { return o.name == name })
	if i < 0 {
		t.Fatalf("no operation %q", name)
	}
	out := *m
	operations[i].apply(&out, magnitude, mirrored)
	return &out
}

// At the magnitude that means "nothing", an operation changes nothing.
func TestOperationsThatChangeNothing(t *testing.T) {
	face := synth.Make(1, 0).Image
	for name, magnitude := range map[string]float64{
		"identity": 0, "brightness": 1, "contrast": 1, "sharpness": 1, "posterize": 8, "solarize": 256,
		"rotate": 0, "shear x": 0, "shear y": 0, "translate x": 0, "translate y": 0,
	} {
		if *apply(t, name, face, magnitude, false) != *face {
			t.Errorf("%s at %v changes the image", name, magnitude)
		}
	}
}

// Each operation changes known images as its definition says.
func TestOperations(t *testing.T) {
	m, flat := ramp(), new(fer.Image)
	for i := range flat {
		flat[i] = 90
	}
	at := func(m *fer.Image, x, y int) int { return int(m[y*fer.Size+x]) }
	near := func(what string, got, want, within int) {
		t.Helper()
		if got < want-within || got > want+within {
			t.Errorf("%s is %d, want %d", what, got, want)
		}
	}
	near("the mean at no contrast", at(apply(t, "contrast", m, 0, false), 3, 9), 71, 1) // (47 + 2·47)/2 = 70.5.
	near("black at no brightness", at(apply(t, "brightness", m, 0, false), 30, 30), 0, 0)
	near("half the brightness", at(apply(t, "brightness", m, 0.5, false), 20, 20), 30, 0)
	near("a smoothed slope", at(apply(t, "sharpness", m, 0, false), 20, 20), 60, 0)
	near("four bits of 61", at(apply(t, "posterize", m, 4.9, false), 21, 20), 48, 0)
	near("an inverted pixel", at(apply(t, "solarize", m, 50, false), 20, 20), 195, 0)
	near("a pixel below the threshold", at(apply(t, "solarize", m, 70, false), 20, 20), 60, 0)

	stretched := apply(t, "autocontrast", m, 0, false)
	near("the darkest", at(stretched, 0, 0), 0, 0)
	near("the middle", at(stretched, 20, 20), 60*255/141, 1)
	near("the brightest", at(stretched, 47, 47), 255, 0)
	dark := *m
	for i := range dark {
		dark[i] /= 4
	}
	equal := apply(t, "equalize", &dark, 0, false)
	below := 0
	for _, p := range equal {
		if p < 128 {
			below++
		}
	}
	near("the pixels in the lower half of the greys", below, fer.Pixels/2, fer.Pixels/30)
	for _, name := range []string{"autocontrast", "contrast", "sharpness", "rotate"} {
		if name != "rotate" && *apply(t, name, flat, 0.3, false) != *flat {
			t.Errorf("%s changes a flat image", name)
		}
	}

	near("a pixel from 0.25·48 to the right", at(apply(t, "translate x", m, 0.25, false), 10, 7), at(m, 22, 7), 0)
	near("a pixel from 0.25·48 below", at(apply(t, "translate y", m, 0.25, false), 10, 7), at(m, 10, 19), 0)
	near("a pixel from the other side", at(apply(t, "translate x", m, 0.25, true), 30, 7), at(m, 18, 7), 0)
	near("what lies outside", at(apply(t, "translate x", m, 0.25, false), 40, 7), fill, 0)
	turned := apply(t, "rotate", m, 90, false)
	near("a pixel after a quarter turn", at(turned, 0, 0), at(m, 0, 47), 0)
	if back := apply(t, "rotate", turned, 90, true); *back != *m {
		t.Error("turning back doesn't undo a turn")
	}
	near("a sheared pixel", at(apply(t, "shear x", m, 0.3, false), 20, 44), at(m, 26, 44), 1) // 0.3 · 20.5 = 6.15.
	near("a pixel of the sheared middle", at(apply(t, "shear x", m, 0.3, false), 20, 23), at(m, 20, 23), 1)
}

// Views follow from the generator alone; the weak one is the configured change, the strong one that, its operations and
// cutout.
func TestViews(t *testing.T) {
	face := synth.Make(1, 0).Image
	original := *face
	rng := func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	a := Augmenter{Augment: dataset.Augment{Shift: 4, Flip: true}, Operations: 2, Cutout: 0.5}
	var weak, want, strong, again fer.Image
	changed, covered := 0, 0
	for seed := range uint64(200) {
		a.Weak(&weak, face, rng(seed))
		a.Augment.Apply(&want, face, rng(seed))
		if weak != want {
			t.Fatal("the weak view isn't the configured change")
		}
		Augmenter{Augment: a.Augment}.Strong(&strong, face, rng(seed))
		if strong != weak {
			t.Fatal("without operations and cutout the strong view isn't the weak one")
		}
		Augmenter{Augment: a.Augment, Cutout: 0.5}.Strong(&strong, face, rng(seed))
		hole := 0
		for i := range strong {
			if strong[i] != weak[i] {
				hole++
				if strong[i] != fill {
					t.Fatalf("cutout leaves a pixel of %d, want %d", strong[i], fill)
				}
			}
		}
		if covered = max(covered, hole); hole > fer.Pixels/4 {
			t.Fatalf("cutout covers %d pixels, want a quarter at most", hole)
		}
		a.Strong(&strong, face, rng(seed))
		a.Strong(&again, face, rng(seed))
		if strong != again {
			t.Fatal("the same generator gives two strong views")
		}
		if strong != weak {
			changed++
		}
	}
	if changed < 190 {
		t.Errorf("%d of 200 strong views differ from the weak one, want nearly all", changed)
	}
	if covered < fer.Pixels/8 {
		t.Errorf("the largest hole has %d pixels", covered)
	}
	if *face != original {
		t.Error("a view changed its image")
	}
}
