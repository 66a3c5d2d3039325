package semisup

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
)

// Algorithms learn other classes than the seven emotions, and their files name them.
func TestOwnClasses(t *testing.T) {
	three, err := fer.NewClasses("cat", "dog", "owl")
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Open("synthetic:train=60,test=12", nil)
	if err != nil {
		t.Fatal(err)
	}
	data.Classes = three
	for i := range data.Examples {
		data.Examples[i].Label %= 3
	}
	for _, algorithm := range []string{"freematch", "mixmatch"} {
		c := Quick(algorithm, 2, 1)
		c.Train.CNN.Filters, c.Train.CNN.Dense = []int{4, 4}, nil
		c.Train.Epochs, c.Train.BatchSize, c.StepsPerEpoch, c.Rounds = 1, 4, 2, 1
		dir := t.TempDir()
		r, err := Train(context.Background(), dir, c, &Options{Options: run.Options{Data: data}})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := r.Predictions(); err != nil || !p.Classes().Equal(three) || len(p[0].Probs) != 3 {
			t.Errorf("%s: predictions of %s, %v", algorithm, p.Classes(), err)
		}
		if h, err := History(dir); err != nil || len(h) != 1 || len(h[0].Thresholds) != 3 {
			t.Errorf("%s: history %+v, %v", algorithm, h, err)
		}
		labels, err := os.ReadFile(filepath.Join(dir, labelsFile))
		if err != nil || strings.Count(string(labels), ",owl\n") != 2 {
			t.Errorf("%s: labels %s, %v", algorithm, labels, err)
		}
		if names := header(three); !slices.Contains(names, "threshold_owl") || len(names) != 9 {
			t.Errorf("columns %q", names)
		}
	}
}
