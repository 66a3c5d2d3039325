package onednn

import (
	"fmt"
	"slices"
)

// kind is what an operation computes.
type kind int

const ( // In the order of plan.h.
	product kind = iota
	forward
	inputGradient
	kernelGradient
)

func (k kind) String() string {
	return [...]string{"product", "convolution", "input's gradient", "kernel's gradient"}[k]
}

// array is how an array lies in memory: its axes in oneDNN's order, strides in elements.
type array struct {
	bf16          bool // Else float32.
	dims, strides [4]int
}

// size is the number of elements.
func (a array) size() int {
	n := 1
	for _, d := range a.dims {
		n *= max(d, 1) // A matrix has two axes.
	}
	return n
}

// ordered reports whether the array lies without gaps, its axes in that order, the last one's neighbours side by side.
func (a array) ordered(axes ...int) bool {
	stride := 1
	for _, axis := range slices.Backward(axes) {
		if a.strides[axis] != stride {
			return false
		}
		stride *= a.dims[axis]
	}
	return true
}

// operation is one that oneDNN may run: a product source [m, k] · weights [k, n] = result [m, n]; a convolution of
// source [n, c, h, w] with weights [o, c, h, w] to result [n, o, h, w]; or the gradient of such a convolution's source
// or weights. The window starts low zeros before the source and ends high zeros behind it. Fixed weights lie as
// float32, and never change; the steps of an epilogue may follow.
type operation struct {
	kind                        kind
	fixed                       bool
	steps                       string
	source, weights, result     array
	stride, dilation, low, high [2]int
}

// number stands for the operation in programs, the same in all processes.
func (o operation) number() int64 { return hash(fmt.Sprintf("%+v", o)) }

// rank is the number of the arrays' axes.
func (o operation) rank() int {
	if o.kind == product {
		return 2
	}
	return 4
}

// multiplyAdds counts those of the operation.
func (o operation) multiplyAdds() int {
	if o.kind == product {
		return o.source.dims[0] * o.source.dims[1] * o.weights.dims[1]
	}
	r, w := o.result.dims, o.weights.dims
	return r[0] * r[1] * r[2] * r[3] * w[1] * w[2] * w[3]
}

// bf16 reports whether the factors are of bfloat16.
func (o operation) bf16() bool {
	if o.kind == inputGradient {
		return o.result.bf16
	}
	return o.source.bf16
}
