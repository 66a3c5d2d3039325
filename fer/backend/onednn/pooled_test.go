package onednn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer/backend/onednn"
)

// pooled returns the maxima of a convolution of images in[0] with a kernel in[1], and the gradient with respect to the
// kernel; if all is true, that with respect to the images and the convolution, too.
func pooled(all bool) func(in []*Node) []*Node {
	return func(in []*Node) []*Node {
		z := Convolve(in[0], in[1]).NoPadding().Done()
		y := MaxPool(z).Window(2).NoPadding().Done()
		loss := ReduceAllSum(Mul(in[2], Square(y)))
		if all {
			return append(Gradient(loss, in[1], in[0]), y, z)
		}
		return append(Gradient(loss, in[1]), y)
	}
}

// The maxima and the gradient of the kernel are XLA's, the same bits each time, and what else is asked for stays.
func TestPooled(t *testing.T) {
	both, xla := backends(t)
	rng := rand.New(rand.NewPCG(7, 1))
	for _, test := range []struct {
		x, w [4]int
		all  bool
	}{
		{x: [4]int{3, 12, 12, 1}, w: [4]int{3, 3, 1, 16}},
		{x: [4]int{40, 9, 14, 1}, w: [4]int{3, 3, 1, 32}},
		{x: [4]int{5, 13, 10, 3}, w: [4]int{5, 3, 3, 48}},
		{x: [4]int{1, 3, 3, 4}, w: [4]int{1, 1, 4, 16}},
		{x: [4]int{17, 10, 11, 2}, w: [4]int{3, 5, 2, 16}, all: true},
	} {
		name := fmt.Sprint(test.x, test.w)
		x, w := random(rng, test.x[:]...), random(rng, test.w[:]...)
		weights := random(rng, test.x[0], (test.x[1]-test.w[0]+1)/2, (test.x[2]-test.w[1]+1)/2, test.w[3])
		var got, again [][]float32
		programs := onednn.Programs(func() {
			got, again = run(t, both, pooled(test.all), x, w, weights), run(t, both, pooled(test.all), x, w, weights)
		})
		compare(t, name+" again", again, got, 0)
		compare(t, name, got, run(t, xla, pooled(test.all), x, w, weights), 1e-5)
		if n := strings.Count(onednn.Pool(programs[0]), "ferlab_pooled"); n != 2 {
			t.Errorf("%s: %d calls, want those of the maxima and of the kernel's gradient", name, n)
		}
	}
}

// The first of equal maxima has all of the gradient, as XLA has it.
func TestPooledTies(t *testing.T) {
	both, xla := backends(t)
	rng := rand.New(rand.NewPCG(9, 1))
	small := func(dims ...int) *tensors.Tensor {
		x := random(rng, dims...)
		tensors.MustMutableFlatData(x, func(v []float32) {
			for i := range v {
				v[i] = float32(rng.IntN(3) - 1)
			}
		})
		return x
	}
	x, w, weights := small(9, 12, 12, 1), small(3, 3, 1, 16), small(9, 5, 5, 16)
	compare(t, "ties", run(t, both, pooled(false), x, w, weights), run(t, xla, pooled(false), x, w, weights), 0)
}

// XLA keeps all that differs in anything from a pooled convolution.
func TestNotPooled(t *testing.T) {
	both, _ := backends(t)
	rng := rand.New(rand.NewPCG(8, 1))
	x, w := random(rng, 2, 12, 12, 1), random(rng, 3, 3, 1, 16)
	for name, f := range map[string]func(x, w *Node) *Node{
		"filters": func(x, w *Node) *Node {
			return MaxPool(Convolve(x, Slice(w, AxisRange(), AxisRange(), AxisRange(), AxisRange(0, 8))).NoPadding().
				Done()).Window(2).Done()
		},
		"padded": func(x, w *Node) *Node { return MaxPool(Convolve(x, w).PadSame().Done()).Window(2).Done() },
		"strides": func(x, w *Node) *Node {
			return MaxPool(Convolve(x, w).Strides(2).NoPadding().Done()).Window(2).Done()
		},
		"window": func(x, w *Node) *Node { return MaxPool(Convolve(x, w).NoPadding().Done()).Window(3).Done() },
		"overlap": func(x, w *Node) *Node {
			return MaxPool(Convolve(x, w).NoPadding().Done()).Window(2).Strides(1).NoPadding().Done()
		},
		"mean": func(x, w *Node) *Node { return MeanPool(Convolve(x, w).NoPadding().Done()).Window(2).Done() },
		"bias": func(x, w *Node) *Node { return MaxPool(OnePlus(Convolve(x, w).NoPadding().Done())).Window(2).Done() },
	} {
		programs := onednn.Programs(func() {
			run(t, both, func(in []*Node) []*Node {
				return Gradient(ReduceAllSum(f(in[0], in[1])), in[0])
			}, x, w)
		})
		if n := strings.Count(onednn.Pool(programs[0]), "ferlab_pooled"); n != 0 {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}
