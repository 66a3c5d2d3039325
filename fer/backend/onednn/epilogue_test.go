package onednn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer/backend/onednn"
)

// block is four convolutions, or products, with all that may follow: what the first makes is added to the second, and
// the others are added to each other.
func block(x *Node, w func(name string) *Node, round func(*Node) *Node) *Node {
	wide := func(name string) *Node { return ExpandLeftToRank(w(name), x.Rank()) }
	a := Add(Mul(Add(layer(x, w("k1"), round), wide("v1")), wide("v2")), wide("v1")) // Read twice.
	b := MaxScalar(Add(Add(layer(MaxScalar(a, 0), w("k2"), round), wide("v2")), a), 0)
	return Mul(Add(layer(b, w("k1"), round), layer(x, w("k2"), round)), Add(wide("v1"), wide("v2")))
}

// An operation with its epilogue gives the same as XLA's, over random shapes; each step is taken once, and only where
// nobody else reads its operand.
func TestEpilogue(t *testing.T) {
	both, xla := backends(t)
	rng := rand.New(rand.NewPCG(8, 1))
	between := func(low, high int) int { return low + rng.IntN(high-low+1) }
	want := map[bool][]string{false: {"ama", "asr", "sm", ""}, true: {"ama", "asrb", "sm", ""}}
	for i := range 6 {
		batch, channels := between(1, 40), between(16, 90)
		images, k := []int{batch, channels}, []int{channels, channels}
		if i%2 == 0 {
			images, k = []int{batch, between(5, 20), between(5, 20), channels}, []int{3, 3, channels, channels}
		}
		weights := map[string]*tensors.Tensor{"k1": random(rng, k...), "k2": random(rng, k...),
			"v1": random(rng, channels), "v2": random(rng, channels)}
		x := random(rng, images...)
		for _, bf16 := range []bool{false, true} {
			name := fmt.Sprint(images, bf16)
			var got [][]float32
			programs := onednn.Programs(func() { got = frozen(t, both, block, weights, bf16)(x) })
			tolerance := 1e-5
			if bf16 {
				tolerance = 1e-2
			}
			compare(t, name, got, frozen(t, xla, block, weights, bf16)(x), tolerance)
			if steps := onednn.Steps(programs[len(programs)-1]); !slices.Equal(steps, want[bf16]) {
				t.Errorf("%s: the steps are %q, want %q", name, steps, want[bf16])
			}
		}
	}
}

// ReLU keeps what isn't a number.
func TestEpilogueNaN(t *testing.T) {
	both, _ := backends(t)
	of := func(x *Node, w func(string) *Node, round func(*Node) *Node) *Node {
		return MaxScalar(single(x, w, round), 0)
	}
	for _, images := range [][]int{{4, 64}, {2, 9, 9, 64}} {
		x := tensors.FromScalarAndDimensions(float32(math.NaN()), images...)
		k := random(rand.New(rand.NewPCG(9, 1)), append([]int{3, 3}[:len(images)-2], 64, 64)...)
		for _, bf16 := range []bool{false, true} {
			for _, v := range frozen(t, both, of, map[string]*tensors.Tensor{"k": k}, bf16)(x)[0] {
				if v == v {
					t.Fatalf("bfloat16 %v: %v of NaN", bf16, v)
				}
			}
		}
	}
}
