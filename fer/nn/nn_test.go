package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"

	"ferlab/fer/backend"
)

func openBackend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func random(seed uint64, dims ...int) *tensors.Tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, dims...)
}

// valuesAndGradients runs f and returns its outputs and the gradients of a fixed random projection of the first output
// with respect to every input.
func valuesAndGradients(t *testing.T, b compute.Backend, f func(in []*Node) []*Node,
	in ...*tensors.Tensor) [][]float32 {
	t.Helper()
	exec := MustNewExec(b, func(in []*Node) []*Node {
		out := f(in)
		y := out[0]
		weight := Cos(MulScalar(Iota(y.Graph(), y.Shape(), y.Rank()-1), 0.7))
		weight = Add(weight, Sin(MulScalar(Iota(y.Graph(), y.Shape(), 0), 1.3)))
		return append(out, Gradient(ReduceAllSum(Mul(y, weight)), in...)...)
	})
	defer exec.Finalize()
	args := make([]any, len(in))
	for i := range in {
		copied, err := in[i].LocalClone() // A tensor belongs to the backend that read it first.
		if err != nil {
			t.Fatal(err)
		}
		args[i] = copied
	}
	var all [][]float32
	for _, out := range exec.MustCall(args...) {
		all = append(all, tensors.MustCopyFlatData[float32](out))
	}
	return all
}

func compare(t *testing.T, what string, got, want [][]float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d results, want %d", what, len(got), len(want))
	}
	for k := range want {
		if len(got[k]) != len(want[k]) {
			t.Fatalf("%s, result %d: %d values, want %d", what, k, len(got[k]), len(want[k]))
		}
		scale, worst := 0.0, 0.0
		for i := range want[k] {
			scale = max(scale, math.Abs(float64(want[k][i])))
			worst = max(worst, math.Abs(float64(got[k][i]-want[k][i])))
			if got[k][i] != got[k][i] {
				t.Fatalf("%s, result %d: NaN at %d", what, k, i)
			}
		}
		if worst > tolerance*max(scale, 1e-3) {
			t.Errorf("%s, result %d: differs by %g where values reach %g", what, k, worst, scale)
		}
	}
}

// Every form of a convolution gives the values and gradients of GoMLX's own.
func TestConvolutionForms(t *testing.T) {
	b := openBackend(t)
	for _, shape := range [][6]int{ // batch, h, w, in, out, kernel
		{1, 5, 5, 1, 3, 3}, {2, 48, 48, 1, 64, 3}, {3, 7, 9, 4, 5, 3}, {2, 8, 6, 3, 2, 5}, {1, 4, 4, 250, 500, 3}, {4,
			10, 10, 16, 250, 3}, {2, 6, 6, 8, 4, 1},
	} {
		x := random(1, shape[0], shape[1], shape[2], shape[3])
		k := random(2, shape[5], shape[5], shape[3], shape[4])
		run := func(form convForm) [][]float32 {
			return valuesAndGradients(t, b, func(in []*Node) []*Node {
				return []*Node{convolution(in[0], in[1],
					form)}
			}, x, k)
		}
		compare(t, fmt.Sprint(shape), run(convDot), run(convPlain), 2e-5)
		compare(t, fmt.Sprint(shape), run(convDotX), run(convPlain), 2e-5)
	}
}

// Convolution's gradient equals finite differences, for a kernel of even size as well: GoMLX's own doesn't.
func TestConvolutionGradient(t *testing.T) {
	x, k := random(1, 2, 8, 6, 3), random(2, 2, 2, 3, 2)
	exec := MustNewExec(openBackend(t), func(x, k *Node) []*Node {
		y := Convolution(x, k)
		l := ReduceAllSum(Mul(y, Cos(MulScalar(Iota(y.Graph(), y.Shape(), 1), 0.7))))
		return append([]*Node{l}, Gradient(l, x, k)...)
	})
	at := func(x, k *tensors.Tensor) float64 { return float64(exec.MustCall(x, k)[0].Value().(float32)) }
	out := exec.MustCall(x, k)
	const step = 0.5 // The function is linear in either input: no step is too long.
	for which, in := range []*tensors.Tensor{x, k} {
		gradient, values := tensors.MustCopyFlatData[float32](out[which+1]), tensors.MustCopyFlatData[float32](in)
		for i := range values {
			moved := [2]*tensors.Tensor{x, k}
			values[i] += step
			moved[which] = tensors.FromFlatDataAndDimensions(values, in.Shape().Dimensions...)
			values[i] -= step
			difference := (at(moved[0], moved[1]) - at(x, k)) / step
			if math.Abs(difference-float64(gradient[i])) > 1e-3 {
				t.Errorf("input %d, element %d: gradient %v, finite difference %v", which, i, gradient[i], difference)
			}
		}
	}
}

