package main

import (
	"context"
	"log"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"ferlab/experiments/internal/bench"
	"ferlab/fer/model"
)

// products measures products of matrices by Ferlab and PyTorch, which has oneDNN on a CPU, in either precision.
func products(ctx context.Context, b *bench.Benchmark, programs []bench.Contender) error {
	var list []bench.Contender
	for _, p := range programs {
		if slices.Contains([]string{"ferlab", "ferlab-bf16", "torch", "torch-cl-bf16"}, p.Name) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	result, err := bench.Measure(ctx, bench.Case{Task: "matmul", Batch: 1}, list, b.Settings, log.Printf)
	if err != nil {
		return err
	}
	const flops = 2 * matmulSize * matmulSize * matmulSize / 1e9
	for _, m := range result.Measurements {
		if m.Skipped != "" {
			continue
		}
		if m.Contender == "ferlab" {
			b.Matmul = m.PerSecond.High * flops
		}
		b.Products = append(b.Products, bench.Product{Contender: m.Contender, GFLOPS: bench.Spread{
			Median: m.PerSecond.Median * flops, Low: m.PerSecond.Low * flops, High: m.PerSecond.High * flops}})
		log.Printf("matrix product by %s: %.0f GFLOP/s", m.Contender, m.PerSecond.Median*flops)
	}
	return nil
}

// multiplyAdds are those of an image's forward pass.
func multiplyAdds(net string) (int, error) {
	s, err := model.Summarize(ferlabNets(0)[net])
	if err != nil {
		return 0, err
	}
	return s.MultiplyAdds(), nil
}

// matmul returns a step that multiplies two large matrices, of bfloat16 if mixed, into float32.
func matmul(b compute.Backend, mixed bool) (func() error, error) {
	exec, err := graph.NewExec(b, func(x *graph.Node) *graph.Node {
		if mixed {
			x = graph.ConvertDType(x, dtypes.BFloat16)
		}
		return graph.ReduceAllSum(graph.Dot(x, x).WithOutputDType(dtypes.Float32).Product())
	})
	if err != nil {
		return nil, err
	}
	random, err := graph.NewExec(b, func(g *graph.Graph) *graph.Node {
		return graph.DivScalar(graph.Iota(g, shapes.Make(dtypes.Float32, matmulSize, matmulSize), 0), matmulSize)
	})
	if err != nil {
		return nil, err
	}
	x, err := random.Call()
	if err != nil {
		return nil, err
	}
	return func() error {
		out, err := exec.Call(x[0])
		if err != nil {
			return err
		}
		out[0].Value()
		return out[0].FinalizeAll()
	}, nil
}
