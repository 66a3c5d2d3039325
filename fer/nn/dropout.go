package nn

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// Dropout zeroes elements with probability rate in training and scales the others by 1/(1−rate); it does nothing in inference
// (Srivastava et al. 2014). The rate is rounded to a multiple of 1/256.
//
// GoMLX's dropout draws a float per element, an eighth of a training step on a CPU; this one draws a byte.
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
	keep := GreaterOrEqual(randomBytes(s, g, x.Shape().Size()), Scalar(g, dtypes.Uint8, threshold))
	keep = Reshape(keep, x.Shape().Dimensions...)
	return Where(keep, MulScalar(x, 256/(256-threshold)), ZerosLike(x))
}

// randomBytes draws n uniform bytes from the store's generator, four to a generated word.
func randomBytes(s *model.Scope, g *Graph, n int) *Node {
	words := (n + 3) / 4
	bits := s.RandomIntN(g, uint64(1<<32), shapes.Make(dtypes.Uint32, words))
	return Slice(Reshape(Bitcast(bits, dtypes.Uint8), words*4), AxisRange(0, n))
}
