package nn

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
)

// CrossEntropy is the cross-entropy of every example, [batch], between logits [batch, classes] and labels, int32
// [batch], with label smoothing, see [Targets]. GoMLX v0.28.2 has the loss without smoothing only.
func CrossEntropy(logits, labels *Node, smoothing float64) *Node {
	return SoftCrossEntropy(logits, Targets(labels, logits.Shape().Dimensions[1], smoothing))
}

// Targets are the one-hot rows of labels, int32 [batch], with label smoothing: 1−smoothing on the label plus
// smoothing/classes on every class (Szegedy et al. 2016; Keras's and PyTorch's definition); [batch, classes].
func Targets(labels *Node, classes int, smoothing float64) *Node {
	target := OneHot(labels, classes, dtypes.Float32)
	if smoothing != 0 {
		target = AddScalar(MulScalar(target, 1-smoothing), smoothing/float64(classes))
	}
	return target
}

// SoftCrossEntropy is the cross-entropy of every example, [batch], between logits and target probabilities, both
// [batch, classes].
func SoftCrossEntropy(logits, targets *Node) *Node {
	return Neg(ReduceSum(Mul(ConvertDType(targets, logits.DType()), LogSoftmax(logits)), -1))
}

// Distillation is the loss of every example, [batch], of logits against a teacher's probabilities at a temperature,
// both [batch, classes]: the cross-entropy at that temperature, times its square, so that gradients keep their size
// (Hinton, Vinyals & Dean 2015).
func Distillation(logits, teacher *Node, temperature float64) *Node {
	return MulScalar(SoftCrossEntropy(DivScalar(logits, temperature), teacher), temperature*temperature)
}

// Mixup blends every example with another of its batch (Zhang et al. 2018): x ← λ·x + (1−λ)·x′, where x′ is the batch
// in reverse order. Apply it to images and targets with the same λ, a scalar node in [0, 1]; the batch must be
// shuffled.
func Mixup(x, lambda *Node) *Node {
	return Add(Mul(x, lambda), Mul(Reverse(x, 0), OneMinus(lambda)))
}
