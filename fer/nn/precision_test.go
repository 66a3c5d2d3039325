package nn

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

	"ferlab/fer/backend"
)

// Products of bfloat16 are those of float32 within the 8 bits of its significand, forward and backward; without mixed
// precision, and in every other operation, nothing is rounded.
func TestMixedPrecision(t *testing.T) {
	b := openBackend(t)
	x, kernel := random(1, 32, 14, 16, 32), random(2, 3, 3, 32, 64)
	features, weights := random(3, 20, 300), random(4, 300, 40)
	forms := map[string]func(in []*Node) []*Node{
		"convolution":   func(in []*Node) []*Node { return []*Node{convolution(in[0], in[1], convDot)} },
		"gradient of x": func(in []*Node) []*Node { return []*Node{convolution(in[0], in[1], convDotX)} },
		"dense":         func(in []*Node) []*Node { return []*Node{matMul(in[2], in[3])} },
	}
	if _, bfloat16 := backend.HasOneDNN(b); bfloat16 {
		forms["oneDNN"] = func(in []*Node) []*Node { return []*Node{convolution(in[0], in[1], convPlain)} }
		forms["oneDNN, padded"] = func(in []*Node) []*Node { return []*Node{convolutionSame(in[0], in[1])} }
	}
	if backend.IsXLAGPU(b) {
		forms["GPU"] = func(in []*Node) []*Node { return []*Node{Convolution(in[0], in[1])} }
		forms["GPU, padded"] = func(in []*Node) []*Node { return []*Node{convolutionSame(in[0], in[1])} }
	}
	for name, f := range forms {
		run := func(mixed bool) [][]float32 {
			return valuesAndGradients(t, b, func(in []*Node) []*Node {
				if mixed {
					MixedPrecision(in[0].Graph())
				}
				y := f(in)
				for _, unused := range in {
					y[0] = Add(y[0], MulScalar(ReduceAllSum(unused), 0))
				}
				return y
			}, x, kernel, features, weights)
		}
		exact, rounded := run(false), run(true)
		compare(t, name, rounded, exact, 1.0/64)
		largest := 0.0
		for k := range exact {
			for i := range exact[k] {
				largest = max(largest, math.Abs(float64(exact[k][i]-rounded[k][i])))
			}
		}
		if largest < 1e-3 {
			t.Errorf("%s: mixed precision changes values by at most %g", name, largest)
		}
	}
}
