package onednn

import (
	"fmt"
	"slices"
	"strings"
)

// observe is told every program before it is rewritten; tests set it.
var observe func(program string)

// rewrite returns a StableHLO program in which oneDNN runs the convolutions and products that plan takes, and how many
// they are. plan returns the number of an operation's plan, or false to leave the operation to XLA.
//
// Gradients are convolutions and products, too: that with respect to a convolution's input is a convolution with the
// reversed kernel, that with respect to the kernel one that sums over the images as if they were channels. Both are
// oneDNN's own operations; taking one for another would be slower, not wrong. A float32 operation of which both
// operands were just converted from bfloat16 takes these instead; its sums and its result stay float32.
//
// It reads the text that go-xla v0.4.1 writes; what it doesn't recognise stays as it is. It goes away when go-xla has
// a public custom call of API version 4: then fer/nn can ask for these operations by name.
func rewrite(program string, plan func(operation) (number int64, ok bool)) (string, int) {
	if divided(program) {
		return program, 0 // XLA can't divide a custom call among devices.
	}
	count := 0
	functions := strings.SplitAfter(program, "func.func ") // The names of values are a function's own.
	for i, function := range functions {
		function, pooled := pool(function)
		count += pooled
		v := trace(function)
		e := v.epilogues(function)
		function = statementRE.ReplaceAllStringFunc(function, func(text string) string {
			s, op, ok := v.recognise(parseStatement(text))
			if !ok {
				return text
			}
			if fixed, op, ok := v.fix(s, op); ok {
				if call, ok := e.call(fixed, text, op, plan); ok {
					count++
					return call
				}
			}
			number, ok := plan(op)
			if !ok {
				return text
			}
			count++
			return s.call(empty(s), fmt.Sprintf("plan = %d : i64", number))
		})
		functions[i] = e.place(function)
	}
	return strings.Join(functions, ""), count
}

// call is a statement that runs a plan instead, with an epilogue and further operands, of type int64.
func (s statement) call(e epilogue, attributes string, more ...string) string {
	operands := slices.Concat(s.operands[:], e.operands, more)
	types := slices.Concat([]string{"tensor<" + s.types[0] + ">", "tensor<" + s.types[1] + ">"}, e.types,
		slices.Repeat([]string{"tensor<i64>"}, len(more)))
	return fmt.Sprintf(`%s%s = "stablehlo.custom_call"(%s) {call_target_name = "ferlab_onednn", `+
		`api_version = 4 : i32, backend_config = {%s}} : (%s) -> tensor<%s>`, s.indent, e.last,
		strings.Join(operands, ", "), attributes, strings.Join(types, ", "), e.shape)
}

// divided reports whether a program is for several devices.
func divided(program string) bool {
	return strings.Contains(program, "num_partitions") || strings.Contains(program, "num_replicas")
}
