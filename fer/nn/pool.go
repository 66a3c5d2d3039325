package nn

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// MaxPool2D takes the maximum of every 2×2 window, stride 2: [batch, h, w, c] → [batch, ⌊h/2⌋, ⌊w/2⌋, c].
func MaxPool2D(_ *model.Scope, x *Node) *Node {
	return record(Layer{Name: nextName(x.Graph(), "pool"), Type: "MaxPooling2D", Output: maxPool(x), Kernel: 2,
		Stride: 2})
}

// maxPool is a max-pool of 2×2 windows whose tied maxima share the gradient equally, on every backend.
//
// It is the maximum of four slices, with the gradient written by hand: that of GoMLX's own pooling
// (select-and-scatter) gives all of it to one of the tied, takes up to a third of a training step on XLA's CPU backend,
// and is missing from the pure-Go backend.
func maxPool(x *Node) *Node {
	return withVJP([]*Node{x}, func(in []*Node) *Node {
		w := windows2x2(in[0])
		return Max(Max(w[0], w[1]), Max(w[2], w[3]))
	}, func(in []*Node, dy *Node) []*Node { return []*Node{maxPoolGradient(in[0], dy)} })
}

// maxPoolGradient gives the maxima of every window of x their shares of dy. It compares each element with the other
// three of its window, not with the maximum that the forward pass found: where x is cheap, XLA computes it anew for
// every reader, with other roundings, and nothing might equal that maximum.
func maxPoolGradient(x, dy *Node) *Node {
	d := x.Shape().Dimensions
	h, w := d[1]/2, d[2]/2
	windows := inWindows(x)
	highest, ties := OnesLike(windows), OnesLike(windows) // As numbers: XLA on a CPU is slow with truth values.
	for _, axes := range [][]int{{2}, {4}, {2, 4}} {
		other := Reverse(windows, axes...)
		highest = Mul(highest, ConvertDType(GreaterOrEqual(windows, other), x.DType()))
		ties = Add(ties, ConvertDType(GreaterOrEqual(other, windows), x.DType()))
	}
	dx := Mul(Reshape(dy, d[0], h, 1, w, 1, d[3]), Div(highest, ties))
	dx = Reshape(dx, d[0], 2*h, 2*w, d[3])
	if d[1]%2 != 0 || d[2]%2 != 0 {
		dx = padHW(dx, 0, 0, d[1]%2, 0, d[2]%2)
	}
	return dx
}

// inWindows reshapes x to its 2×2 windows, [b, ⌊h/2⌋, 2, ⌊w/2⌋, 2, c]; an odd last row or column is dropped.
func inWindows(x *Node) *Node {
	d := x.Shape().Dimensions
	h, w := d[1]/2, d[2]/2
	if d[1]%2 != 0 || d[2]%2 != 0 {
		x = Slice(x, AxisRange(), AxisRange(0, 2*h), AxisRange(0, 2*w), AxisRange())
	}
	return Reshape(x, d[0], h, 2, w, 2, d[3])
}

// windows2x2 returns the four elements of every 2×2 window of x, each [b, ⌊h/2⌋, ⌊w/2⌋, c].
func windows2x2(x *Node) [4]*Node {
	x = inWindows(x)
	d := x.Shape().Dimensions
	var parts [4]*Node
	for k := range parts {
		part := Slice(x, AxisRange(), AxisRange(), AxisElem(k/2), AxisRange(), AxisElem(k%2), AxisRange())
		parts[k] = Reshape(part, d[0], d[1], d[3], d[5])
	}
	return parts
}

// windowMax returns the maximum of every 2×2 window and the share of its gradient that each tied maximum gets:
// 1 / number of ties. x must be an array, such as a convolution's output or that with other signs: see maxPoolGradient.
func windowMax(x *Node) (y, share *Node) {
	w := windows2x2(x)
	y = Max(Max(w[0], w[1]), Max(w[2], w[3]))
	ties := ConvertDType(Equal(w[0], y), y.DType())
	for _, part := range w[1:] {
		ties = Add(ties, ConvertDType(Equal(part, y), y.DType()))
	}
	return y, Reciprocal(ties)
}

// unpool puts dy where x equals the maximum y of its window, 0 elsewhere.
func unpool(x, y, dy *Node) *Node {
	d := x.Shape().Dimensions
	return Where(Equal(x, upsample(y, d[1], d[2], math.Inf(1))), upsample(dy, d[1], d[2], 0), ZerosLike(x))
}

// upsample repeats every element of [b, h, w, c] 2×2 times and pads with fill to height × width.
func upsample(x *Node, height, width int, fill float64) *Node {
	d := x.Shape().Dimensions
	y := BroadcastToDims(Reshape(x, d[0], d[1], 1, d[2], 1, d[3]), d[0], d[1], 2, d[2], 2, d[3])
	y = Reshape(y, d[0], 2*d[1], 2*d[2], d[3])
	if height != 2*d[1] || width != 2*d[2] {
		y = padHW(y, fill, 0, height-2*d[1], 0, width-2*d[2])
	}
	return y
}

// fastForms reports whether a graph's backend gains from this package's own forms: XLA on a CPU, and the pure-Go
// backend, which lacks some operations or their gradients.
func fastForms(g *Graph) bool {
	return backend.IsXLACPU(g.Backend()) || g.Backend().String() == "go"
}

// hasOneDNN reports whether a graph's convolutions run through oneDNN: those of float32, and, if bfloat16 is true,
// those of bfloat16 too. Those of a graph for several devices don't.
func hasOneDNN(g *Graph) (has, bfloat16 bool) {
	if g.NumDevices() > 1 {
		return false, false
	}
	return backend.HasOneDNN(g.Backend())
}
