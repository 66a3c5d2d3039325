package onednn

import "testing"

// Everything makes oneDNN take every operation that it has fast code for during a test, also those that XLA does
// better.
func Everything(t *testing.T) {
	before := choose
	choose = func(operation) bool { return true }
	t.Cleanup(func() { choose = before })
}

// Runs counts the operations that oneDNN ran so far.
func Runs() int { return runs() }

// Kept counts the fixed weights that are kept.
func Kept() int { return kept() }

// Fixed returns a program with everything that has fixed weights rewritten, and of which operations the weights are.
func Fixed(program string) (rewritten string, fixed []bool) {
	fixed = []bool{}
	rewritten, _ = rewrite(program, func(op operation) (int64, bool) {
		fixed = append(fixed, op.fixed)
		return 0, op.fixed
	})
	return rewritten, fixed
}

// Kinds counts the operations of every kind in a program of StableHLO, "bfloat16 convolution" for example.
func Kinds(program string) map[string]int {
	kinds := map[string]int{}
	rewrite(program, func(op operation) (int64, bool) {
		name := op.kind.String()
		if op.bf16() {
			name = "bfloat16 " + name
		}
		if op.multiplyAdds() >= Fewest || op.kind == product && op.multiplyAdds() >= 1<<20 {
			kinds[name]++
		}
		return 0, true
	})
	return kinds
}

// Programs returns the programs that XLA compiles during f.
func Programs(f func()) (programs []string) {
	observe = func(program string) { programs = append(programs, program) }
	defer func() { observe = nil }()
	f()
	return programs
}

// Alias is alias.
func Alias(program string) string {
	program, _ = alias(program)
	return program
}

// Aliased counts the arguments of a program that a result may overwrite.
func Aliased(program string) int {
	_, count := alias(program)
	return count
}

// Compiled counts the programs that were compiled so far.
func Compiled() int {
	compiled.mu.Lock()
	defer compiled.mu.Unlock()
	return compiled.added
}

// MaxUnused is maxUnused.
const MaxUnused = maxUnused

// Pool is pool.
func Pool(program string) string {
	program, _ = pool(program)
	return program
}

// Loads counts the programs that were loaded from files.
func Loads() int { return int(loads.Load()) }

// Adam is adam.
func Adam(program string) (rewritten string, count int) { return adam(program) }

// Steps returns the epilogues of a program's operations with fixed weights, "arb" for a bias, ReLU and rounding to
// bfloat16.
func Steps(program string) (steps []string) {
	rewrite(program, func(op operation) (int64, bool) {
		if op.fixed {
			text := op.steps
			if op.result.bf16 {
				text += "b"
			}
			steps = append(steps, text)
		}
		return 0, op.fixed
	})
	return steps
}

// Patches counts a program's gradients of kernels through patches.
func Patches(program string) (count int) {
	rewrite(program, func(op operation) (int64, bool) {
		if throughPatches(op) {
			count++
		}
		return 0, true
	})
	return count
}
