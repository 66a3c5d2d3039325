package run_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// still is tiny with a rate so small that the weights stay as they begin.
func still() run.Config {
	c := tiny()
	c.Keep, c.Epochs, c.LearningRate, c.WeightDecay, c.Augment = "last", 1, 1e-12, 0, dataset.Augment{}
	c.CNN.Dropout, c.BatchNormMomentum = 0, 0.999999
	return c
}

// A training from another run begins with its weights: after steps that change nothing it is as good. With a new head
// it begins anew in the last layer only, and weights of another net don't fit. Interrupted and resumed it ends with the
// same bits.
func TestFrom(t *testing.T) {
	first := train(t, filepath.Join(t.TempDir(), "first"), tiny(), nil)
	c := still()
	c.From.Run = "first"
	find := func(name string) (*run.Run, error) {
		if name != "first" {
			return nil, fmt.Errorf("no %s", name)
		}
		return first, nil
	}
	o := &run.Options{Find: find}
	r := train(t, t.TempDir(), c, o)
	if d := math.Abs(r.Record.Loss - first.Record.Loss); d > 1e-4 {
		t.Errorf("the loss is %v, that of the run it started from %v", r.Record.Loss, first.Record.Loss)
	}
	if !strings.HasPrefix(r.Config.From.Run, "first@") || len(r.Config.From.Run) != len("first@")+64 {
		t.Errorf("recorded %q, want first@<SHA-256>", r.Config.From.Run)
	}

	c.From.NewHead = true
	head := train(t, t.TempDir(), c, o)
	was, err := first.Store()
	if err != nil {
		t.Fatal(err)
	}
	is, err := head.Store()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		path string
		same bool
	}{{"/net/conv1/kernel", true}, {"/net/dense1/kernel", true}, {"/net/dense2/kernel", false}} {
		a, b := was.GetVariable(v.path).MustValue(), is.GetVariable(v.path).MustValue()
		if a.InDelta(b, 1e-6) != v.same {
			t.Errorf("%s: same is %v, want %v", v.path, !v.same, v.same)
		}
	}

	c = still()
	c.From.Run, c.CNN.Dense = "first", []int{5}
	if _, err := run.Train(context.Background(), t.TempDir(), c, o); err == nil ||
		!strings.Contains(err.Error(), "the weights don't fit the net: /net/dense1/bias is [4] there, [5] in the net") {
		t.Errorf("weights of another net: %v", err)
	}
	c.From = run.From{NewHead: true}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "from.new_head") {
		t.Errorf("a new head of nothing: %v", err)
	}

	c = tiny()
	c.From.Run, c.EMA = "first", 0.9
	whole, resumed := t.TempDir(), t.TempDir()
	train(t, whole, c, o)
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := run.Train(ctx, resumed, c, &run.Options{Find: find,
		Observer: &runtest.Stopper{Cancel: cancel, AtEpoch: 2, AtStep: 1}}); !errors.Is(err, run.ErrInterrupted) {
		t.Fatal(err)
	}
	train(t, resumed, c, o)
	runtest.SameFiles(t, whole, resumed, "config.json", "weights.safetensors", "history.csv")
}

// Targets from a table: with all the weight, the labels don't matter; the table's own loss is its entropy at best.
// Images that aren't in it have their label, with a warning; a table of other images is an error, and another table is
// another configuration.
func TestSoftLabels(t *testing.T) {
	data, err := dataset.Open(tiny().Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("confidence,id,neutral,surprise,sad,happy,fear,disgust,angry\n")
	for i, e := range data.Examples {
		if e.Split == fer.Train && i%10 != 3 {
			fmt.Fprintf(&table, "high,%s,0.5,0,0,0,0,0,0.5\n", e.ID)
		}
	}
	file := filepath.Join(t.TempDir(), "opinions.csv")
	if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	c := tiny()
	c.Keep, c.Epochs, c.LabelSmoothing, c.LearningRate = "last", 12, 0, 0.01
	c.SoftLabels = run.SoftLabels{File: file, Weight: 1}
	var warnings []string
	dir := t.TempDir()
	r := train(t, dir, c, &run.Options{Warn: func(line string) { warnings = append(warnings, line) }})
	if len(warnings) != 1 || !strings.Contains(warnings[0], " of 112 training images are not in it") {
		t.Errorf("warnings %q, want one about the images that the table lacks", warnings)
	}
	if last := r.History[len(r.History)-1]; last.TrainLoss < math.Ln2-0.05 || last.TrainLoss > 1.2 {
		t.Errorf("the loss is %v, want some more than the table's entropy, %v", last.TrainLoss, math.Ln2)
	}
	p, err := r.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range p {
		if others := row.Probs[fer.Disgust:fer.Neutral]; min(row.Probs[fer.Angry],
			row.Probs[fer.Neutral]) <= slices.Max(others) {
			t.Errorf("%s is %v, though the table knows angry and neutral only", row.ID, row.Probs)
			break
		}
	}
	if err := os.WriteFile(file, []byte("id,angry,disgust,fear,happy,sad,surprise,neutral\nx,1,0,0,0,0,0,0\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Train(context.Background(), dir, c, nil); err == nil ||
		!strings.Contains(err.Error(), "soft_labels.file") {
		t.Errorf("another table: %v", err)
	}
	if _, err := run.Train(context.Background(), t.TempDir(), c, nil); err == nil ||
		!strings.Contains(err.Error(), "table of another source") {
		t.Errorf("a table of other images: %v", err)
	}
}

// While only the last layer learns, the others stay as they were to the bit, whatever the optimizer; then they learn.
func TestHeadEpochs(t *testing.T) {
	first := train(t, filepath.Join(t.TempDir(), "first"), tiny(), nil)
	find := func(string) (*run.Run, error) { return first, nil }
	was, err := first.Store()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		optimizer string
		epochs    int
	}{{"adamw", 1}, {"nesterov", 1}, {"nesterov", 2}} {
		c := tiny()
		c.Optimizer, c.LearningRate, c.WarmupSteps, c.Keep = test.optimizer, 1e-2, 0, "last"
		c.Epochs, c.From = test.epochs, run.From{Run: "first", HeadEpochs: 1}
		r := train(t, t.TempDir(), c, &run.Options{Find: find})
		is, err := r.Store()
		if err != nil {
			t.Fatal(err)
		}
		for path, same := range map[string]bool{"/net/conv1/kernel": test.epochs == 1,
			"/net/dense1/kernel": test.epochs == 1, "/net/dense2/kernel": false} {
			a, b := was.GetVariable(path).MustValue(), is.GetVariable(path).MustValue()
			if a.Equal(b) != same {
				t.Errorf("%+v: %s is as it was: %v, want %v", test, path, !same, same)
			}
		}
	}
	c := tiny()
	c.From.HeadEpochs = 1
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "from.head_epochs") {
		t.Errorf("the last layer of nothing: %v", err)
	}
}
