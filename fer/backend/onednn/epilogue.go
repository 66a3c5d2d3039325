package onednn

import (
	"fmt"
	"slices"
	"strings"
)

// maxSteps bounds the steps of an epilogue.
const maxSteps = 6

// An epilogue is what follows a product or convolution, element by element, so that the result needn't be written
// before it: a bias, a normalisation, ReLU, and the rounding to bfloat16 of the next layer.
type epilogue struct {
	steps           string   // 'a' adds, 'm' multiplies by, a number for each channel; 's' adds an array; 'r' is ReLU.
	operands, types []string // Those of all steps but ReLU.
	last            string   // Name and type of the value that all of it makes.
	shape           string
}

// empty is the epilogue of a statement alone.
func empty(s statement) epilogue { return epilogue{last: s.name, shape: s.types[2]} }

// readers returns, for each value, the only one that is made of it; none for values that are read more than once.
func (f flow) readers(function string) map[string]string {
	seen := map[string]int{}
	for _, name := range valueRE.FindAllString(strings.ReplaceAll(function, ")", " "), -1) {
		seen[name]++
	}
	readers := map[string]string{}
	for reader, operands := range f.madeOf {
		for _, name := range operands {
			if seen[name] == 2 { // Where it is made, and here.
				readers[name] = reader
			}
		}
	}
	return readers
}

// perChannel reports whether an array of type t, "tensor<1x1x1x64xf32>", has one number for each channel of another.
func perChannel(t, of string) bool {
	have, want := strings.Split(t, "x"), strings.Split(of, "x")
	if len(have) != len(want) || len(have) < 3 || have[0] != "tensor<1" {
		return false
	}
	n := len(have)
	for _, d := range have[1 : n-2] {
		if d != "1" {
			return false
		}
	}
	return slices.Equal(have[n-2:], want[n-2:])
}

// epilogues of a function: where the operations that took theirs along are to stand.
type epilogues struct {
	values
	flow
	readers, scalars map[string]string
	taken            map[string]bool
	moved            map[string]string // Calls by the values that they make.
}

// epilogues finds those of a function, none if it has no fixed weights.
func (v values) epilogues(function string) *epilogues {
	e := &epilogues{values: v, taken: map[string]bool{}, moved: map[string]string{}}
	if v.owner != "" {
		e.flow = flowOf(function)
		e.readers, e.scalars = e.flow.readers(function), scalarsOf(function)
	}
	return e
}

// follow returns what follows a statement, as far as each value is read once, and the line that reads it isn't taken.
func (f *epilogues) follow(s statement) epilogue {
	e, rounded := empty(s), strings.TrimSuffix(s.types[2], "f32")+"bf16"
	for strings.HasSuffix(s.types[2], "xf32") && len(e.steps) < maxSteps {
		reader := f.readers[e.last]
		l := f.lines[reader]
		if f.taken[reader] {
			return e
		}
		if l.op == "convert" && l.result == "tensor<"+rounded+">" {
			e.last, e.shape = reader, rounded
			return e
		}
		if len(l.operands) != 2 || l.result != "tensor<"+s.types[2]+">" {
			return e
		}
		other := l.operands[0]
		if other == e.last {
			other = l.operands[1]
		}
		step, operand, t := f.step(l, other)
		if step == 0 {
			return e
		}
		e.steps, e.last = e.steps+string(step), reader
		if operand != "" {
			e.operands, e.types = append(e.operands, operand), append(e.types, t)
		}
	}
	return e
}

// step says what a line does with another value, and returns the operand that stands for that, with its type.
func (f *epilogues) step(l line, other string) (step byte, operand, t string) {
	b := f.lines[other]
	wide := b.op == "broadcast_in_dim" && len(b.operands) == 1
	if l.op == "maximum" && wide && f.scalars[b.operands[0]] == "0.0" && b.types == "tensor<f32>" {
		return 'r', "", ""
	}
	if wide && perChannel(b.types, l.result) && b.inOrder() {
		switch l.op {
		case "add":
			return 'a', b.operands[0], b.types
		case "multiply":
			return 'm', b.operands[0], b.types
		}
	}
	if l.op == "add" && !wide && f.types[other] == l.result {
		return 's', other, l.result
	}
	return 0, "", ""
}

// call returns the statement that stands in the place of s, of fixed weights: a call alone, or, if oneDNN has code for
// both, s as it is, which nobody reads then, and the call with the epilogue stands where that ends.
func (e *epilogues) call(s statement, text string, op operation, plan func(operation) (int64, bool)) (string, bool) {
	try := []epilogue{e.follow(s), empty(s)}
	if op.kind == forward && op.result.strides[1] != 1 {
		try = try[1:] // Channels aren't the last axis.
	}
	for _, after := range try {
		op.steps, op.result.bf16 = after.steps, strings.HasSuffix(after.shape, "xbf16")
		number, ok := plan(op)
		if !ok {
			continue
		}
		call := s.call(after, fmt.Sprintf("plan = %d : i64, weights = %d : i64", number, hash(s.operands[1])), e.owner)
		if after.last == s.name {
			return call, true
		}
		e.moved[after.last] = call
		for name := s.name; name != after.last; {
			name = e.readers[name]
			e.taken[name] = true
		}
		return text, true
	}
	return "", false
}

// place puts the calls of operations with epilogues where these end: their operands are made by then.
func (e *epilogues) place(function string) string {
	if len(e.moved) == 0 {
		return function
	}
	return lineRE.ReplaceAllStringFunc(function, func(text string) string {
		if call, ok := e.moved[lineRE.FindStringSubmatch(text)[2]]; ok {
			return call
		}
		return text
	})
}
