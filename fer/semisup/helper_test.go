package semisup

import (
	"context"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// clearFaces returns synthetic faces with their full expression, of which the last are for testing.
func clearFaces(train, test int) *dataset.Dataset {
	d, _ := audit.Planted(train+test, 0, 1)
	for i := train; i < train+test; i++ {
		d.Examples[i].Split = fer.Test
	}
	return d
}

// tiny is a configuration that trains in a second, with everything random switched on.
func tiny(algorithm string) Config {
	c := Quick(algorithm, 3, 1)
	c.Train.Source = "synthetic:train=140,test=35"
	c.Train.CNN = model.CNNConfig{Filters: []int{2, 4}, Dense: []int{4}, Dropout: 0.1}
	c.Train.Epochs, c.Train.BatchSize, c.Train.WarmupSteps, c.StepsPerEpoch = 3, 7, 2, 4
	c.Train.Augment = dataset.Augment{Shift: 4, Rotate: 10, Scale: 0.1, Flip: true, Brightness: 0.1, Contrast: 0.2,
		Erase: 0.1}
	return c
}

func train(t *testing.T, dir string, c Config, o *Options) *run.Run {
	t.Helper()
	r, err := Train(context.Background(), dir, c, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
