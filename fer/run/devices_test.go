package run_test

import (
	"math"
	"strings"
	"testing"

	"ferlab/fer/backend"
	"ferlab/fer/run"
)

// Two devices with half of each batch learn what one learns with all of it: XLA's CPU client shows several.
func TestDevices(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	if b.NumDevices() < 2 {
		_, err := run.Train(t.Context(), t.TempDir(), small(), &run.Options{Devices: 2})
		if err == nil || !strings.Contains(err.Error(), "2 devices asked for") {
			t.Errorf("two devices of one: error %v", err)
		}
		return
	}
	config := small()
	config.Epochs = 2
	one := train(t, t.TempDir(), config, nil)
	two := train(t, t.TempDir(), config, &run.Options{Devices: 2})
	for i, e := range one.History {
		o := two.History[i]
		if math.Abs(o.TrainLoss-e.TrainLoss) > 1e-4 || math.Abs(o.ValidationLoss-e.ValidationLoss) > 1e-4 {
			t.Errorf("epoch %d: losses %v and %v on two devices, %v and %v on one", e.Epoch, o.TrainLoss,
				o.ValidationLoss, e.TrainLoss, e.ValidationLoss)
		}
	}
	config.BatchSize = 31
	if _, err := run.Train(t.Context(), t.TempDir(), config, &run.Options{Devices: 2}); err == nil ||
		!strings.Contains(err.Error(), "batch_size") {
		t.Errorf("31 images for two devices: error %v", err)
	}
}
