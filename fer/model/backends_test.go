package model_test

import (
	"testing"

	"github.com/gomlx/compute"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The pure-Go backend gives the default one's initial weights, logits and, after a step, weights.
func TestBackendsAgree(t *testing.T) {
	nets := map[string]model.Net{
		"slim CNN": model.CNN(&model.CNNConfig{Filters: []int{8, 8, 8, 8}, Dense: []int{512, 256, 64}}),
		"DNN":      dnnWithoutDropout(),
	}
	reference, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	pureGo, err := backend.New("go")
	if err != nil {
		t.Fatal(err)
	}
	for name, net := range nets {
		t.Run(name, func(t *testing.T) {
			train := func(b compute.Backend) (before, after []float64, r *rig) {
				images, labels := kerasData()
				store := gomlx.NewStore()
				store.SetParam(nn.ParamSeed, int64(1))
				r = newRig(t, b, net, store,
					optimizer.StochasticGradientDescent().WithDecay(false).WithLearningRate(kerasLearningRate))
				before = r.logits(images)
				r.step(images, labels)
				return before, r.logits(images), r
			}
			wantBefore, wantAfter, want := train(reference)
			gotBefore, gotAfter, got := train(pureGo)
			compareValues(t, "logits", gotBefore, wantBefore)
			compareValues(t, "logits after a step", gotAfter, wantAfter)
			for _, name := range append(want.trained, "bn1/moving_mean", "bn4/moving_variance") {
				compareValues(t, name, got.values(name), want.values(name))
			}
		})
	}
}

// compareValues wants the norm of the difference within tolerance·norm, and 1e-7 for a bias that starts at 0 and has no
// gradient but for rounding.
func compareValues(t *testing.T, what string, got, want []float64) {
	t.Helper()
	difference, limit := distance(got, want), 1e-7+tolerance*distance(want, make([]float64, len(want)))
	if !(difference <= limit) {
		t.Errorf("%s differs by %.2g, want at most %.2g", what, difference, limit)
	}
}
