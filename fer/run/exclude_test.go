package run_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/run"
)

// An excluded list leaves its images out of the training; the run records the list's name and content, not its folder.
// The temperature is fitted on the run's own predictions, and a prediction is scaled by it.
func TestExcludeAndTemperature(t *testing.T) {
	list := filepath.Join(t.TempDir(), "audit.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(list, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("id,label,suggested,reason,score\nsynthetic/1/3,happy,,blank,1\nsynthetic/1/9,sad,fear,label error,0.1\n")
	c := small()
	c.Epochs, c.BatchSize, c.Validation, c.Exclude = 5, 32, "test", list
	// Learns something.
	c.CNN.Filters, c.CNN.Dropout, c.LearningRate, c.Augment = []int{8, 8, 16, 16}, 0, 3e-3, dataset.Augment{}
	dir := t.TempDir()
	r := train(t, dir, c, nil)
	if r.Record.TrainImages != 420-2 {
		t.Errorf("trained on %d images, want 418", r.Record.TrainImages)
	}
	if !regexp.MustCompile(`^audit\.csv@[0-9a-f]{64}$`).MatchString(r.Config.Exclude) {
		t.Errorf("recorded exclude %q, want audit.csv@<SHA-256>", r.Config.Exclude)
	}

	stored, err := r.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	want, err := evaluate.Temperature(stored)
	if err != nil || r.Record.Temperature != want {
		t.Errorf("temperature %v, want %v as fitted on the predictions (%v)", r.Record.Temperature, want, err)
	}
	data, err := dataset.Open(c.Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	scaled, err := r.Predict(data.Split("test"))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range evaluate.Scale(stored, want) {
		if d := row.Confidence() - scaled[i].Confidence(); d > 1e-5 || d < -1e-5 || row.ID != scaled[i].ID {
			t.Fatalf("%s: predicted with confidence %v, want the stored prediction scaled, %v", row.ID,
				scaled[i].Confidence(), row.Confidence())
		}
	}

	if _, err := run.Train(context.Background(), t.TempDir(), c, &run.Options{Data: data}); err == nil ||
		!strings.Contains(err.Error(), "exclude") {
		t.Errorf("error %v, want one that says that exclude has no effect on opened data", err)
	}
	write("id\nsynthetic/1/3\n")
	if _, err := run.Train(context.Background(), dir, c, nil); err == nil || !strings.Contains(err.Error(), "exclude") {
		t.Errorf("error %v, want one that says that the list changed", err)
	}
}

// A file that a configuration names and that isn't there, or is a folder, is one error that names the setting or the
// folder, before anything is read.
func TestMissingFiles(t *testing.T) {
	for key, set := range map[string]func(c *run.Config, file string){
		"exclude":          func(c *run.Config, file string) { c.Exclude = file },
		"soft_labels.file": func(c *run.Config, file string) { c.SoftLabels = run.SoftLabels{File: file, Weight: 1} },
		"votes.file":       func(c *run.Config, file string) { c.Votes.File, c.Votes.Rule = file, "majority" },
	} {
		c, folder := small(), t.TempDir()
		set(&c, "none.csv")
		if _, err := run.Train(t.Context(), t.TempDir(), c, nil); err == nil ||
			!strings.Contains(err.Error(), key+` is "none.csv": no such file`) {
			t.Errorf("%s that isn't there: %v", key, err)
		}
		set(&c, folder)
		if _, err := run.Train(t.Context(), t.TempDir(), c, nil); err == nil ||
			!strings.Contains(err.Error(), folder+" is a folder") {
			t.Errorf("%s that is a folder: %v", key, err)
		}
	}
}
