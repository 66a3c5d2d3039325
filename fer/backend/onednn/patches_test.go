package onednn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

	"ferlab/fer/backend/onednn"
)

// The gradient of a kernel that is large beside its images is a product of their windows and the result's gradient:
// XLA's values, whatever the windows' steps and the zeros around the images, whose number differs by side.
func TestPatches(t *testing.T) {
	both, xla := narrowBackends(t)
	onednn.Everything(t)
	rng := rand.New(rand.NewPCG(7, 1))
	for _, c := range []struct{ stride, dilation, low, high int }{
		{1, 1, 0, 0}, {1, 1, 2, 1}, {2, 1, 1, 0}, {1, 2, 1, 3},
	} {
		convolve := func(x, k *Node) *Node {
			padding := [][2]int{{c.low, c.high}, {c.high, c.low}}
			return Convolve(x, k).Strides(c.stride).Dilations(c.dilation).PaddingPerDim(padding).Done()
		}
		gradient := func(in []*Node) []*Node {
			y := narrow(convolve, in[0], in[1])
			return Gradient(ReduceAllSum(Square(y)), in[1])
		}
		x, k := random(rng, 2, 7, 8, 24), random(rng, 3, 3, 24, 40)
		var got [][]float32
		through := 0
		for _, program := range onednn.Programs(func() { got = run(t, both, gradient, x, k) }) {
			through += onednn.Patches(program)
		}
		if through != 1 {
			t.Errorf("%+v: %d gradients run through patches, want 1", c, through)
		}
		compare(t, fmt.Sprintf("%+v", c), got, run(t, xla, gradient, x, k), 1e-5)
	}
}
