package nn

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

const mixedKey = "/ferlab_mixed_precision"

// MixedPrecision makes the matrix products of a graph's convolutions and dense layers, forward and backward, round
// their factors to bfloat16 and add up in float32; weights, activations, normalisation and updates stay float32, so
// that no scaling of the loss is needed (Micikevicius et al. 2018; Kalamkar et al. 2019). Call it before the layers are
// built. A processor with such products (AVX-512 BF16, AMX, a GPU's) trains faster; others gain nothing. XLA alone
// rounds on a CPU the factors of those convolutions only that it computes as matrix products; package onednn rounds
// those of all that it runs. On a GPU a convolution's result is rounded, too, as its library returns the type that it
// takes; it adds up in float32.
func MixedPrecision(g *Graph) { model.SetGraphParam(g, mixedKey, true) }

func isMixed(g *Graph) bool {
	_, mixed := model.GetGraphParam(g, mixedKey)
	return mixed
}

// factor rounds x to the precision that its graph's products take.
func factor(x *Node) *Node {
	if isMixed(x.Graph()) && x.DType() == dtypes.Float32 {
		return ConvertDType(x, dtypes.BFloat16)
	}
	return x
}

// nativeBFloat16 reports whether a convolution of x is to take and return bfloat16: in mixed precision on a GPU.
func nativeBFloat16(x *Node) bool {
	return isMixed(x.Graph()) && x.DType() == dtypes.Float32 && backend.IsXLAGPU(x.Graph().Backend())
}

// convolved rounds a factor of a convolution, if the graph is of mixed precision and its backend has fast convolutions
// of bfloat16. Its type stays float32, and so do the convolution's sums and result: package onednn sees the conversion
// and takes the bfloat16. A convolution that stays with XLA may skip the rounding. The factor's gradient isn't rounded.
func convolved(x *Node) *Node {
	if !convolvesBFloat16(x.Graph()) || x.DType() != dtypes.Float32 {
		return x
	}
	var dx *Node
	x = IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return dx })
	return IdentityWithCustomGradient(roundTrip(x), func(_, v *Node) *Node { dx = v; return v })
}

// convolvedGradient rounds the gradient of a convolution's output as [convolved] does its factors.
func convolvedGradient(y *Node) *Node {
	if !convolvesBFloat16(y.Graph()) || y.DType() != dtypes.Float32 {
		return y
	}
	return IdentityWithCustomGradient(y, func(_, v *Node) *Node { return roundTrip(v) })
}

func convolvesBFloat16(g *Graph) bool {
	_, fast := hasOneDNN(g)
	return fast && isMixed(g)
}

func roundTrip(x *Node) *Node { return ConvertDType(ConvertDType(x, dtypes.BFloat16), dtypes.Float32) }

// product multiplies two matrices, summing over one axis of each, in the graph's precision; its result is float32 if it
// is mixed. Differentiating it would round nothing but the forward product: its callers write their gradients by hand.
func product(a *Node, axisA int, b *Node, axisB int) *Node {
	if isFrozen(a.Graph()) && convolvesBFloat16(a.Graph()) {
		a, b = roundTrip(a), roundTrip(b) // So that package onednn finds the weights behind the conversion.
	} else if isMixed(a.Graph()) {
		dot := Dot(factor(a), factor(b)).WithOutputDType(dtypes.Float32)
		if backend.IsXLACPU(a.Graph().Backend()) {
			// XLA adds up in the type of the output. Told to add up in float32, go-xla v0.4.1 makes each factor wait
			// for the other, so that weights are rounded anew for every product, and copied before their update.
			dot = dot.WithAccumulatorDType(dtypes.BFloat16)
		}
		return dot.General([]int{axisA}, nil, []int{axisB}, nil)
	}
	return DotGeneral(a, []int{axisA}, nil, b, []int{axisB}, nil)
}

// matMul is x·kernel, [batch, features]·[features, units].
func matMul(x, kernel *Node) *Node {
	if !isMixed(x.Graph()) {
		return Dot(x, kernel).Product()
	}
	return withVJP([]*Node{x, kernel},
		func(in []*Node) *Node { return product(in[0], 1, in[1], 0) },
		func(in []*Node, dy *Node) []*Node {
			return []*Node{product(dy, 1, in[1], 1), product(in[0], 0, dy, 0)}
		})
}
