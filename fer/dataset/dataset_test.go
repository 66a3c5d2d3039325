package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ferlab/fer"
)

// some returns a data set with the given number of examples of each class, shuffled.
func some(counts [fer.NumEmotions]int) *Dataset {
	d := &Dataset{Name: "some", Kind: CSV}
	for class, n := range counts {
		for i := range n {
			label := fer.Class(class)
			d.Examples = append(d.Examples, fer.Example{ID: fmt.Sprintf("%s/%d", d.Classes.Name(label), i),
				Image: picture(label, i), Label: label, Split: fer.Train})
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(d.Len(), func(i, j int) {
		d.Examples[i], d.Examples[j] = d.Examples[j],
			d.Examples[i]
	})
	return d
}

func TestHoldout(t *testing.T) {
	d := some([...]int{40, 5, 41, 72, 48, 32, 3})
	at := map[string]int{}
	for i, e := range d.Examples {
		at[e.ID] = i
	}
	chosen := map[string]bool{}
	for _, fraction := range []float64{0.2, 0.5, 0.8} {
		for seed := range uint64(5) {
			rest, held, err := Holdout(d, fraction, seed)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, part := range []*Dataset{rest, held} {
				previous := -1
				for _, e := range part.Examples {
					i := at[e.ID]
					if seen[e.ID] || i <= previous {
						t.Fatalf("%s stands twice or out of order", e.ID)
					}
					seen[e.ID], previous = true, i
					if e.Image != d.Examples[i].Image || e.Label != d.Examples[i].Label {
						t.Fatalf("%s is not the example of d", e.ID)
					}
				}
			}
			if len(seen) != d.Len() {
				t.Fatalf("%d of %d examples are left", len(seen), d.Len())
			}
			for class, n := range d.Counts() {
				if k := held.Counts()[class]; math.Abs(float64(k)-fraction*float64(n)) > 0.5 {
					t.Errorf("%d of %d of class %d are held out, want a fraction of %g", k, n, class, fraction)
				}
			}
			if !held.Has(fer.Validation) || held.Has(fer.Train) || !rest.Has(fer.Train) || rest.Has(fer.Validation) {
				t.Error("wrong splits")
			}
			again, _, _ := Holdout(d, fraction, seed)
			if again.Hash() != rest.Hash() {
				t.Error("another draw with the same seed")
			}
			chosen[held.Hash()] = true
		}
	}
	if len(chosen) != 15 {
		t.Errorf("%d different draws, want 15", len(chosen))
	}
	if d.Has(fer.Validation) {
		t.Error("Holdout changed its argument")
	}
}

func TestHoldoutErrors(t *testing.T) {
	d := some([...]int{40, 2, 0, 0, 0, 0, 0})
	// 0.2 and 0.8 of 2 leave a part without class 1
	for _, fraction := range []float64{0, 1, -1, 2, math.NaN(), 0.2, 0.8} {
		if _, _, err := Holdout(d, fraction, 1); err == nil {
			t.Errorf("%g: no error", fraction)
		}
	}
	if _, _, err := Holdout(d, 0.5, 1); err != nil { // absent classes don't matter
		t.Error(err)
	}
	d.Examples[7].Label = fer.Unlabelled
	if _, _, err := Holdout(d, 0.5, 1); err == nil || !strings.Contains(err.Error(), d.Examples[7].ID) {
		t.Errorf("unlabelled: %v", err)
	}
	if _, _, err := Holdout(&Dataset{}, 0.5, 1); err == nil {
		t.Error("empty: no error")
	}
}

func TestHash(t *testing.T) {
	base := some([...]int{2, 2, 2, 2, 2, 2, 2})
	hashes := map[string]string{base.Hash(): "the original"}
	for name, change := range map[string]func(d *Dataset){
		"a pixel":   func(d *Dataset) { m := *d.Examples[3].Image; m[2303]++; d.Examples[3].Image = &m },
		"a label":   func(d *Dataset) { d.Examples[3].Label = (d.Examples[3].Label + 1) % 7 },
		"an ID":     func(d *Dataset) { d.Examples[3].ID += "x" },
		"the order": func(d *Dataset) { d.Examples[3], d.Examples[4] = d.Examples[4], d.Examples[3] },
		"a loss":    func(d *Dataset) { d.Examples = d.Examples[1:] },
	} {
		d := some([...]int{2, 2, 2, 2, 2, 2, 2})
		if d.Hash() != base.Hash() {
			t.Fatal("the hash is not a function of the data")
		}
		change(d)
		if same, ok := hashes[d.Hash()]; ok {
			t.Errorf("%s has the hash of %s", name, same)
		}
		hashes[d.Hash()] = name
	}
}

func TestViews(t *testing.T) {
	d := some([...]int{1, 2, 3, 0, 1, 1, 1})
	d.Examples[0].Split, d.Examples[1].Split = fer.Public, fer.Private
	if part := d.Split(fer.Private, fer.Public); part.Len() != 2 || part.Name != "some" || part.Kind != CSV ||
		part.Examples[0].Image != d.Examples[0].Image {
		t.Errorf("got %+v", part)
	}
	if d.Has(fer.Test) || !d.Has(fer.Private) || d.Split(fer.Test).Len() != 0 {
		t.Error("wrong splits")
	}
	d.Examples[4].Label = fer.Unlabelled
	sum := 0
	for _, n := range d.Counts() {
		sum += n
	}
	if labels := d.Labels(); len(labels) != 9 || labels[4] != fer.Unlabelled || labels[5] != d.Examples[5].Label ||
		sum != 8 {
		t.Errorf("labels %v, counts %v", labels, d.Counts())
	}
	if e, err := d.ByID("fear/2"); err != nil || e.ID != "fear/2" || e.Label != fer.Fear && e.Label != fer.Unlabelled {
		t.Errorf("found %v, %v", e, err)
	}
	if _, err := d.ByID("fear/3"); err == nil || !strings.Contains(err.Error(), `"fear/3"`) {
		t.Errorf("found: %v", err)
	}
}

func TestWriteSubmissionErrors(t *testing.T) {
	var b strings.Builder
	if err := WriteSubmission(&b, []string{"1"}, nil); err == nil {
		t.Error("lengths differ: no error")
	}
	if err := WriteSubmission(&b, []string{"1"}, []fer.Class{fer.Unlabelled}); err == nil || b.Len() > 0 {
		t.Errorf("unlabelled: %v after %q", err, b.String())
	}
}
