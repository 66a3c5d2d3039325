package onednn

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	mainRE     = regexp.MustCompile(`(?m)^ *func\.func @main\((.*)\) -> .*\{$`)
	argumentRE = regexp.MustCompile(`(%\S+): tensor<([^>]+)>( \{)?`)
	madeOfRE   = regexp.MustCompile(`(?m)^ *(%[^=\n]+) = [^(\n]*\(([^)\n]*)\)`)
	returnRE   = regexp.MustCompile(`(?m)^ *"stablehlo\.return"\(([^)]*)\) : \((.*)\) -> \(\)$`)
	valueRE    = regexp.MustCompile(`%[^,:\s]+`)
)

const (
	fewestAliased = 1024 // Elements of an array that is worth it.
	farthest      = 8    // Operations between an argument and its successor.
)

// alias tells XLA which arguments of a program may be overwritten by which results, and counts them. A step of training
// takes weights and an optimizer's averages and returns their successors. GoMLX gives the old ones away, but go-xla
// v0.4.1 doesn't say so to the compiler, which then writes the new ones to other memory: twice as much for two cores'
// cache, and as many bytes again read before they are written. An argument that a caller doesn't give away is copied
// first, as PJRT does.
//
// The successor of an argument is the result of its type that is made of it by the fewest operations.
func alias(program string) (string, int) {
	head := mainRE.FindStringSubmatchIndex(program)
	if head == nil || divided(program) {
		return program, 0
	}
	body := program[head[1]:]
	if next := strings.Index(body, "func.func "); next >= 0 {
		body = body[:next]
	}
	returns := returnRE.FindAllStringSubmatch(body, -1)
	if len(returns) == 0 {
		return program, 0
	}
	last := returns[len(returns)-1] // Others end the regions of operations.
	results, types := valueRE.FindAllString(last[1], -1), strings.Split(last[2], ", ")
	if len(results) != len(types) {
		return program, 0
	}
	arguments := map[string]string{} // Types by name.
	for _, m := range argumentRE.FindAllStringSubmatch(program[head[2]:head[3]], -1) {
		if m[3] != "" {
			return program, 0 // It has attributes already.
		}
		arguments[m[1]] = "tensor<" + m[2] + ">"
	}
	madeOf, _ := makersOf(body)
	successor := successors(arguments, madeOf, results, types)
	if len(successor) == 0 {
		return program, 0
	}
	marked := argumentRE.ReplaceAllStringFunc(program[head[2]:head[3]], func(text string) string {
		if k, ok := successor[argumentRE.FindStringSubmatch(text)[1]]; ok {
			return fmt.Sprintf("%s {tf.aliasing_output = %d : i32}", text, k)
		}
		return text
	})
	return program[:head[2]] + marked + program[head[3]:], len(successor)
}

// successors returns the number of the result that may overwrite an argument, by the argument's name.
func successors(arguments map[string]string, madeOf map[string][]string, results, types []string) map[string]int {
	type pair struct {
		argument      string
		result, steps int
	}
	var pairs []pair
	for k, result := range results {
		if size(types[k]) < fewestAliased {
			continue
		}
		seen, front := map[string]bool{result: true}, []string{result}
		for steps := 0; steps <= farthest && len(front) > 0; steps++ {
			var next []string
			for _, value := range front {
				if arguments[value] == types[k] {
					pairs = append(pairs, pair{value, k, steps})
				}
				for _, operand := range madeOf[value] {
					if !seen[operand] {
						seen[operand] = true
						next = append(next, operand)
					}
				}
			}
			front = next
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(a.steps-b.steps, a.result-b.result, strings.Compare(a.argument, b.argument))
	})
	successor, taken := map[string]int{}, map[int]bool{}
	for _, p := range pairs {
		if _, has := successor[p.argument]; !has && !taken[p.result] {
			successor[p.argument], taken[p.result] = p.result, true
		}
	}
	return successor
}

// size is the number of elements of a type such as "tensor<128x64xf32>"; 0 if it isn't an array of float32.
func size(text string) int {
	text, isFloat := strings.CutSuffix(strings.TrimPrefix(text, "tensor<"), "xf32>")
	dims, ok := parseInts(strings.ReplaceAll(text, "x", ","))
	if !isFloat || !ok {
		return 0
	}
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}
