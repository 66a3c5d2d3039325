package onednn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend/onednn"
	"ferlab/fer/nn"
)

// A step of Adam's overwrites weights, both averages and nothing else. Where oneDNN has nothing to do, its losses are
// XLA's to the bit.
func TestOverwrittenWeights(t *testing.T) {
	both, xla := backends(t)
	net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.ReLU(s, nn.Dense(s, nn.Flatten(s, x), 64)) // Two kernels of at least 1,024 weights,
		x = nn.ReLU(s, nn.Dense(s, x, 64))
		return nn.Dense(s, x, fer.NumEmotions) // and one of fewer.
	}
	adam := optimizer.Adam().LearningRate(1e-3).Done()
	var got []float32
	programs := onednn.Programs(func() { got = train(t, both, net, adam, false, 8) })
	if want := train(t, xla, net, adam, false, 8); !slices.Equal(got, want) || got[0] == got[7] {
		t.Errorf("losses %v, want XLA's %v", got, want)
	}
	step := slices.MaxFunc(programs, func(a, b string) int { return len(a) - len(b) })
	if n := onednn.Aliased(step); n != 2*3 {
		t.Errorf("%d arguments are overwritten, want 6", n)
	}
}

// An argument that isn't given away keeps its values, though a result might overwrite it.
func TestKeptArgument(t *testing.T) {
	both, _ := backends(t)
	var doubled *graph.Exec
	double := func(x *graph.Node) *graph.Node { return graph.MulScalar(x, 2) }
	x := tensors.FromValue(slices.Repeat([]float32{1, 2, 3, 4}, 1024))
	programs := onednn.Programs(func() {
		doubled = graph.MustNewExec(both, double)
		for range 3 {
			y := tensors.MustCopyFlatData[float32](doubled.MustCall(x)[0])
			if !slices.Equal(y[:4], []float32{2, 4, 6, 8}) {
				t.Fatalf("twice 1, 2, 3, 4 is %v", y[:4])
			}
		}
	})
	if n := onednn.Aliased(programs[0]); n != 1 {
		t.Errorf("%d arguments may be overwritten, want 1", n)
	}
	if got := tensors.MustCopyFlatData[float32](x); !slices.Equal(got[:4], []float32{1, 2, 3, 4}) {
		t.Errorf("the argument is %v after the calls", got[:4])
	}
}

// The successor of an argument is the nearest result of its type, whatever the order; what is small, or has attributes
// already, stays as it is.
func TestAlias(t *testing.T) {
	const program = `module @test {
  func.func @main(%p: tensor<64x32xf32>, %m: tensor<64x32xf32>, %g: tensor<64x32xf32>, %b: tensor<8xf32>, ` +
		`%n: tensor<2048xi32>) -> (tensor<64x32xf32>, tensor<8xf32>, tensor<64x32xf32>, tensor<2048xi32>) {
    %0 = "stablehlo.multiply"(%m, %m) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
    %1 = "stablehlo.add"(%0, %g) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
    %2 = "stablehlo.negate"(%1) : (tensor<64x32xf32>) -> tensor<64x32xf32>
    %3 = "stablehlo.subtract"(%p, %2) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
    "stablehlo.return"(%3, %b, %0, %n) : (tensor<64x32xf32>, tensor<8xf32>, tensor<64x32xf32>, tensor<2048xi32>) -> ()
  }
}`
	want := strings.NewReplacer("%p: tensor<64x32xf32>", "%p: tensor<64x32xf32> {tf.aliasing_output = 0 : i32}",
		"%m: tensor<64x32xf32>", "%m: tensor<64x32xf32> {tf.aliasing_output = 2 : i32}").Replace(program)
	if got := onednn.Alias(program); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := onednn.Alias(want); got != want {
		t.Errorf("a program with attributes became\n%s", got)
	}
	for _, other := range []string{"", "module @m {}", strings.Replace(program, "module @test",
		"module @test attributes {stablehlo.num_replicas = 2}", 1)} {
		if got := onednn.Alias(other); got != other {
			t.Errorf("%q became %q", other, got)
		}
	}
}
