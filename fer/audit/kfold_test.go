package audit_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/run"
)

// A wrong label is given to 5 % of 2,000 clear faces. Most labels that the audit doubts are among them, and most of
// them are doubted.
func TestFindsPlantedLabelErrors(t *testing.T) {
	d, truth := audit.Planted(2000, 0.05, 1)
	c := audit.Slim()
	dir := filepath.Join(t.TempDir(), "runs")
	p, err := kfold(d, c, dir)
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
			if f.Suggested == fer.Emotions.Name(right) {
				mended++
			}
		}
	}
	precision, recall := float64(hits)/float64(len(found)), float64(hits)/float64(len(truth))
	t.Logf("accuracy %.3f, %d found, precision %.2f, recall %.2f, right label suggested for %d of %d", p.Accuracy(),
		len(found), precision, recall, mended, hits)
	if precision < 0.7 || recall < 0.7 || float64(mended) < 0.8*float64(hits) {
		t.Errorf("precision %.2f, recall %.2f, right suggestions %d of %d: want 0.7, 0.7 and four in five", precision,
			recall, mended, hits)
	}

	d.Examples[0].Label = (d.Examples[0].Label + 1) % fer.NumEmotions
	if _, err := kfold(d, c, dir); err == nil || !strings.Contains(err.Error(), "other images") {
		t.Errorf("error %v, want one that says that the folder holds a run on other images", err)
	}
	c.Keep = "best"
	if _, err := kfold(d, c, dir); err == nil || !strings.Contains(err.Error(), "keep=last") {
		t.Errorf("error %v, want one that asks for keep=last", err)
	}
}

// kfold predicts every example by a net that was trained on two thirds of the others.
func kfold(d *dataset.Dataset, c run.Config, dir string) (evaluate.Predictions, error) {
	folds, err := crossfit.Train(context.Background(), d, 3, c, dir, nil)
	if err != nil {
		return nil, err
	}
	return crossfit.Predict(d, folds)
}
