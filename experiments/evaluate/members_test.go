package main

import (
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
)

// Files of predictions stand for nets: alone, beside a run, and of the data's very images.
func TestFilesAreMembers(t *testing.T) {
	data, err := dataset.Open("synthetic:train=7,test=14", nil)
	if err != nil {
		t.Fatal(err)
	}
	test := data.Split(fer.Test)
	sure := func(label fer.Class) []float64 {
		p := make([]float64, fer.NumEmotions)
		p[label] = 1
		return p
	}
	right, wrong := make(evaluate.Predictions, test.Len()), make(evaluate.Predictions, test.Len())
	for i, e := range test.Examples {
		right[i] = evaluate.Prediction{ID: e.ID, Label: e.Label, Probs: sure(e.Label)}
		wrong[i] = evaluate.Prediction{ID: e.ID, Label: e.Label, Probs: sure((e.Label + 1) % fer.NumEmotions)}
	}
	a, b := filepath.Join(t.TempDir(), "a.csv"), filepath.Join(t.TempDir(), "b.CSV")
	for file, p := range map[string]evaluate.Predictions{a: right, b: wrong} {
		if err := p.WriteFile(file); err != nil {
			t.Fatal(err)
		}
	}
	both, err := members(a + ", " + b)
	if err != nil || both.firstRun() != nil {
		t.Fatal(both, err)
	}
	for _, of := range []*dataset.Dataset{nil, test} {
		all, _, err := both.predictions(of, "", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if accuracy := evaluate.Accuracy(all[0], evaluate.Bootstrap{}).Value; len(all) != 2 || accuracy != 1 {
			t.Errorf("%d members, the first of an accuracy of %v, want 2 and 1", len(all), accuracy)
		}
	}
	if _, _, err := both.predictions(data.Split(fer.Train), "", "", nil); err == nil ||
		!strings.Contains(err.Error(), a+" has predictions of 14 images, and the data are 7: ") {
		t.Errorf("predictions of other images: %v", err)
	}
	beside, err := members("cnn," + a)
	if err != nil || beside.firstRun().Name != "cnn" {
		t.Fatal(beside, err)
	}
	if _, _, err := beside.predictions(nil, "train", "", nil); err == nil ||
		!strings.Contains(err.Error(), "the own predictions of run cnn are of its split public") {
		t.Errorf("a run's predictions of another split: %v", err)
	}
}
