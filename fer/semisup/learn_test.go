package semisup

import (
	"context"
	"path/filepath"
	"testing"

	"ferlab/fer/dataset"
)

// With four labels of each class, Mean Teacher and FixMatch do better than the labels alone, by more than chance: 2 seeds, the same
// net, steps, labels and test faces.
func TestUnlabelledFacesHelp(t *testing.T) {
	data, err := dataset.Open("synthetic:train=2100,test=700", nil)
	if err != nil {
		t.Fatal(err)
	}
	accuracy := map[string]float64{}
	for _, name := range []string{"supervised", "meanteacher", "fixmatch"} {
		for seed := range uint64(2) {
			c := learnable(name, seed+1)
			r, err := Train(context.Background(), filepath.Join(t.TempDir(), name), c, &Options{Data: data})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s, seed %d: %.4f (%.0f s)", name, seed+1, r.Record.Accuracy, r.Record.Seconds)
			accuracy[name] += r.Record.Accuracy / 2
		}
	}
	for _, name := range []string{"meanteacher", "fixmatch"} {
		if margin := accuracy[name] - accuracy["supervised"]; margin < 0.03 {
			t.Errorf("%s reaches %.4f, the labels alone %.4f: want 0.03 more", name, accuracy[name], accuracy["supervised"])
		}
	}
}

// learnable is a configuration that shows the gain in seconds.
func learnable(name string, seed uint64) Config {
	c := Quick(name, 10, seed)
	c.Train.Epochs, c.StepsPerEpoch = 4, 100
	return c
}
