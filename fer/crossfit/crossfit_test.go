package crossfit_test

import (
	"testing"

	"ferlab/fer"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
)

// Every example is held out once, emotions are shared out evenly, and copies of one image are never on both sides.
func TestFolds(t *testing.T) {
	d, err := dataset.Open("synthetic:train=203,test=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	copied := d.Examples[4]
	const twin = "twin"
	copied.ID = twin
	d.Examples = append(d.Examples, copied)
	folds, err := crossfit.Folds(d, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]int{}
	for f, fold := range folds {
		if fold.Train.Len()+fold.Held.Len() != d.Len() {
			t.Errorf("fold %d has %d + %d examples of %d", f, fold.Train.Len(), fold.Held.Len(), d.Len())
		}
		for e, n := range fold.Held.Counts() {
			if n < 9 || n > 11 { // 29 of each, a third of them
				t.Errorf("fold %d holds out %d of 29 labelled %d", f, n, e)
			}
		}
		for _, e := range fold.Held.Examples {
			if held[e.ID] != 0 || e.Split != fer.Test {
				t.Errorf("%s is held out twice, or has split %s", e.ID, e.Split)
			}
			held[e.ID] = f + 1
		}
	}
	if held[twin] == 0 || held[twin] != held[d.Examples[4].ID] {
		t.Error("two copies of an image are in different folds")
	}
	for _, bad := range []int{1, 40} {
		if _, err := crossfit.Folds(d, bad, 1); err == nil {
			t.Errorf("%d folds are accepted", bad)
		}
	}
}
