package semisup

import (
	"fmt"
	"path/filepath"
	"testing"

	"ferlab/fer/evaluate"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// With two labels of each class, 14 in all, unlabelled faces teach: FixMatch and Mean Teacher know more of the same 700
// test faces than the baseline does, by more than chance explains, whichever labels the seed chooses.
func TestUnlabelledFacesTeach(t *testing.T) {
	data, dir := clearFaces(1400, 700), t.TempDir()
	for seed := range uint64(2) {
		learn := func(algorithm string) evaluate.Predictions {
			c := Quick(algorithm, 2, seed)
			c.Train.CNN = model.CNNConfig{Filters: []int{16, 16, 16, 32}, Dense: []int{64}}
			c.Train.LearningRate, c.Train.Epochs, c.StepsPerEpoch = 4e-3, 4, 100
			c.Train.BatchSize, c.Ratio = 14, 3
			c.Train.Augment.Contrast, c.Train.Augment.Brightness = 0.4, 0.2
			if algorithm == "meanteacher" {
				c.Weight = 20
			}
			p, err := train(t, filepath.Join(dir, fmt.Sprint(algorithm, seed)), c,
				&Options{Options: run.Options{Data: data}}).Predictions()
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		baseline := learn("supervised")
		for _, algorithm := range []string{"fixmatch", "meanteacher"} {
			c, err := evaluate.Compare(learn(algorithm), baseline, evaluate.Bootstrap{})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(c.Verdict(algorithm, "supervised"))
			if c.Tie() || c.Difference.Value < 0 {
				t.Errorf("seed %d: %s doesn't beat the baseline", seed, algorithm)
			}
		}
	}
}
