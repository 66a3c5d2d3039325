package run_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer/nn"
	"ferlab/fer/run"
)

// A net whose weights overflow in an epoch's last step, after a loss that was still a number, is found out by its
// evaluation: the error says what to do, and nothing that isn't a number is written.
func TestOverflowInLastStep(t *testing.T) {
	c := tiny()
	c.Keep, c.Epochs, c.BatchSize, c.Optimizer, c.WeightDecay, c.LearningRate, c.WarmupSteps =
		"last", 1, 112, "sgd", 0, 1e38, 0
	dir := t.TempDir()
	_, err := run.Train(context.Background(), dir, c, &run.Options{Loss: &run.Loss{Name: "steep",
		Each: func(logits, targets *graph.Node) *graph.Node {
			return graph.MulScalar(nn.SoftCrossEntropy(logits, targets), 100)
		}}})
	if err == nil || !strings.Contains(err.Error(), "the validation loss is") ||
		!strings.Contains(err.Error(), "lower learning_rate") {
		t.Errorf("error %v, want one that names the loss and the remedy", err)
	}
	for _, name := range []string{"run.json", "history.csv", "weights.safetensors"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
