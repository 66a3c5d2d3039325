package nn

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

	"ferlab/fer/backend"
	"ferlab/fer/backend/backendtest"
)

// The forms that a GPU gets pass the tests, run by the CPU's plugin.
func TestGPUForms(t *testing.T) {
	backendtest.RunAsGPU(t, "^Test(MaxPoolTies|MixedPrecision|PaddedConvolution)$")
}

// A card's convolutions and products, as fast as it computes them, are the pure-Go backend's within the 10 bits of
// TF32.
func TestCard(t *testing.T) {
	card := backendtest.Card(t)
	pureGo, err := backend.New("go")
	if err != nil {
		t.Fatal(err)
	}
	x, kernel, a, w := random(1, 4, 12, 12, 32), random(2, 3, 3, 32, 48), random(3, 64, 300), random(4, 300, 40)
	conv := func(in []*Node) []*Node { return []*Node{Convolution(in[0], in[1])} }
	compare(t, "convolution", valuesAndGradients(t, card, conv, x, kernel), valuesAndGradients(t, pureGo, conv, x,
		kernel), 1.0/256)
	dense := func(in []*Node) []*Node { return []*Node{matMul(in[0], in[1])} }
	compare(t, "dense", valuesAndGradients(t, card, dense, a, w), valuesAndGradients(t, pureGo, dense, a, w), 1.0/256)
}
