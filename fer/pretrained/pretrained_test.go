package pretrained_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/pretrained"
	"ferlab/fer/synth"
)

// Every shipped run is complete and agrees with itself: record, history and predictions give one accuracy, the weights
// fit the net, and no weight is missing.
func TestShippedRuns(t *testing.T) {
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Predictions()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Accuracy(); math.Abs(got-r.Record.Accuracy) > 1e-9 || len(p) != r.Record.ValidationImages {
			t.Errorf("%s: predictions give %v of %d images, the record says %v of %d", name, got, len(p),
				r.Record.Accuracy, r.Record.ValidationImages)
		}
		if e := r.History[r.Record.SelectedEpoch-1]; e.ValidationAccuracy != r.Record.Accuracy {
			t.Errorf("%s: epoch %d has accuracy %v, the record says %v", name, e.Epoch, e.ValidationAccuracy,
				r.Record.Accuracy)
		}
		if r.Record.Commit == "" || strings.Contains(r.Record.Commit, "changes") {
			t.Errorf("%s: recorded at the commit %q, want one without changes", name, r.Record.Commit)
		}
		predictor, err := r.Predictor()
		if err != nil {
			t.Fatal(err)
		}
		probs, err := predictor.Probabilities([]*fer.Image{synth.Make(1, 0).Image}, 1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sum := 0.0
		for _, v := range probs[0] {
			sum += v
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("%s: probabilities sum to %v", name, sum)
		}
	}
}

func TestUnknownRun(t *testing.T) {
	_, err := pretrained.Open("vgg")
	if err == nil || !strings.Contains(err.Error(), "best, cnn, distilled, dnn, ferplus") {
		t.Errorf("error %v, want one that names the shipped runs", err)
	}
}

// A name that means both a shipped run and a folder here is an error that says how to name either.
func TestFindBoth(t *testing.T) {
	t.Chdir(t.TempDir())
	if r, err := pretrained.Find("cnn"); err != nil || r.Config.Model != "cnn" {
		t.Fatal(err)
	}
	if err := os.Mkdir("cnn", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := pretrained.Find("cnn"); err != nil {
		t.Errorf("beside a folder that is no run: %v", err)
	}
	if err := os.WriteFile("cnn/config.json", []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := pretrained.Find("cnn"); err == nil || !strings.Contains(err.Error(),
		"say ./cnn for the folder, shipped:cnn for the shipped one") {
		t.Errorf("beside a run: %v", err)
	}
	if _, err := pretrained.Find("./cnn"); err == nil || !strings.Contains(err.Error(), "not complete") {
		t.Errorf("./cnn: %v, want that of the folder", err)
	}
	if r, err := pretrained.Find("shipped:cnn"); err != nil || r.Name != "cnn" {
		t.Errorf("shipped:cnn: %v", err)
	}
}

func ExampleOpen() {
	r, err := pretrained.Open("cnn")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Record.Source, r.Record.Validation, r.Record.ValidationImages)
	// Output: fer2013.zip public 3589
}
