package semisup

import (
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

func faces(t *testing.T) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open("synthetic:train=70,test=7", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.Split(fer.Train)
}

// As many labels of every class stay as asked for, the same for the same seed, and the rest carries neither label nor
// name.
func TestRemove(t *testing.T) {
	d := faces(t)
	p, err := Remove(d, Kept{PerClass: 3}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for class, n := range p.Labelled.Counts() {
		if n != 3 {
			t.Errorf("%v keeps %d labels, want 3", fer.Class(class), n)
		}
	}
	if p.Unlabelled.Len() != 49 {
		t.Errorf("%d images are unlabelled, want 49", p.Unlabelled.Len())
	}
	for _, e := range p.Unlabelled.Examples {
		if e.Label != fer.Unlabelled || strings.Contains(e.ID, "/") {
			t.Fatalf("unlabelled example %q has the label %v", e.ID, e.Label)
		}
	}
	again, _ := Remove(d, Kept{PerClass: 3}, 1)
	other, _ := Remove(d, Kept{PerClass: 3}, 2)
	if p.Labelled.Hash() != again.Labelled.Hash() || p.Labelled.Hash() == other.Labelled.Hash() {
		t.Error("the choice doesn't follow from the seed")
	}
}

// A class that has too few images keeps all their labels, if that is wanted; the other classes don't change.
func TestRemoveUpTo(t *testing.T) {
	d := faces(t)
	scarce, left := *d, 2
	scarce.Examples = nil
	for _, e := range d.Examples {
		if e.Label == 2 {
			if left--; left < 0 {
				continue
			}
		}
		scarce.Examples = append(scarce.Examples, e)
	}
	if _, err := Remove(&scarce, Kept{PerClass: 3}, 1); err == nil || !strings.Contains(err.Error(), "up_to") {
		t.Errorf("error %v, want one that names up_to", err)
	}
	p, err := Remove(&scarce, Kept{PerClass: 3, UpTo: true}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for class, n := range p.Labelled.Counts() {
		want := 3
		if class == 2 {
			want = 2
		}
		if n != want {
			t.Errorf("%v keeps %d labels, want %d", fer.Class(class), n, want)
		}
	}
}

func TestRemoveErrors(t *testing.T) {
	d := faces(t)
	for _, c := range []struct {
		perClass int
		fraction float64
		want     string
	}{
		{11, 0, "has 10 training images of class angry"}, {0, 0, "above 0"}, {0, 1.5, "at most 1"}, {3, 0.1,
			"set one of them to 0"}, {-1, 0, "1 or more"},
	} {
		_, err := Remove(d, Kept{PerClass: c.perClass, Fraction: c.fraction}, 1)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d of each, %g: %v, want %q", c.perClass, c.fraction, err, c.want)
		}
	}
}
