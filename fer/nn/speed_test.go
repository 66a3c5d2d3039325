package nn

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// BenchmarkStep is a profile of a training step of the original report's CNN with a batch of 128: what each of its
// large pieces takes by itself.
//
//	go test ./fer/nn -run - -bench Step -benchtime 20x
func BenchmarkStep(b *testing.B) {
	const batch = 128
	size, in := 48, 1
	for i, filters := range []int{64, 128, 250, 500} {
		x, kernel := random(1, batch, size, size, in), random(2, 3, 3, in, filters)
		z, pooled := random(3, batch, size-2, size-2, filters), random(4, batch, (size-2)/2, (size-2)/2, filters)
		gamma, beta := random(5, filters), random(6, filters)
		gradient := func(of int) func(s *model.Scope, in []*Node) []*Node {
			return func(_ *model.Scope, in []*Node) []*Node {
				return Gradient(ReduceAllSum(Mul(Convolution(in[0], in[1]), in[2])), in[of])
			}
		}
		name := func(what string) string { return fmt.Sprint("conv", i+1, "/", what) }
		benchmark(b, name("forward"), func(_ *model.Scope, in []*Node) []*Node {
			return []*Node{Convolution(in[0],
				in[1])}
		}, x, kernel)
		benchmark(b, name("kernel"), gradient(1), x, kernel, z)
		if i > 0 {
			benchmark(b, name("input"), gradient(0), x, kernel, z)
		}
		benchmark(b, name("norm-pool-relu"), func(_ *model.Scope, in []*Node) []*Node {
			y, mean, variance := normPoolReLU(in[0], in[1], in[2])
			return append(Gradient(ReduceAllSum(Mul(y, in[3])), in[0], in[1], in[2]), mean, variance, y)
		}, z, gamma, beta, pooled)
		benchmark(b, name("dropout"), func(s *model.Scope, in []*Node) []*Node {
			s.Store().SetTraining(in[0].Graph(), true)
			return []*Node{dropout(s, in[0], 0.25)}
		}, pooled)
		size, in = (size-2)/2, filters
	}
}

// benchmark runs a graph; its results stay on the device, but for a number that tells that they are there.
func benchmark(b *testing.B, name string, f func(s *model.Scope, in []*Node) []*Node, inputs ...*tensors.Tensor) {
	b.Run(name, func(b *testing.B) {
		be, err := backend.Get()
		if err != nil {
			b.Fatal(err)
		}
		exec := model.MustNewExec(be, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
			out := f(s, in)
			return append(out, ReduceAllSum(Slice(out[0], AxisElem(0))))
		})
		args := make([]any, len(inputs))
		for i := range inputs {
			args[i] = inputs[i]
		}
		run := func() {
			out := exec.MustCall(args...)
			out[len(out)-1].Value()
			for _, t := range out {
				t.MustFinalizeAll()
			}
		}
		run() // Compiles.
		for b.Loop() {
			run()
		}
	})
}
