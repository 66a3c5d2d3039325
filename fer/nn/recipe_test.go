package nn

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Three steps on a quadratic follow the recursion of Nesterov's optimizer, and the average that of an EMA, both computed by hand
// in float64; the kernel decays, the bias doesn't.
func TestNesterovAndAverage(t *testing.T) {
	const rate, momentum, decay, average = 0.1, 0.9, 0.01, 0.8
	store := model.NewStore()
	exec := model.MustNewExec(openBackend(t), store, func(s *model.Scope, x *Node) []*Node {
		g := x.Graph()
		in := s.In("net").In("layer")
		kernel := variable(in, "kernel", ones, 1, 2).NodeValue(g)
		bias := variable(in, "bias", ones, 2).NodeValue(g)
		optimizer.LearningRateVar(s, x.DType(), rate).SetNodeValue(Scalar(g, x.DType(), rate))
		loss := MulScalar(Add(ReduceAllSum(Mul(x, Square(kernel))), ReduceAllSum(Square(bias))), 0.5)
		Nesterov{Momentum: momentum, WeightDecay: decay}.UpdateGraph(s, g, loss)
		UpdateAverage(s.Store(), g, "net", "ema", Scalar(g, x.DType(), average))
		return []*Node{loss}
	})
	curvature := []float64{1, 4}
	type state struct{ w, v, mean float64 }
	kernel, bias := [2]state{{1, 0, 1}, {1, 0, 1}}, state{1, 0, 1}
	move := func(s *state, gradient, decay float64) {
		s.v = momentum*s.v + gradient
		s.w -= rate * (gradient + momentum*s.v + decay*s.w)
		s.mean = average*s.mean + (1-average)*s.w
	}
	for range 3 {
		exec.MustCall(tensors.FromFlatDataAndDimensions([]float32{1, 4}, 1, 2))
		for i := range kernel {
			move(&kernel[i], curvature[i]*kernel[i].w, decay)
		}
		move(&bias, bias.w, 0)
	}
	check := func(path string, want ...float64) {
		t.Helper()
		got := tensors.MustCopyFlatData[float32](store.GetVariable(path).MustValue())
		for i, w := range want {
			if math.Abs(float64(got[i])-w) > 1e-5 {
				t.Errorf("%s[%d] is %v, want %v", path, i, got[i], w)
			}
		}
	}
	check("/net/layer/kernel", kernel[0].w, kernel[1].w)
	check("/net/layer/bias", bias.w)
	check("/ema/layer/kernel", kernel[0].mean, kernel[1].mean)
	check("/ema/layer/bias", bias.mean)
}

// Mixup blends the first example with the last, and targets the same way.
func TestMixup(t *testing.T) {
	exec := MustNewExec(openBackend(t), func(labels, lambda *Node) *Node { return Mixup(Targets(labels, 3, 0), lambda) })
	got := exec.MustCall([]int32{0, 1, 2}, float32(0.75))[0].Value().([][]float32)
	want := [][]float32{{0.75, 0, 0.25}, {0, 1, 0}, {0.25, 0, 0.75}}
	for i := range want {
		for j := range want[i] {
			if got[i][j] != want[i][j] {
				t.Errorf("target %d is %v, want %v", i, got[i], want[i])
			}
		}
	}
}

// A padded convolution in either form, and a pooled block in its fused form, equal the plain chain in values and gradients.
func TestPaddedConvolution(t *testing.T) {
	b := openBackend(t)
	for _, shape := range [][4]int{{2, 6, 6, 3}, {1, 3, 3, 8}, {2, 12, 11, 5}} {
		x, k := random(1, shape[:]...), random(2, 3, 3, shape[3], 4)
		dot := valuesAndGradients(t, b, func(in []*Node) []*Node { return []*Node{convolution(padSame(in[0]), in[1], convDot)} }, x, k)
		plain := valuesAndGradients(t, b, func(in []*Node) []*Node { return []*Node{Convolve(in[0], in[1]).PadSame().Done()} }, x, k)
		compare(t, "padded convolution", dot, plain, 2e-5)
	}
}
