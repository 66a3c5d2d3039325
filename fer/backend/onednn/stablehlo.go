package onednn

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The statements of go-xla v0.4.1's StableHLO that are read.
var (
	statementRE = regexp.MustCompile(`(?ms)^( *)(%\S+) = "stablehlo\.(convolution|dot_general)"\((%\S+), (%\S+)\) ` +
		`\{\n(.*?)\n *\} : \(tensor<(\S+)>, tensor<(\S+)>\) -> tensor<(\S+)>$`)
	labelsRE  = regexp.MustCompile(`dimension_numbers = #stablehlo\.conv<\[(.*?)\]x\[(.*?)\]->\[(.*?)\]>`)
	paddingRE = regexp.MustCompile(`padding = dense<\[\[(-?\d+), (-?\d+)\], \[(-?\d+), (-?\d+)\]\]>`)
	convertRE = regexp.MustCompile(`(?m)^ *(%\S+) = "stablehlo\.convert"\((%\S+)\) ` +
		`: \(tensor<(\S+xbf16)>\) -> tensor<\S+xf32>$`)
	narrowRE = regexp.MustCompile(`(?m)^ *(%\S+) = "stablehlo\.convert"\((%\S+)\) ` +
		`: \(tensor<\S+xf32>\) -> tensor<\S+xbf16>$`)
	reverseRE = regexp.MustCompile(`(?m)^ *(%\S+) = "stablehlo\.reverse"\((%\S+)\) ` +
		`\{ dimensions = array<i64: ([0-9, ]+)> \}`)
)

// statement is a convolution or product of a program.
type statement struct {
	indent, name, kind, attributes string
	operands                       [2]string
	types                          [3]string // Types of the operands and the result, "128x10x10x64xf32".
}

func parseStatement(text string) statement {
	m := statementRE.FindStringSubmatch(text)
	return statement{m[1], m[2], m[3], m[6], [2]string{m[4], m[5]}, [3]string(m[7:10])}
}

// ints returns the numbers of an attribute such as "window_strides = array<i64: 1, 1>"; open and end enclose them.
func (s statement) ints(name, open, end string) ([]int, bool) {
	_, list, found := strings.Cut(s.attributes, name+" = "+open)
	list, _, closed := strings.Cut(list, end)
	if !found || !closed {
		return nil, false
	}
	return parseInts(list)
}

// pair returns an attribute of a number for height and one for width.
func (s statement) pair(name string) (pair [2]int, ok bool) {
	n, ok := s.ints(name, "array<i64: ", ">")
	if !ok || len(n) != 2 {
		return pair, false
	}
	return [2]int(n), true
}

func parseInts(list string) ([]int, bool) {
	var numbers []int
	for _, field := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

// parseType reads a tensor's type, such as "128x10x10x64xf32", into an array in row-major order.
func parseType(text string, rank int) (a array, ok bool) {
	parts := strings.Split(text, "x")
	if len(parts) != rank+1 {
		return a, false
	}
	dims, ok := parseInts(strings.Join(parts[:rank], ","))
	if !ok || slices.Contains(dims, 0) {
		return a, false
	}
	stride := 1
	for i := rank - 1; i >= 0; i-- {
		a.dims[i], a.strides[i] = dims[i], stride
		stride *= dims[i]
	}
	a.bf16 = parts[rank] == "bf16"
	return a, a.bf16 || parts[rank] == "f32"
}

// transposed returns the array with its axes in another order.
func (a array) transposed(order ...int) (b array) {
	b.bf16 = a.bf16
	for i, axis := range order {
		b.dims[i], b.strides[i] = a.dims[axis], a.strides[axis]
	}
	return b
}

// swapped returns the array of an image or kernel with its first two axes exchanged.
func (a array) swapped() array { return a.transposed(1, 0, 2, 3) }

// values knows where the values of a function come from.
type values struct {
	rounded  map[string][2]string // Name and type of the bfloat16 that a float32 value was converted from.
	narrowed map[string]string    // Name of the float32 that a bfloat16 value was converted from.
	reversed map[string][2]string // The value of which another is the reverse, and along which axes.
	weights  map[string]string    // Types of the arguments that never change.
	owner    string               // The argument that says whose they are.
}

func trace(function string) values {
	v := values{rounded: map[string][2]string{}, narrowed: map[string]string{}, reversed: map[string][2]string{}}
	v.weights, v.owner = weightsOf(function)
	for _, m := range convertRE.FindAllStringSubmatch(function, -1) {
		v.rounded[m[1]] = [2]string{m[2], m[3]}
	}
	for _, m := range narrowRE.FindAllStringSubmatch(function, -1) {
		v.narrowed[m[1]] = m[2]
	}
	for _, m := range reverseRE.FindAllStringSubmatch(function, -1) {
		v.reversed[m[1]] = [2]string{m[2], m[3]}
	}
	return v
}

// narrow replaces the operands by the bfloat16 values that they were converted from, if both were.
func (v values) narrow(s statement) statement {
	a, oka := v.rounded[s.operands[0]]
	b, okb := v.rounded[s.operands[1]]
	if oka && okb {
		s.operands, s.types[0], s.types[1] = [2]string{a[0], b[0]}, a[1], b[1]
	}
	return s
}
