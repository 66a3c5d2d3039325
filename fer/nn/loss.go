package nn

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
)

// CrossEntropy is the cross-entropy of every example, [batch], between logits [batch, classes] and labels, int32 [batch],
// with label smoothing: the target is 1−smoothing on the label plus smoothing/classes on every class (Szegedy et al. 2016;
// Keras's and PyTorch's definition). GoMLX v0.28.2 has the loss without smoothing only.
func CrossEntropy(logits, labels *Node, smoothing float64) *Node {
	classes := logits.Shape().Dimensions[1]
	target := OneHot(labels, classes, dtypes.Float32)
	if smoothing != 0 {
		target = AddScalar(MulScalar(target, 1-smoothing), smoothing/float64(classes))
	}
	return Neg(ReduceSum(Mul(target, LogSoftmax(logits)), -1))
}
