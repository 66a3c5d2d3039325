package onednn_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend/onednn"
)

// net makes a graph of its input, of weights by name, and of a rounding of factors.
type net func(x *Node, w func(name string) *Node, round func(*Node) *Node) *Node

// layer is a convolution, or a product of matrices.
func layer(x, k *Node, round func(*Node) *Node) *Node {
	x, k = round(x), round(k)
	if x.Rank() == 2 {
		return Dot(x, k).Product()
	}
	return Convolve(x, k).PadSame().Done()
}

// single is a net of one layer, of the weights k.
func single(x *Node, w func(name string) *Node, round func(*Node) *Node) *Node {
	return layer(x, w("k"), round)
}

// frozen returns a function that runs a net with weights that never change, in float32 or with factors rounded to
// bfloat16.
func frozen(t *testing.T, b compute.Backend, of net, weights map[string]*tensors.Tensor,
	bf16 bool) func(x *tensors.Tensor) [][]float32 {
	t.Helper()
	clone := func(x *tensors.Tensor) *tensors.Tensor {
		copied, err := x.Clone()
		if err != nil {
			t.Fatal(err)
		}
		return copied
	}
	store := gomlx.NewStore()
	owner := store.VariableWithValue("/"+onednn.OwnerName, onednn.NewOwner(store))
	variables := map[string]*gomlx.Variable{}
	for name, w := range weights {
		variables[name] = store.VariableWithValue("/"+name, clone(w))
	}
	exec, err := gomlx.NewExec(b, store, func(_ *gomlx.Scope, x *Node) *Node {
		owner.NodeValue(x.Graph())
		round := func(x *Node) *Node { return x }
		if bf16 {
			round = asBFloat16
		}
		return of(x, func(name string) *Node { return variables[name].NodeValue(x.Graph()) }, round)
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(x *tensors.Tensor) [][]float32 {
		out, err := exec.Call(clone(x))
		if err != nil {
			t.Fatal(err)
		}
		runtime.KeepAlive(store)
		return [][]float32{tensors.MustCopyFlatData[float32](out[0])}
	}
}

// Over random shapes, results with fixed weights are XLA's, for each of two owners of the same program whose weights
// differ, in the first run and later ones.
func TestFixed(t *testing.T) {
	both, xla := backends(t)
	rng := rand.New(rand.NewPCG(5, 1))
	between := func(low, high int) int { return low + rng.IntN(high-low+1) }
	ran, all := 0, 0
	for i := range 8 {
		batch, in, out, size := between(1, 40), between(1, 70), between(16, 90), between(1, 5)
		images, kernel := []int{batch, in}, []int{in, out}
		if i%2 == 0 {
			images, kernel = []int{batch, between(5, 20), between(5, 20), in}, []int{size, size, in, out}
		}
		for _, bf16 := range []bool{false, true} {
			var ours, theirs [2]func(*tensors.Tensor) [][]float32
			for k := range ours {
				w := map[string]*tensors.Tensor{"k": random(rng, kernel...)}
				ours[k], theirs[k] = frozen(t, both, single, w, bf16), frozen(t, xla, single, w, bf16)
			}
			for range 2 {
				x := random(rng, images...)
				for k := range ours {
					before := onednn.Runs()
					got := ours[k](x)
					ran += onednn.Runs() - before
					if all++; bf16 && !onednn.HasBFloat16() {
						all--
					}
					compare(t, fmt.Sprint(images, kernel, bf16), got, theirs[k](x), 1e-5)
				}
			}
		}
	}
	if t.Logf("oneDNN ran %d of %d operations", ran, all); ran < all*3/4 {
		t.Errorf("oneDNN ran %d of %d operations, want three of four", ran, all)
	}
}

// Weights are arranged once for all runs and batches, and what is kept of them goes with their owner.
func TestKept(t *testing.T) {
	both, _ := backends(t)
	rng := rand.New(rand.NewPCG(6, 1))
	collect := func(want int) (kept int) {
		for range 100 {
			runtime.GC()
			if kept = onednn.Kept(); kept <= want {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		return kept
	}
	before := collect(0)
	w, x := map[string]*tensors.Tensor{"k": random(rng, 3, 3, 32, 64)}, random(rng, 4, 12, 12, 32)
	a, b := frozen(t, both, single, w, false), frozen(t, both, single, w, false)
	for range 3 {
		a(x)
		b(x)
	}
	a(random(rng, 4, 9, 9, 32))
	if kept := onednn.Kept() - before; kept != 2 {
		t.Errorf("%d arrays are kept for two owners of one each", kept)
	}
	runtime.KeepAlive(a)
	a = nil
	if kept := collect(before+1) - before; kept != 1 {
		t.Errorf("%d arrays are kept when one owner of two is gone", kept)
	}
	b(x)
}

// Only products and convolutions of arguments are taken with fixed weights, and only in programs with an owner.
func TestOwner(t *testing.T) {
	const product = `
    %y = "stablehlo.dot_general"(%x, WEIGHTS) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>
    } : (tensor<64x32xf32>, tensor<32x32xf32>) -> tensor<64x32xf32>`
	program := `module @m {
  func.func @main(%x: tensor<64x32xf32>, %w: tensor<32x32xf32>, OWNER: tensor<i64>) -> tensor<64x32xf32> {` +
		strings.Replace(product, "WEIGHTS", "%w", 1) + strings.Replace(product, "WEIGHTS", "%made", 1) + `
  }
}`
	for owner, want := range map[string][]bool{"%_ferlab_owner": {true, false}, "%other": {false, false}} {
		rewritten, fixed := onednn.Fixed(strings.Replace(program, "OWNER", owner, 1))
		if !slices.Equal(fixed, want) {
			t.Errorf("with argument %s: fixed %v, want %v", owner, fixed, want)
		}
		passed := strings.Contains(rewritten, `"stablehlo.custom_call"(%x, %w, %_ferlab_owner)`)
		if passed != want[0] {
			t.Errorf("with argument %s: the owner is passed %v in\n%s", owner, passed, rewritten)
		}
	}
}
