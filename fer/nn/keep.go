package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

	"ferlab/fer/backend"
)

// keep returns x, a floating-point node with several readers, as an array of its own.
//
// XLA on a CPU fuses a cheap node into every reader, which then computes it again for each element that it reads, up to
// four times in an upsampling; it makes an array only of what it holds to be expensive, such as a division. So this
// divides by 1, which the compiler can't know: it is 1 + 0·v of an element v of some node that is finite, such as a
// parameter. GoMLX v0.28.2's OptimizationBarrier does nothing on a CPU.
func keep(x, finite *Node) *Node {
	if !backend.IsXLACPU(x.Graph().Backend()) {
		return x
	}
	first := make([]SliceAxisSpec, finite.Rank())
	for axis := range first {
		first[axis] = AxisElem(0)
	}
	v := ConvertDType(Reshape(Slice(finite, first...)), x.DType())
	return Div(x, AddScalar(MulScalar(v, 0), 1))
}
