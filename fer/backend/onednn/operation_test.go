package onednn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer/backend"
	"ferlab/fer/backend/onednn"
)

// backends opens XLA with oneDNN in it, and XLA alone; it skips the test where there is no oneDNN.
func backends(t *testing.T) (both, xla compute.Backend) {
	t.Helper()
	both, err := backend.New("xla")
	if err != nil {
		t.Skip(err)
	}
	name, _, found := strings.Cut(backend.Describe(both), onednn.Mark)
	if !found {
		t.Skip(onednn.Status())
	}
	if xla, err = backend.New(name); err != nil {
		t.Fatal(err)
	}
	return both, xla
}

// narrowBackends is backends; it skips the test where the processor has no instructions for bfloat16, too.
func narrowBackends(t *testing.T) (both, xla compute.Backend) {
	t.Helper()
	both, xla = backends(t)
	if !onednn.HasBFloat16() {
		t.Skip("no instructions for bfloat16")
	}
	return both, xla
}

// asBFloat16 is x with the values that bfloat16 has.
func asBFloat16(x *Node) *Node { return ConvertDType(ConvertDType(x, dtypes.BFloat16), dtypes.Float32) }

// random returns a tensor of numbers that bfloat16 represents.
func random(rng *rand.Rand, dims ...int) *tensors.Tensor {
	size := 1
	for _, d := range dims {
		size *= d
	}
	v := make([]float32, size)
	for i := range v {
		v[i] = bfloat16.FromFloat32(float32(rng.NormFloat64())).Float32()
	}
	return tensors.FromFlatDataAndDimensions(v, dims...)
}

// narrow tells that the factors of a convolution and the gradient of its result are of bfloat16, as package nn does:
// the gradients of the factors are not rounded.
func narrow(convolve func(x, k *Node) *Node, x, k *Node) *Node {
	factor := func(x *Node) *Node {
		var dx *Node
		x = IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return dx })
		return IdentityWithCustomGradient(asBFloat16(x), func(_, v *Node) *Node { dx = v; return v })
	}
	return IdentityWithCustomGradient(convolve(factor(x), factor(k)), func(_, v *Node) *Node { return asBFloat16(v) })
}

// run returns the outputs of a graph.
func run(t *testing.T, b compute.Backend, f func(in []*Node) []*Node, inputs ...*tensors.Tensor) (outputs [][]float32) {
	t.Helper()
	var args []any
	for _, in := range inputs {
		copied, err := in.Clone()
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, copied)
	}
	exec, err := NewExec(b, f)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		outputs = append(outputs, tensors.MustCopyFlatData[float32](o))
	}
	return outputs
}

// compare fails the test if a value of one differs from the other's by more than so much of the largest.
func compare(t *testing.T, name string, got, want [][]float32, tolerance float64) {
	t.Helper()
	for k := range want {
		largest, worst := 0.0, 0.0
		for i := range want[k] {
			largest = max(largest, math.Abs(float64(want[k][i])))
			worst = max(worst, math.Abs(float64(got[k][i]-want[k][i])))
		}
		if !(worst <= tolerance*largest) || len(got[k]) != len(want[k]) {
			t.Errorf("%s: output %d differs by %g of at most %g", name, k, worst, largest)
		}
	}
}

// Over random shapes, strides, dilations and paddings, convolutions and their gradients are XLA's. As the factors are
// of bfloat16 exactly, this holds for both types: sums and results of bfloat16 factors must not be rounded to it.
func TestConvolutions(t *testing.T) {
	both, xla := backends(t)
	onednn.Everything(t)
	rng := rand.New(rand.NewPCG(1, 1))
	between := func(low, high int) int { return low + rng.IntN(high-low+1) }
	ran, all := 0, 0
	for range 6 {
		size, stride, dilation := 1+2*rng.IntN(3), between(1, 2), 1
		if stride == 1 { // GoMLX has no convolution with both.
			dilation = between(1, 2)
		}
		window := (size-1)*dilation + 1
		n, h, w, in, out := between(1, 5), between(window, 20), between(window, 20), between(1, 40), between(1, 40)
		low, high := rng.IntN(size), rng.IntN(size)
		convolve := func(x, k *Node) *Node {
			padding := [][2]int{{low, high}, {high, low}}
			return Convolve(x, k).Strides(stride).Dilations(dilation).PaddingPerDim(padding).Done()
		}
		x, k := random(rng, n, h, w, in), random(rng, size, size, in, out)
		dy := random(rng, n, (h+low+high-window)/stride+1, (w+low+high-window)/stride+1, out)
		for _, bf16 := range []bool{false, true} {
			step := func(in []*Node) []*Node {
				y := convolve(in[0], in[1])
				if bf16 {
					y = narrow(convolve, in[0], in[1])
				}
				return append([]*Node{y}, Gradient(ReduceAllSum(Mul(y, in[2])), in[0], in[1])...)
			}
			before := onednn.Runs()
			got := run(t, both, step, x, k, dy)
			ran += onednn.Runs() - before
			if !bf16 || onednn.HasBFloat16() {
				all += 3
			}
			want := run(t, xla, step, x, k, dy)
			name := fmt.Sprintf("%d×%d×%d×%d to %d channels, kernel %d, stride %d, dilation %d, padding %d %d, bf16 %v",
				n, h, w, in, out, size, stride, dilation, low, high, bf16)
			compare(t, name, got, want, 1e-5)
		}
	}
	if t.Logf("oneDNN ran %d of %d operations", ran, all); ran < all*3/4 {
		t.Errorf("oneDNN ran %d of %d operations, want three of four", ran, all)
	}
}

