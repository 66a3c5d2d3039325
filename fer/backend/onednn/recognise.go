package onednn

import (
	"regexp"
	"slices"
	"strings"
)

// recognise says what operation of oneDNN a statement is, and returns the statement with the operands that the
// operation takes: the kernel of which a gradient's is the reverse, and bfloat16 instead of float32 converted from it.
func (v values) recognise(s statement) (statement, operation, bool) {
	if reversed, ok := v.reversed[s.operands[1]]; ok && s.kind == "convolution" {
		gradient := s
		gradient.operands[1] = reversed[0]
		gradient = v.narrow(gradient)
		if axes, ok := parseInts(reversed[1]); ok {
			if op, ok := gradient.convolution(axes); ok {
				return gradient, op, true
			}
		}
	}
	s = v.narrow(s)
	if s.kind == "dot_general" {
		op, ok := s.product()
		return s, op, ok
	}
	op, ok := s.convolution(nil)
	return s, op, ok
}

// product reads a product of two matrices.
func (s statement) product() (op operation, ok bool) {
	a, oka := parseType(s.types[0], 2)
	b, okb := parseType(s.types[1], 2)
	c, okc := parseType(s.types[2], 2)
	if !oka || !okb || !okc || !sameFactors(a, b, c) {
		return op, false
	}
	lhs, okl := s.ints("lhs_contracting_dimensions", "[", "]")
	rhs, okr := s.ints("rhs_contracting_dimensions", "[", "]")
	batch, _ := s.ints("lhs_batching_dimensions", "[", "]")
	if !okl || !okr || len(lhs) != 1 || len(rhs) != 1 || len(batch) != 0 {
		return op, false
	}
	a, b = a.transposed(1-lhs[0], lhs[0]), b.transposed(rhs[0], 1-rhs[0])
	return operation{kind: product, source: a, weights: b, result: c}, true
}

// sameFactors reports whether two factors are of one type, and their result is of that or of float32.
func sameFactors(a, b, result array) bool {
	return a.bf16 == b.bf16 && (a.bf16 || !result.bf16)
}

// convolution reads a convolution of images; reversed are the axes along which its kernel is to be reversed first, if
// any.
func (s statement) convolution(reversed []int) (op operation, ok bool) {
	labels, padding := labelsRE.FindStringSubmatch(s.attributes), paddingRE.FindStringSubmatch(s.attributes)
	strides, ok1 := s.pair("window_strides")
	dilation, ok2 := s.pair("rhs_dilation")
	inputDilation, ok3 := s.pair("lhs_dilation")
	if labels == nil || padding == nil || !ok1 || !ok2 || !ok3 || !oneGroup.MatchString(s.attributes) {
		return op, false
	}
	var arrays [3]array
	var spatial []int // The kernel's axes of height and width.
	for i, names := range [3]string{"b, f, 0, 1", "o, i, 0, 1", "b, f, 0, 1"} {
		a, ok := parseType(s.types[i], 4)
		order := axes(labels[1+i], names)
		if !ok || slices.Contains(order, -1) {
			return op, false
		}
		arrays[i] = a.transposed(order...)
		if i == 1 {
			spatial = order[2:]
		}
	}
	x, kernel, y := arrays[0], arrays[1], arrays[2]
	if !sameFactors(x, kernel, y) {
		return op, false
	}
	low, ok := parseInts(padding[1] + "," + padding[3])
	if !ok {
		return op, false
	}
	op = operation{kind: forward, source: x, weights: kernel, result: y}
	op.stride, op.dilation, op.low = strides, dilation, [2]int(low)
	one := [2]int{1, 1}
	switch {
	case len(reversed) > 0: // x is the gradient of the result, y that of the source.
		if slices.Sort(spatial); !slices.Equal(spatial, reversed) || strides != one {
			return op, false
		}
		op.kind, op.stride = inputGradient, inputDilation
		op.source, op.weights, op.result = y, kernel.swapped(), x
		for i := range 2 {
			op.low[i] = (kernel.dims[2+i]-1)*dilation[i] - op.low[i]
		}
	case inputDilation != one:
		return op, false
	case x.strides[0] == 1 && x.strides[1] != 1: // It sums over x's images: y is the gradient of a kernel.
		op.kind, op.stride, op.dilation = kernelGradient, dilation, strides
		op.source, op.weights, op.result = x.swapped(), y.swapped(), kernel.swapped()
	}
	for i := range 2 {
		window := (op.weights.dims[2+i]-1)*op.dilation[i] + 1
		op.high[i] = (op.result.dims[2+i]-1)*op.stride[i] + window - op.source.dims[2+i] - op.low[i]
		if op.low[i] < 0 {
			return op, false
		}
	}
	return op, true
}

// oneGroup matches the attributes of a convolution of one group whose window isn't reversed.
var oneGroup = regexp.MustCompile(
	`(?s)batch_group_count = 1 .*feature_group_count = 1 .*window_reversal = array<i1: false, false>`)

// axes tells where each of the named axes stands in a list such as "b, 0, 1, f"; -1 if it doesn't.
func axes(list, names string) []int {
	have := strings.Split(list, ", ")
	var places []int
	for _, name := range strings.Split(names, ", ") {
		places = append(places, slices.Index(have, name))
	}
	return places
}
