package onednn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fewestUpdated is the number of weights of an array whose update is worth it.
const fewestUpdated = 1 << 12

// An update is Adam's of an array of weights, by the names of values.
type update struct {
	weights, first, second, gradient string // Arguments of the program but for the gradient.
	newFirst, newSecond              string
	scalars                          [9]string // In the order of adam.h; the last is empty without weight decay.
	own                              []string  // Values for which the update itself reads the weights.
}

// adam replaces Adam's updates of GoMLX v0.28.2, with or without weight decay, by calls of adam.c, and returns how
// many. What isn't exactly such an update stays with XLA.
func adam(program string) (string, int) {
	returns := returnRE.FindAllStringIndex(program, -1)
	if len(returns) == 0 || strings.Count(program, "func.func ") != 1 || divided(program) {
		return program, 0
	}
	last := returns[len(returns)-1]
	body, end := program[:last[0]], program[last[0]:]
	returned := map[string]bool{}
	for _, name := range valueRE.FindAllString(end, -1) {
		returned[name] = true
	}
	f := flowOf(body)
	needed := f.sources(slices.Collect(maps.Keys(returned))...)
	renamed := map[string]string{}
	body = lineRE.ReplaceAllStringFunc(body, func(text string) string {
		m := lineRE.FindStringSubmatch(text)
		indent, name, t := m[1], m[2], m[7]
		if !returned[name] || size(t) < fewestUpdated {
			return text
		}
		u, ok := (&matcher{lines: f.lines, shape: t}).update(name)
		if !ok || !returned[u.newFirst] || !returned[u.newSecond] || renamed[u.newFirst] != "" {
			return text
		}
		call := "%adam_" + name[1:]
		renamed[u.newFirst], renamed[u.newSecond] = call+"#1", call+"#2"
		readers, types := f.lateReaders(u, name, needed)
		return u.call(indent, name, call, t, readers, types)
	})
	end = valueRE.ReplaceAllStringFunc(end, func(name string) string {
		if new, ok := renamed[name]; ok {
			return new
		}
		return name
	})
	return body + end, len(renamed) / 2
}

// call is the statement that makes an update's three results, of type t, and the one that gives the new weights their
// name. readers are further operands.
func (u update) call(indent, name, call, t string, readers, types []string) string {
	var text strings.Builder
	if u.scalars[8] == "" {
		u.scalars[8] = "%zero_" + name[1:]
		fmt.Fprintf(&text, "%s%s = \"stablehlo.constant\"() { value = dense<0.0> : tensor<f32> } : () -> tensor<f32>\n",
			indent, u.scalars[8])
	}
	operands := slices.Concat([]string{u.weights, u.first, u.second, u.gradient}, u.scalars[:], readers)
	operandTypes := slices.Concat(slices.Repeat([]string{t}, 4), slices.Repeat([]string{"tensor<f32>"}, 9), types)
	var aliases []string
	for i := range 3 {
		aliases = append(aliases, fmt.Sprintf("#stablehlo.output_operand_alias<output_tuple_indices = [%d], "+
			"operand_index = %d, operand_tuple_indices = []>", i, i))
	}
	list := func(texts []string) string { return strings.Join(texts, ", ") }
	fmt.Fprintf(&text, `%s%s:3 = "stablehlo.custom_call"(%s) {call_target_name = "ferlab_adam", `+
		"api_version = 4 : i32, output_operand_aliases = [%s]} : (%s) -> (%s, %s, %s)\n",
		indent, call, list(operands), list(aliases), list(operandTypes), t, t, t)
	fmt.Fprintf(&text, `%s%s = "stablehlo.reshape"(%s#0) : (%s) -> %s`, indent, name, call, t, t)
	return text.String()
}

// lateReaders returns the values for which weights are read, but which their update, the value of that name, doesn't
// depend on: it must wait for them, or XLA copies the weights.
func (f flow) lateReaders(u update, name string, needed map[string]bool) (readers, types []string) {
	before := f.sources(u.gradient)
	for _, r := range slices.Sorted(maps.Keys(f.madeOf)) {
		if t := f.types[r]; needed[r] && !before[r] && f.order[r] < f.order[name] && t != "" &&
			!slices.Contains(u.own, r) && slices.Contains(f.madeOf[r], u.weights) {
			readers, types = append(readers, r), append(types, t)
		}
	}
	return readers, types
}
