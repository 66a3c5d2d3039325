package semisup

import (
	"context"
	"fmt"
	"os"
	"testing"

	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// algorithmEnv names the algorithm that a test trains in another process.
const algorithmEnv = "FERLAB_TEST_ALGORITHM"

func TestMain(m *testing.M) {
	if dir := runtest.TrainFolder(); dir != "" {
		o := &Options{Options: run.Options{Observer: runtest.Begun{}}}
		if _, err := Train(context.Background(), dir, tiny(os.Getenv(algorithmEnv)), o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A training with few labels that is killed at random moments ends with the bits of an undisturbed one, the state of
// its thresholds and of its averaged net included.
func TestKilled(t *testing.T) {
	dir := runtest.Trainer{algorithmEnv + "=freematch"}.Kill(t, func(*testing.T, string) {},
		"config.json", "history.csv", "weights.safetensors", "predictions.csv")
	r, err := run.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
}