// maxPoolPlain is GoMLX's own max-pool of 2×2 windows.
func maxPoolPlain(x *Node) *Node { return MaxPool(x).Window(2).Done() }

func TestMaxPool(t *testing.T) {
	b := openBackend(t)
	for _, dims := range [][]int{{1, 2, 2, 1}, {2, 7, 5, 3}, {3, 8, 10, 250}, {1, 21, 21, 128}} {
		x := random(3, dims...)
		fast := valuesAndGradients(t, b, func(in []*Node) []*Node { return []*Node{maxPool(in[0])} }, x)
		plain := valuesAndGradients(t, b, func(in []*Node) []*Node { return []*Node{maxPoolPlain(in[0])} }, x)
		compare(t, fmt.Sprint(dims), fast, plain, 0)
	}
}

// A pool's gradient is right where its input is computed anew by each of its readers, with another rounding in each:
// behind normalisation and ReLU.
func TestMaxPoolOfArithmetic(t *testing.T) {
	b := openBackend(t)
	for _, dims := range [][]int{{2, 8, 8, 4}, {3, 21, 21, 128}, {8, 46, 46, 64}} {
		x, gamma, beta := random(3, dims...), random(4, dims[3]), random(5, dims[3])
		run := func(pool func(x *Node) *Node) [][]float32 {
			return valuesAndGradients(t, b, func(in []*Node) []*Node {
				y, mean, variance := normalizePlain(in[0], in[1], in[2])
				return []*Node{pool(relu(y)), mean, variance}
			}, x, gamma, beta)
		}
		compare(t, fmt.Sprint(dims), run(maxPool), run(maxPoolPlain), 1e-4)
	}
}

// Tied maxima share the gradient: it neither vanishes nor grows where an image is flat.
func TestMaxPoolTies(t *testing.T) {
	x := tensors.FromFlatDataAndDimensions([]float32{5, 5, 5, 5, 1, 7, 7, 0}, 2, 2, 2, 1)
	exec := MustNewExec(openBackend(t), func(x *Node) *Node { return Gradient(ReduceAllSum(maxPool(x)), x)[0] })
	compare(t, "gradient", [][]float32{tensors.MustCopyFlatData[float32](exec.MustCall(x)[0])},
		[][]float32{{.25, .25, .25, .25, 0, .5, .5, 0}}, 0)
}

// The fused block's normalisation, pooling and ReLU equal the plain operations, for slopes of either sign.
func TestNormPoolReLU(t *testing.T) {
	b := openBackend(t)
	for _, dims := range [][]int{{1, 4, 4, 1}, {3, 7, 9, 5}, {2, 46, 46, 64}, {4, 8, 8, 250}, {128, 2, 2, 500}} {
		c := dims[3]
		z, gamma, beta := random(4, dims...), random(5, c), random(6, c)
		fast := valuesAndGradients(t, b, func(in []*Node) []*Node {
			y, mean, variance := normPoolReLU(in[0], in[1], in[2])
			return []*Node{y, mean, variance}
		}, z, gamma, beta)
		plain := valuesAndGradients(t, b, func(in []*Node) []*Node {
			y, mean, variance := normalizePlain(in[0], in[1], in[2])
			return []*Node{maxPoolPlain(relu(y)), mean, variance}
		}, z, gamma, beta)
		compare(t, fmt.Sprint(dims), fast, plain, 5e-4)
	}
}

