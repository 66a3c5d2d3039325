package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
)

// withVJP returns y = forward(inputs) with a hand-written gradient: backward(dy) returns one gradient per input.
//
// GoMLX v0.28.2 has custom gradients for functions of one input only. So forward is hidden from automatic
// differentiation behind StopGradient, and every input stays connected to y through a term that is the constant 0 (XLA
// folds it away): differentiation visits the inputs and asks for their gradient, which is backward's. First-order
// gradients only.
func withVJP(inputs []*Node, forward func(inputs []*Node) *Node,
	backward func(inputs []*Node, dy *Node) []*Node) *Node {
	g := inputs[0].Graph()
	if isFrozen(g) {
		return forward(inputs)
	}
	var dy *Node
	var grads []*Node
	y := StopGradient(forward(inputs))
	zero := ScalarZero(g, y.DType())
	connection := zero
	for i := range inputs {
		in := IdentityWithCustomGradient(inputs[i], func(_, _ *Node) *Node {
			if grads == nil {
				grads = backward(inputs, dy)
			}
			return grads[i]
		})
		first := make([]SliceAxisSpec, in.Rank())
		for axis := range first {
			first[axis] = AxisElem(0)
		}
		element := ConvertDType(Reshape(Slice(in, first...)), y.DType())
		connection = Add(connection, Where(Const(g, false), element, zero))
	}
	return IdentityWithCustomGradient(Add(y, connection), func(_, v *Node) *Node { dy, grads = v, nil; return v })
}
