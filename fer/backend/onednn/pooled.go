package onednn

import (
	"fmt"
	"regexp"
)

// CanPool reports whether a convolution of the pixels of so many channels with so many taps (rows · columns ·
// channels), of stride 1 and without padding, of which a graph reads only the maxima of its 2×2 windows, runs in one
// with these: as pooled.c, which never writes the convolution's result.
func CanPool(taps, channels, filters int) bool {
	return taps <= 200 && channels <= 4 && filters%16 == 0
}

// The pooling of go-xla v0.4.1's StableHLO, and its gradient, which gives all to the first of equal maxima.
var (
	poolRE = regexp.MustCompile(`(?m)^( *)(%\S+) = "stablehlo\.reduce_window"\((%\S+), (%\S+)\) \(\{\n` +
		`.*\n *(%\S+) = "stablehlo\.maximum"\(.*\n *"stablehlo\.return"\((%\S+)\).*\n *\}\) \{\n` +
		` *base_dilations = array<i64: 1, 1, 1, 1>,\n` +
		` *padding = dense<\[\[0, 0\], \[0, 0\], \[0, 0\], \[0, 0\]\]> : tensor<4x2xi64>,\n` +
		` *window_dilations = array<i64: 1, 1, 1, 1>,\n` +
		` *window_dimensions = array<i64: 1, 2, 2, 1>,\n *window_strides = array<i64: 1, 2, 2, 1>\n` +
		` *\} : \(tensor<\S+>, tensor<f32>\) -> tensor<(\S+)>$`)
	unpoolRE = regexp.MustCompile(`(?m)^ *(%\S+) = "stablehlo\.select_and_scatter"\((%\S+), (%\S+), (%\S+)\) \(\{\n` +
		`.*\n *(%\S+) = "stablehlo\.compare"\(%lhs, %rhs\) \{\n.*comparison_type FLOAT>,\n` +
		`.*comparison_direction GE>\n.*\n *"stablehlo\.return"\((%\S+)\).*\n *\}, \{\n` +
		`.*\n *(%\S+) = "stablehlo\.add"\(.*\n *"stablehlo\.return"\((%\S+)\).*\n *\}\) \{\n` +
		` *padding = dense<\[\[0, 0\], \[0, 0\], \[0, 0\], \[0, 0\]\]> : tensor<4x2xi64>,\n` +
		` *window_dimensions = array<i64: 1, 2, 2, 1>,\n *window_strides = array<i64: 1, 2, 2, 1>\n` +
		` *\} : \(tensor<\S+>, tensor<(\S+)>, tensor<f32>\) -> tensor<\S+>$`)
	scalarRE = regexp.MustCompile(`(?m)^ *(%\S+) = "stablehlo\.constant"\(\) \{ value = dense<(\S+)> : tensor<f32> \}`)
)

// pool replaces in a function the maxima of a pooled convolution, and the gradient of its kernel, by calls of pooled.c,
// and returns how many. The convolution, and the gradient of its result, are left to those who read them, too; XLA
// leaves them out if nobody does.
func pool(function string) (string, int) {
	convolutions, scalars := map[string]statement{}, scalarsOf(function)
	for _, text := range statementRE.FindAllString(function, -1) {
		s := parseStatement(text)
		convolutions[s.name] = s
	}
	count := 0
	function = poolRE.ReplaceAllStringFunc(function, func(text string) string {
		m := poolRE.FindStringSubmatch(text)
		c := convolutions[m[3]]
		if _, ok := c.pooled(); !ok || m[5] != m[6] || scalars[m[4]] != "0xff800000" {
			return text
		}
		count++
		return fmt.Sprintf(`%s%s = "stablehlo.custom_call"(%s, %s) {%s} : (tensor<%s>, tensor<%s>) -> tensor<%s>`,
			m[1], m[2], c.operands[0], c.operands[1], pooledCall, c.types[0], c.types[1], m[7])
	})
	type gradient struct{ of, dy, shape string }
	gradients := map[string]gradient{}
	for _, m := range unpoolRE.FindAllStringSubmatch(function, -1) {
		if m[5] == m[6] && m[7] == m[8] && scalars[m[4]] == "0.0" {
			gradients[m[1]] = gradient{m[2], m[3], m[9]}
		}
	}
	function = statementRE.ReplaceAllStringFunc(function, func(text string) string {
		s := parseStatement(text)
		g, ok := gradients[s.operands[1]]
		if !ok || s.kind != "convolution" {
			return text
		}
		c := convolutions[g.of]
		want, ok1 := c.pooled()
		op, ok2 := s.convolution(nil)
		want.kind = kernelGradient
		if !ok1 || !ok2 || op != want || s.operands[0] != c.operands[0] {
			return text
		}
		count++
		return fmt.Sprintf(`%s%s = "stablehlo.custom_call"(%s, %s, %s) {%s} `+
			`: (tensor<%s>, tensor<%s>, tensor<%s>) -> tensor<%s>`, s.indent, s.name, c.operands[0], c.operands[1],
			g.dy, pooledCall, c.types[0], c.types[1], g.shape, c.types[1])
	})
	return function, count
}

// scalarsOf returns the values of a function's float32 constants.
func scalarsOf(function string) map[string]string {
	scalars := map[string]string{}
	for _, m := range scalarRE.FindAllStringSubmatch(function, -1) {
		scalars[m[1]] = m[2]
	}
	return scalars
}

const pooledCall = `call_target_name = "ferlab_pooled", api_version = 4 : i32`

// pooled returns the operation of a convolution that pooled.c takes: its arrays are float32 and row-major.
func (s statement) pooled() (op operation, ok bool) {
	op, ok = s.convolution(nil)
	if !ok || op.kind != forward || op.bf16() || op.result.bf16 || op.low != [2]int{} || op.high != [2]int{} ||
		op.stride != [2]int{1, 1} || op.dilation != [2]int{1, 1} {
		return op, false
	}
	w := op.weights.dims
	if !op.source.ordered(0, 2, 3, 1) || !op.result.ordered(0, 2, 3, 1) || !op.weights.ordered(2, 3, 1, 0) {
		return op, false
	}
	return op, CanPool(w[1]*w[2]*w[3], w[1], w[0])
}
