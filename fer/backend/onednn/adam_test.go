package onednn_test

import (
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend/onednn"
	"ferlab/fer/nn"
)

// Adam's and AdamW's updates, of arrays of any size, train as XLA's own do; those of other optimizers stay.
func TestAdam(t *testing.T) {
	both, xla := backends(t)
	net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.Dense(s, nn.Flatten(s, x), 67)
		return nn.Dense(s, nn.Dense(s, x, 63), fer.NumEmotions)
	}
	for name, test := range map[string]struct {
		rule optimizer.Interface
		want int
	}{
		"Adam":    {optimizer.Adam().LearningRate(3e-3).Done(), 2},
		"AdamW":   {optimizer.Adam().LearningRate(3e-3).WeightDecay(0.3).Done(), 2},
		"Adamax":  {optimizer.Adam().Adamax().Done(), 0},
		"RMSProp": {optimizer.RMSProp().Done(), 0},
		"SGD":     {sgd, 0},
	} {
		var losses []float32
		programs := onednn.Programs(func() { losses = train(t, both, net, test.rule, false, 8) })
		compare(t, name, [][]float32{losses}, [][]float32{train(t, xla, net, test.rule, false, 8)}, 1e-4)
		step := slices.MaxFunc(programs, func(a, b string) int { return len(a) - len(b) })
		if _, count := onednn.Adam(step); count != test.want {
			t.Errorf("%s: %d updates of large arrays, want %d", name, count, test.want)
		}
	}
}
