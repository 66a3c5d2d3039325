package run_test

import (
	"strings"
	"testing"

	"ferlab/fer/backend/backendtest"
	"ferlab/fer/run/runtest"
)

// Trainings as on a GPU pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) { backendtest.RunAsGPU(t, "^Test(Killed|OverflowInLastStep)$") }

// On a card, the same seed gives the same bits in either precision, and the record names the card and says so.
func TestCard(t *testing.T) {
	backendtest.Card(t)
	for _, precision := range []string{"", "mixed_bfloat16"} {
		c := small()
		c.Precision = precision
		first, second := t.TempDir(), t.TempDir()
		r := train(t, first, c, nil)
		train(t, second, c, nil)
		runtest.SameFiles(t, first, second, "history.csv", "weights.safetensors", "predictions.csv")
		if !strings.Contains(r.Record.Backend, "cuda on ") || !strings.HasSuffix(r.Record.Arithmetic,
			"; deterministic") {
			t.Errorf("recorded: %q, %q", r.Record.Backend, r.Record.Arithmetic)
		}
	}
}
