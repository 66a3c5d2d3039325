package audit_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
)

// Every example is held out once, emotions are shared out evenly, and copies of one image are never on both sides.
func TestFolds(t *testing.T) {
	d := faces(t, 203, 0)
	twin := plant(d, "twin", d.Examples[4].Image, d.Examples[4].Label, fer.Train)
	folds, err := audit.Folds(d, 3, 1)
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
				t.Errorf("fold %d holds out %d of 29 labelled %v", f, n, fer.Emotion(e))
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
		if _, err := audit.Folds(d, bad, 1); err == nil {
			t.Errorf("%d folds are accepted", bad)
		}
	}
}

// Of 2,000 clear faces 5 % get a wrong label. Most labels that the audit doubts are among them, and most of them are doubted.
func TestFindsPlantedLabelErrors(t *testing.T) {
	d, truth := audit.Planted(2000, 0.05, 1)
	c := audit.Slim()
	dir := filepath.Join(t.TempDir(), "runs")
	p, err := audit.KFold(context.Background(), d, 3, c, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range d.Examples {
		if p[i].ID != e.ID || p[i].Label != e.Label {
			t.Fatalf("prediction %d is of %s, want %s", i, p[i].ID, e.ID)
		}
	}
	found, err := audit.LabelErrors(p)
	if err != nil {
		t.Fatal(err)
	}
	hits, mended := 0, 0
	for _, f := range found {
		if right, planted := truth[f.ID]; planted {
			hits++
			if f.Suggested == right {
				mended++
			}
		}
	}
	precision, recall := float64(hits)/float64(len(found)), float64(hits)/float64(len(truth))
	t.Logf("accuracy %.3f, %d found, precision %.2f, recall %.2f, right label suggested for %d of %d", p.Accuracy(), len(found), precision, recall, mended, hits)
	if precision < 0.7 || recall < 0.7 || float64(mended) < 0.8*float64(hits) {
		t.Errorf("precision %.2f, recall %.2f, right suggestions %d of %d: want 0.7, 0.7 and four in five", precision, recall, mended, hits)
	}

	d.Examples[0].Label = (d.Examples[0].Label + 1) % fer.NumEmotions
	if _, err := audit.KFold(context.Background(), d, 3, c, dir, nil); err == nil || !strings.Contains(err.Error(), "other images") {
		t.Errorf("error %v, want one that says that the folder holds a run on other images", err)
	}
	c.Keep = "best"
	if _, err := audit.KFold(context.Background(), d, 3, c, dir, nil); err == nil || !strings.Contains(err.Error(), "keep=last") {
		t.Errorf("error %v, want one that asks for keep=last", err)
	}
}
