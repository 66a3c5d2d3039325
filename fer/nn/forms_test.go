package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Over random shapes, every fast form equals its plain one in values and in the gradients of all inputs: convolution,
// padding, pooling, and normalisation with pooling and ReLU.
func TestFormsOverRandomShapes(t *testing.T) {
	b := openBackend(t)
	rng := rand.New(rand.NewPCG(11, 0))
	for i := range 4 {
		between := func(low, high int) int { return low + rng.IntN(high-low+1) }
		batch, size := between(1, 5), 1+2*rng.IntN(3)
		h, w, in, out := between(size+1, 14), between(size+1, 14), between(1, 9), between(1, 20)
		seed := uint64(10 * i)
		inputs := []*tensors.Tensor{random(seed, batch, h, w, in), random(seed+1, size, size, in, out),
			random(seed+2, batch, h, w, out),
			random(seed+3, out), random(seed+4, out)}
		// All forms make one output, so that one graph gives all gradients.
		together := func(parts ...*Node) []*Node {
			for k, p := range parts {
				parts[k] = Reshape(p, p.Shape().Size())
			}
			return []*Node{Concatenate(parts, 0)}
		}
		fast := valuesAndGradients(t, b, func(in []*Node) []*Node {
			y, mean, variance := normPoolReLU(in[2], in[3], in[4])
			return append(together(convolution(in[0], in[1], convDot), convolution(padSame(in[0]), in[1], convDot),
				maxPool(in[2]), y), mean, variance)
		}, inputs...)
		plain := valuesAndGradients(t, b, func(in []*Node) []*Node {
			y, mean, variance := normalizePlain(in[2], in[3], in[4])
			y = maxPoolPlain(relu(y))
			padded := padSame(in[0])
			return append(together(convolution(in[0], in[1], convPlain), convolution(padded, in[1], convPlain),
				maxPoolPlain(in[2]), y), mean, variance)
		}, inputs...)
		compare(t, fmt.Sprintf("batch %d, %d×%d, %d to %d channels, kernel %d", batch, h, w, in, out, size), fast,
			plain, 5e-4)
	}
}

// Over random shapes, dropout is the plain product with the mask that it drew, in values and gradients.
func TestDropoutOverRandomShapes(t *testing.T) {
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(5); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(12, 0))
	for i := range 3 {
		dims := []int{1 + rng.IntN(5), 1 + rng.IntN(30), 1 + rng.IntN(30)}
		rate := float64(1+rng.IntN(200)) / 256
		exec := model.MustNewExec(openBackend(t), store, func(s *model.Scope, x, dy *Node) []*Node {
			s.Store().SetTraining(x.Graph(), true)
			y := dropout(s, x, rate)
			return []*Node{y, Gradient(ReduceAllSum(Mul(y, dy)), x)[0]}
		})
		x, dy := random(uint64(i), dims...), random(uint64(i+100), dims...)
		out := exec.MustCall(x, dy)
		y, dx := tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])
		var wantY, wantDX []float32
		xs, dys := tensors.MustCopyFlatData[float32](x), tensors.MustCopyFlatData[float32](dy)
		for k := range y {
			mask := float32(0)
			if y[k] != 0 {
				mask = float32(1 / (1 - rate))
			}
			wantY, wantDX = append(wantY, mask*xs[k]), append(wantDX, mask*dys[k])
		}
		compare(t, fmt.Sprint(dims, rate), [][]float32{y, dx}, [][]float32{wantY, wantDX}, 1e-6)
	}
}
