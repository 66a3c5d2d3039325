package nn

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Three steps on a quadratic follow the recursion of Nesterov's optimizer, and the average that of an EMA, both
// computed by hand in float64; the kernel decays, the bias doesn't.
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
	exec := MustNewExec(openBackend(t), func(labels, lambda *Node) *Node {
		return Mixup(Targets(labels, 3, 0),
			lambda)
	})
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

// A padded convolution in either form, and a pooled block in its fused form, equal the plain chain in values and
// gradients.
func TestPaddedConvolution(t *testing.T) {
	b := openBackend(t)
	for _, shape := range [][4]int{{2, 6, 6, 3}, {1, 3, 3, 8}, {2, 12, 11, 5}} {
		x, k := random(1, shape[:]...), random(2, 3, 3, shape[3], 4)
		dot := valuesAndGradients(t, b, func(in []*Node) []*Node {
			return []*Node{convolution(padSame(in[0]), in[1],
				convDot)}
		}, x, k)
		plain := valuesAndGradients(t, b, func(in []*Node) []*Node {
			return []*Node{Convolve(in[0],
				in[1]).PadSame().Done()}
		}, x, k)
		compare(t, "padded convolution", dot, plain, 2e-5)
	}
}

// Distillation is −T²·Σ teacher·ln softmax(logits/T), as computed in float64.
func TestDistillation(t *testing.T) {
	b := openBackend(t)
	logits, teacher, temperature := []float32{2, -1, 0.5, 0, 0, 3}, []float32{0.7, 0.2, 0.1, 0.1, 0.1, 0.8}, 2.5
	got := MustExecOnce(b, func(x, y *Node) *Node { return Distillation(x, y, temperature) },
		tensors.FromFlatDataAndDimensions(logits, 2, 3), tensors.FromFlatDataAndDimensions(teacher, 2,
			3)).Value().([]float32)
	for row := range 2 {
		sum, want := 0.0, 0.0
		for k := range 3 {
			sum += math.Exp(float64(logits[3*row+k]) / temperature)
		}
		for k := range 3 {
			want -= float64(teacher[3*row+k]) *
				(float64(logits[3*row+k])/temperature - math.Log(sum)) * temperature * temperature
		}
		if math.Abs(float64(got[row])-want) > 1e-5 {
			t.Errorf("loss of example %d is %v, want %v", row, got[row], want)
		}
	}
}

// Without decay, three steps are those of PyTorch 2.15: torch.optim.SGD([w], lr=0.1, momentum=0.9, nesterov=True) on
// the loss (w₀² + 4·w₁²) / 2 from w = (1, 1).
func TestNesterovEqualsPyTorch(t *testing.T) {
	want := [][]float64{{0.8100000023841858, 0.23999999463558197}, {0.5751000046730042, -0.26639997959136963},
		{0.32732102274894714, -0.43329596519470215}}
	store := model.NewStore()
	exec := model.MustNewExec(openBackend(t), store, func(s *model.Scope, x *Node) *Node {
		g := x.Graph()
		w := variable(s, "kernel", ones, 1, 2).NodeValue(g)
		optimizer.LearningRateVar(s, x.DType(), 0.1).SetNodeValue(Scalar(g, x.DType(), 0.1))
		loss := MulScalar(ReduceAllSum(Mul(x, Square(w))), 0.5)
		Nesterov{Momentum: 0.9}.UpdateGraph(s, g, loss)
		return loss
	})
	for step, row := range want {
		exec.MustCall(tensors.FromFlatDataAndDimensions([]float32{1, 4}, 1, 2))
		got := tensors.MustCopyFlatData[float32](store.GetVariable("/kernel").MustValue())
		for i, w := range row {
			if math.Abs(float64(got[i])-w) > 1e-6 {
				t.Errorf("step %d: weight %d is %v, want %v", step+1, i, got[i], w)
			}
		}
	}
}