// Over random sizes, products of matrices as they stand and of transposed ones are XLA's; see TestConvolutions.
func TestProducts(t *testing.T) {
	both, xla := backends(t)
	onednn.Everything(t)
	rng := rand.New(rand.NewPCG(2, 1))
	ran, all := 0, 0
	for range 2 {
		m, k, n := 1+rng.IntN(200), 1+rng.IntN(300), 1+rng.IntN(200)
		for axes := range 4 {
			left, right := []int{m, k}, []int{k, n}
			if axes&1 != 0 {
				slices.Reverse(left)
			}
			if axes&2 != 0 {
				slices.Reverse(right)
			}
			for _, bf16 := range []bool{false, true} {
				product := func(in []*Node) []*Node {
					a, b := in[0], in[1]
					if bf16 {
						a, b = ConvertDType(a, dtypes.BFloat16), ConvertDType(b, dtypes.BFloat16)
					}
					dot := Dot(a, b).WithOutputDType(dtypes.Float32)
					return []*Node{dot.General([]int{1 - axes&1}, nil, []int{axes >> 1}, nil)}
				}
				a, b := random(rng, left...), random(rng, right...)
				before := onednn.Runs()
				got := run(t, both, product, a, b)
				ran += onednn.Runs() - before
				if !bf16 || onednn.HasBFloat16() {
					all++
				}
				compare(t, fmt.Sprint(left, right, bf16), got, run(t, xla, product, a, b), 1e-5)
			}
		}
	}
	if t.Logf("oneDNN ran %d of %d products", ran, all); ran < all*3/4 {
		t.Errorf("oneDNN ran %d of %d products, want three of four", ran, all)
	}
}

// A real rounding: with factors that bfloat16 doesn't represent, its results stay near those of float32, and differ.
func TestRounding(t *testing.T) {
	both, xla := narrowBackends(t)
	onednn.Everything(t)
	rng := rand.New(rand.NewPCG(3, 1))
	x, k := random(rng, 4, 12, 12, 32), random(rng, 3, 3, 32, 64)
	convolve := func(x, k *Node) *Node { return Convolve(x, k).NoPadding().Done() }
	rounded := func(in []*Node) []*Node { return []*Node{narrow(convolve, DivScalar(in[0], 3), DivScalar(in[1], 7))} }
	exact := func(in []*Node) []*Node { return []*Node{convolve(DivScalar(in[0], 3), DivScalar(in[1], 7))} }
	got, want := run(t, both, rounded, x, k), run(t, xla, exact, x, k)
	compare(t, "bfloat16", got, want, 1e-2)
	largest := 0.0
	for i := range got[0] {
		largest = max(largest, math.Abs(float64(got[0][i]-want[0][i])))
	}
	if largest < 1e-3 {
		t.Errorf("bfloat16 changes values by at most %g", largest)
	}
}

// Graphs that run at the same time don't disturb each other, and the same graph gives the same bits again.
func TestConcurrent(t *testing.T) {
	both, _ := backends(t)
	onednn.Everything(t)
	rng := rand.New(rand.NewPCG(4, 1))
	x, k, dy := random(rng, 16, 12, 12, 32), random(rng, 3, 3, 32, 50), random(rng, 16, 10, 10, 50)
	step := func(in []*Node) []*Node {
		y := Convolve(in[0], in[1]).NoPadding().Done()
		return append([]*Node{y}, Gradient(ReduceAllSum(Mul(y, in[2])), in[0], in[1])...)
	}
	want := run(t, both, step, x, k, dy)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for range 5 {
				for k, values := range run(t, both, step, x, k, dy) {
					if !slices.Equal(values, want[k]) {
						t.Errorf("goroutine %d: output %d differs", i, k)
					}
				}
			}
		})
	}
	group.Wait()
}