// A fused block with its convolution equals the plain operations, for slopes of either sign, in the gradient of the
// images, too, which may be far from zero.
func TestConvNormPoolReLU(t *testing.T) {
	for _, channels := range []int{1, 3} {
		x, kernel := random(1, 6, 13, 12, channels), random(2, 3, 3, channels, 16)
		inputs := []*tensors.Tensor{x, kernel, random(3, 16), random(4, 16)}
		moved := func(x *Node) *Node { return AddScalar(MulScalar(x, 3), 7) }
		fast := valuesAndGradients(t, openBackend(t), func(in []*Node) []*Node {
			y, mean, variance := convNormPoolReLU(moved(in[0]), in[1], in[2], in[3])
			return []*Node{y, mean, variance}
		}, inputs...)
		plain := valuesAndGradients(t, openBackend(t), func(in []*Node) []*Node {
			y, mean, variance := normalizePlain(convolution(moved(in[0]), in[1], convPlain), in[2], in[3])
			return []*Node{maxPoolPlain(relu(y)), mean, variance}
		}, inputs...)
		compare(t, fmt.Sprint(channels, " channels"), fast, plain, 1e-3)
	}
}

// Dropout keeps the expected share, scales what it keeps, draws anew every time, and leaves inference alone.
func TestDropout(t *testing.T) {
	const n, rate = 1 << 18, 0.25
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(1); err != nil {
		t.Fatal(err)
	}
	for _, training := range []bool{true, false} {
		exec := model.MustNewExec(openBackend(t), store, func(s *model.Scope, x *Node) *Node {
			s.Store().SetTraining(x.Graph(), training)
			return Dropout(s, x, rate)
		})
		ones := tensors.FromScalarAndDimensions(float32(1), 4, n/4)
		first := tensors.MustCopyFlatData[float32](exec.MustCall(ones)[0])
		second := tensors.MustCopyFlatData[float32](exec.MustCall(ones)[0])
		kept, both := 0, 0
		for i, v := range first {
			if v != 0 {
				kept++
				if want := float32(1 / (1 - rate)); training && math.Abs(float64(v-want)) > 1e-6 {
					t.Fatalf("a kept element is scaled by %v, want %v", v, want)
				}
				if second[i] != 0 {
					both++
				}
			}
		}
		if !training {
			if kept != n {
				t.Errorf("inference dropped %d elements", n-kept)
			}
			continue
		}
		deviation := math.Sqrt(n * rate * (1 - rate))
		if math.Abs(float64(kept)-n*(1-rate)) > 5*deviation {
			t.Errorf("kept %d of %d at rate %v", kept, n, rate)
		}
		if share := float64(both) / n; math.Abs(share-(1-rate)*(1-rate)) > 0.01 {
			t.Errorf("two draws kept %.3f of the elements both times, want %.3f", share, (1-rate)*(1-rate))
		}
	}
}

// Batch normalisation with its own gradient gives the values and gradients that GoMLX finds.
func TestNormalize(t *testing.T) {
	b := openBackend(t)
	for _, dims := range [][]int{{1, 3, 3, 1}, {5, 7, 9, 5}, {3, 8, 250}, {8, 23, 23, 64}, {4, 4, 4, 500}, {128, 16},
		{7, 1248}} {
		c := dims[len(dims)-1]
		x, gamma, beta := random(4, dims...), random(5, c), random(6, c)
		run := func(form func(x, gamma, beta *Node) (y, mean, variance *Node)) [][]float32 {
			return valuesAndGradients(t, b, func(in []*Node) []*Node {
				y, mean, variance := form(AddScalar(in[0], 1), in[1], in[2])
				return []*Node{y, AddScalar(mean, -1), variance}
			}, x, gamma, beta)
		}
		compare(t, fmt.Sprint(dims), run(normalize), run(normalizePlain), 5e-4)
	}
}

