package nn

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// Dropout zeroes elements with probability rate in training and scales the others by 1/(1−rate); it does nothing in
// inference (Srivastava et al. 2014). The rate is rounded to a multiple of 1/256.
//
// GoMLX's dropout draws a float per element, an eighth of a training step on a CPU; this one draws a byte, and faster.
func Dropout(s *model.Scope, x *Node, rate float64) *Node {
	name := nextName(x.Graph(), "dropout")
	return record(Layer{Name: name, Type: "Dropout", Output: dropout(s, x, rate)})
}

func dropout(s *model.Scope, x *Node, rate float64) *Node {
	g := x.Graph()
	threshold := math.Round(rate * 256)
	if threshold <= 0 || !s.Store().IsTraining(g) {
		return x
	}
	bytes, keys := randomBytes(s, g, x.Shape().Size())
	kept := ConvertDType(GreaterOrEqual(bytes, Scalar(g, dtypes.Uint8, threshold)), x.DType())
	mask := keep(MulScalar(Reshape(kept, x.Shape().Dimensions...), 256/(256-threshold)), keys)
	return Mul(x, mask)
}

// randomBytes draws n uniform bytes, four to a word: the words are hashes of their indices, under keys drawn from the
// store's generator. So a counter-based generator works (Salmon et al. 2011), here with twice the finalizer of
// MurmurHash3 (Appleby 2011) as its function: XLA turns that into vector code, thirty times as fast on a CPU as its own
// generator.
func randomBytes(s *model.Scope, g *Graph, n int) (bytes, keys *Node) {
	words := (n + 3) / 4
	keys = s.RandomIntN(g, uint64(1<<32), shapes.Make(dtypes.Uint32, 2))
	x := Iota(g, shapes.Make(dtypes.Uint32, words), 0)
	for i := range 2 {
		x = mix(BitwiseXor(x, Slice(keys, AxisElem(i))))
	}
	return Slice(Reshape(Bitcast(x, dtypes.Uint8), words*4), AxisRange(0, n)), keys
}

// mix is MurmurHash3's finalizer of 32 bits: a permutation of the words in which every bit depends on every bit.
func mix(x *Node) *Node {
	shifted := func(bits int) *Node { return BitwiseXor(x, BitwiseShiftRightLogicalScalar(x, bits)) }
	x = Mul(shifted(16), Scalar(x.Graph(), x.DType(), uint32(0x85ebca6b)))
	x = Mul(shifted(13), Scalar(x.Graph(), x.DType(), uint32(0xc2b2ae35)))
	return shifted(16)
}
