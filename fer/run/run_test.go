package run_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// small is a configuration that trains in a second, with everything random switched on.
func small() run.Config {
	c := run.Quick()
	c.Source = "synthetic:train=420,test=70"
	c.CNN = model.CNNConfig{Filters: []int{4, 4, 6, 8}, Dense: []int{16}, Dropout: 0.25}
	c.Epochs, c.BatchSize, c.WarmupSteps = 3, 64, 4
	c.Augment.Rotate, c.Augment.Erase = 10, 0.5
	return c
}

// modern is small with the other net and every other piece of a recipe switched on.
func modern() run.Config {
	c := small()
	c.Model, c.ResNet = "resnet", model.ResNetConfig{Filters: []int{4, 6, 8, 8}, Blocks: []int{1, 1, 1}, Dropout: 0.25}
	c.Optimizer, c.LearningRate, c.WeightDecay = "nesterov", 0.05, 5e-4
	c.EMA, c.Mixup, c.ClassWeight, c.Precision = 0.9, 0.2, "balanced", "mixed_bfloat16"
	c.Progressive = run.Progressive{Size: 32, Epochs: 1}
	return c
}

func train(t *testing.T, dir string, c run.Config, o *run.Options) *run.Run {
	t.Helper()
	r, err := run.Train(context.Background(), dir, c, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The same configuration gives the same bits, also when the training is interrupted, in the middle of an epoch and when
// it is about to be evaluated, and resumed. It ends within a second of the interruption.
func TestSameSeedSameRunResumedOrNot(t *testing.T) {
	t.Run("modern", func(t *testing.T) { testSameRun(t, modern()) })
	whole, resumed := testSameRun(t, small())

	// A training killed after its last checkpoint, before it wrote what it leaves, only has that left to do.
	for _, name := range []string{"run.json", "weights.safetensors", "predictions.csv"} {
		if err := os.Remove(filepath.Join(resumed, name)); err != nil {
			t.Fatal(err)
		}
	}
	train(t, resumed, small(), nil)
	runtest.SameFiles(t, whole, resumed, "weights.safetensors", "predictions.csv")

	c := small()
	c.Seed = 2
	other := train(t, t.TempDir(), c, nil)
	a, err := run.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	if a.History[0].TrainLoss == other.History[0].TrainLoss {
		t.Error("another seed gives the same loss")
	}
}

func testSameRun(t *testing.T, c run.Config) (whole, resumed string) {
	whole, resumed = t.TempDir(), t.TempDir()
	a := train(t, whole, c, nil)
	last := a.History[0].Step - 1
	for i, at := range []runtest.Stopper{{AtEpoch: 1, AtStep: 2}, {AtEpoch: 2, AtStep: last}} {
		ctx, cancel := context.WithCancel(context.Background())
		at.Cancel = cancel
		if _, err := run.Train(ctx, resumed, c, &run.Options{Observer: &at}); !errors.Is(err, run.ErrInterrupted) {
			t.Fatalf("interruption %d: %v, want ErrInterrupted", i, err)
		}
		if took := time.Since(at.At); took > 5*time.Second { // A second, unless other programs are busy.
			t.Errorf("interruption %d: ended after %v", i, took)
		}
		if done, err := os.ReadFile(filepath.Join(resumed, "history.csv")); i > 0 &&
			(err != nil || bytes.Count(done, []byte("\n")) != 2) {
			t.Errorf("interrupted before the evaluation of epoch 2, the history is %q, %v", done, err)
		}
		if _, err := run.Open(resumed); err == nil {
			t.Fatal("an interrupted run opens as if it were complete")
		}
	}
	train(t, resumed, c, nil)
	runtest.SameFiles(t, whole, resumed, "history.csv", "weights.safetensors", "predictions.csv", "config.json")
	return whole, resumed
}

// A run's stored predictions, its record and its weights agree.
func TestRunAgreesWithItself(t *testing.T) {
	dir := t.TempDir()
	c := small()
	c.Keep = "best"
	r := train(t, dir, c, nil)
	stored, err := r.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	if got := stored.Accuracy(); got != r.Record.Accuracy || len(stored) != r.Record.ValidationImages {
		t.Errorf("predictions give accuracy %v of %d, the record says %v of %d", got, len(stored), r.Record.Accuracy,
			r.Record.ValidationImages)
	}
	best := 0.0
	for _, e := range r.History {
		best = max(best, e.ValidationAccuracy)
	}
	if r.Record.Accuracy != best {
		t.Errorf("accuracy %v, want the best epoch's %v", r.Record.Accuracy, best)
	}
	if again := train(t, dir, c, nil); again.Record.Started != r.Record.Started {
		t.Error("a complete run was trained again")
	}
}

func TestOtherConfigurationOnSameFolder(t *testing.T) {
	dir := t.TempDir()
	c := small()
	c.Epochs = 1
	train(t, dir, c, nil)
	c.LearningRate /= 2
	_, err := run.Train(context.Background(), dir, c, nil)
	if err == nil || !strings.Contains(err.Error(), "learning_rate 0.001 there, 0.0005 here") {
		t.Errorf("error %v, want one that names the field that differs", err)
	}
	if r := train(t, dir, c, &run.Options{Replace: true}); r.Config.LearningRate != c.LearningRate {
		t.Error("the run was not replaced")
	}
}

func TestStopsOnNonFiniteLoss(t *testing.T) {
	c := small()
	c.Optimizer, c.WeightDecay, c.LearningRate, c.WarmupSteps = "sgd", 0, 1e30, 0
	_, err := run.Train(context.Background(), t.TempDir(), c, nil)
	if err == nil || !strings.Contains(err.Error(), "the loss is") ||
		// The first step's loss is that of the initial weights.
		!strings.Contains(err.Error(), "at epoch 1, step 2 ") ||
		!strings.Contains(err.Error(), "last good checkpoint, after epoch 0") {
		t.Errorf("error %v, want one that names the loss and the last good checkpoint", err)
	}
}

func TestConfig(t *testing.T) {
	for set, want := range map[string]string{
		"epochs=5": "", "augment.flip=false": "", "cnn.filters=[8,16]": "", "optimizer=sgd": "",
		"epoch=5": "unknown key", "augment.spin=1": "unknown key", "epochs=many": "want a int",
		"epochs": "not key=value", "epochs.x=1": "has no fields",
	} {
		c := run.Quick()
		if err := c.Set(set); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("Set(%q): %v, want %q", set, err, want)
		}
	}
	c := run.Quick()
	if err := c.Read(strings.NewReader(`{"epochs": 7, "augment": {"shift": 1}}`)); err != nil || c.Epochs != 7 ||
		c.Augment.Shift != 1 || !c.Augment.Flip {
		t.Errorf("Read: %v, %+v", err, c)
	}
	if err := c.Read(strings.NewReader(`{"epoch": 7}`)); err == nil || !strings.Contains(err.Error(), "epoch") {
		t.Errorf("an unknown key gives the error %v", err)
	}
	for what, hostile := range map[string]io.Reader{
		"more than 1048576 bytes": io.MultiReader(strings.NewReader(`{"model":"`),
			io.LimitReader(rand.NewChaCha8([32]byte{}), 1<<30)),
		"max depth":     strings.NewReader(`{"cnn":` + strings.Repeat(`{"filters":`, 20_000)),
		"more than one": strings.NewReader(`{}}`),
	} {
		if err := c.Read(hostile); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("Read: %v, want %q", err, what)
		}
	}
	c.Epochs, c.Optimizer, c.LearningRate, c.CNN.Filters, c.CNN.Dense = 0, "lion", -1, []int{1 << 40}, []int{-1}
	err := c.Validate()
	for _, field := range []string{"epochs", "optimizer", "learning_rate", "cnn.filters", "cnn.dense"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Validate: %v, want it to name %s", err, field)
		}
	}
	for _, preset := range []string{"quick", "full", "original"} {
		if c, err := run.Preset(preset); err != nil || c.Validate() != nil {
			t.Errorf("preset %s: %v, %v", preset, err, c.Validate())
		}
	}
}