// The bytes that dropout draws are uniform by a chi-squared test: each by itself, each one's upper half with those of
// the next byte, of the next word's and of the next draw's, and every bit with the next word's.
func TestRandomBytes(t *testing.T) {
	const n = 1 << 22
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(3); err != nil {
		t.Fatal(err)
	}
	exec := model.MustNewExec(openBackend(t), store, func(s *model.Scope, x *Node) *Node {
		bytes, _ := randomBytes(s, x.Graph(), n)
		return Add(bytes, x)
	})
	draw := func() []uint8 { return tensors.MustCopyFlatData[uint8](exec.MustCall(uint8(0))[0]) }
	first, second := draw(), draw()
	uniform := func(what string, cells, freedom int, cell func(i int) int) {
		counts := make([]float64, cells)
		for i := range n - 4 {
			counts[cell(i)]++
		}
		expected, chi2 := float64(n-4)/float64(cells), 0.0
		for _, c := range counts {
			chi2 += (c - expected) * (c - expected) / expected
		}
		if deviation := math.Sqrt(2 * float64(freedom)); math.Abs(chi2-float64(freedom)) > 5*deviation {
			t.Errorf("%s: chi-squared is %.0f, want %d ± %.0f", what, chi2, freedom, 5*deviation)
		}
	}
	uniform("bytes", 256, 255, func(i int) int { return int(first[i]) })
	uniform("bytes of the second draw", 256, 255, func(i int) int { return int(second[i]) })
	for _, apart := range []int{1, 4} {
		uniform(fmt.Sprint("pairs ", apart, " apart"), 256, 255,
			func(i int) int { return int(first[i]>>4)<<4 | int(first[i+apart]>>4) })
	}
	uniform("pairs of draws", 256, 255, func(i int) int { return int(first[i]>>4)<<4 | int(second[i]>>4) })
	for bit := range 8 {
		uniform(fmt.Sprint("bit ", bit), 4, 3,
			func(i int) int { return int(first[i]>>bit&1)<<1 | int(first[i+4]>>bit&1) })
	}
}

// CrossEntropy without smoothing is GoMLX's; with smoothing ε it is (1−ε)·it plus ε times the mean over all labels.
func TestCrossEntropy(t *testing.T) {
	exec := MustNewExec(openBackend(t), func(logits, labels *Node) []*Node {
		plain := loss.SparseCategoricalCrossEntropyLogits([]*Node{InsertAxes(labels, -1)}, []*Node{logits})
		smooth := MulScalar(plain, 0.9)
		for class := range 7 {
			each := loss.SparseCategoricalCrossEntropyLogits([]*Node{InsertAxes(AddScalar(ZerosLike(labels),
				float64(class)), -1)}, []*Node{logits})
			smooth = Add(smooth, MulScalar(each, 0.1/7))
		}
		return []*Node{ReduceAllMean(CrossEntropy(logits, labels, 0)), plain,
			ReduceAllMean(CrossEntropy(logits, labels, 0.1)), smooth}
	})
	out := exec.MustCall(random(7, 5, 7), tensors.FromValue([]int32{0, 6, 3, 3, 1}))
	flat := func(i int) [][]float32 { return [][]float32{tensors.MustCopyFlatData[float32](out[i])} }
	compare(t, "plain", flat(0), flat(1), 1e-6)
	compare(t, "smoothed", flat(2), flat(3), 1e-6)
}

// Initial weights depend on seed and name only, and have Glorot's range.
func TestInitialWeights(t *testing.T) {
	values := func(seed int64, name string) []float32 {
		store := model.NewStore()
		store.SetParam(ParamSeed, seed)
		return tensors.MustCopyFlatData[float32](variable(store.RootScope(), name, glorotUniform, 3, 3, 16,
			32).MustValue())
	}
	a, same, other, seeded := values(1, "a"), values(1, "a"), values(1, "b"), values(2, "a")
	compare(t, "same", [][]float32{a}, [][]float32{same}, 0)
	limit, peak := float32(math.Sqrt(6./(9*16+9*32))), float32(0)
	equal := 0
	for i := range a {
		peak = max(peak, a[i], -a[i])
		if a[i] == other[i] || a[i] == seeded[i] {
			equal++
		}
	}
	if peak > limit || peak < 0.99*limit || equal > 0 {
		t.Errorf("weights reach %v, want just below %v; %d are equal under another name or seed", peak, limit, equal)
	}
}
