package audit_test

import (
	"math/rand/v2"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
)

// Blank images and images of no face are found, and hardly a face is accused.
func TestBlankAndUnusual(t *testing.T) {
	d := faces(t, 1000, 0)
	rng := rand.New(rand.NewPCG(3, 0))
	blank := plant(d, "blank", pixels(func(x, y int) float64 { return 127 + float64(x%2) }), fer.Sad, fer.Train)
	black := plant(d, "black", new(fer.Image), fer.Sad, fer.Train)
	odd := map[string]bool{}
	for range 5 {
		stripe := 6 + rng.IntN(6)
		odd[plant(d, "stripes", pixels(func(x, y int) float64 { return float64(255 * (x / stripe % 2)) }), fer.Sad,
			fer.Train)] = true
		odd[plant(d, "checks", pixels(func(x, y int) float64 { return float64(255 * ((x/stripe + y/stripe) % 2)) }),
			fer.Sad, fer.Train)] = true
		odd[plant(d, "noise", pixels(func(x, y int) float64 { return 255 * rng.Float64() }), fer.Sad, fer.Train)] = true
	}

	found := audit.Blank(d, 0)
	if len(found) != 2 || found[0].ID != blank || found[0].Score != 0.5 || found[1].ID != black || found[1].Score != 0 {
		t.Errorf("blank images %v, want %s with deviation 0.5 and %s with 0", found, blank, black)
	}
	unusual, err := audit.Unusual(d, 0)
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	for i, f := range unusual {
		if odd[f.ID] {
			hits++
		}
		if i > 0 && f.Score > unusual[i-1].Score {
			t.Error("findings are not ordered by their score")
		}
	}
	if hits < len(odd)*9/10 || len(unusual)-hits > 10 {
		t.Errorf("%d of %d odd images and %d of 1000 faces are unusual, want nine in ten and at most 10", hits,
			len(odd), len(unusual)-hits)
	}
}
