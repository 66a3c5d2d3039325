package onednn

import (
	"regexp"
	"strconv"
	"strings"
)

var lineRE = regexp.MustCompile(
	`(?m)^( *)(%\S+) = "stablehlo\.(\w+)"\(([^)\n]*)\)([^\n]*) : \(([^\n]*)\) -> (tensor<\S+>)$`)

// A line is a statement of one line that makes one value.
type line struct {
	op         string
	operands   []string
	attributes string
	types      string // Those of the operands.
	result     string // Its type.
}

// inOrder reports whether a broadcast keeps its operand's axes, in their order.
func (l line) inOrder() bool {
	axes := "0"
	for i := 1; i < strings.Count(l.result, "x"); i++ {
		axes += ", " + strconv.Itoa(i)
	}
	return strings.Contains(l.attributes, "array<i64: "+axes+">")
}

// makersOf returns, for each value, those that it is made of, and its place in the order of values.
func makersOf(body string) (madeOf map[string][]string, order map[string]int) {
	madeOf, order = map[string][]string{}, map[string]int{}
	for _, m := range madeOfRE.FindAllStringSubmatch(body, -1) {
		for _, name := range valueRE.FindAllString(m[1], -1) {
			madeOf[name], order[name] = valueRE.FindAllString(m[2], -1), len(order)
		}
	}
	return madeOf, order
}

// A flow knows the values of a function: the lines that make them, their types, what they are made of, their order.
type flow struct {
	madeOf map[string][]string
	order  map[string]int
	lines  map[string]line
	types  map[string]string
}

func flowOf(body string) flow {
	f := flow{lines: map[string]line{}, types: map[string]string{}}
	f.madeOf, f.order = makersOf(body)
	for _, m := range lineRE.FindAllStringSubmatch(body, -1) {
		f.lines[m[2]], f.types[m[2]] = line{m[3], strings.Split(m[4], ", "), m[5], m[6], m[7]}, m[7]
	}
	for _, text := range statementRE.FindAllString(body, -1) {
		s := parseStatement(text)
		f.types[s.name] = "tensor<" + s.types[2] + ">"
	}
	return f
}

// sources returns what values are made of, and they themselves.
func (f flow) sources(names ...string) map[string]bool {
	seen := map[string]bool{}
	for len(names) > 0 {
		name := names[len(names)-1]
		if names = names[:len(names)-1]; !seen[name] {
			seen[name] = true
			names = append(names, f.madeOf[name]...)
		}
	}
	return seen
}
