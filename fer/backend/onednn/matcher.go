package onednn

import "strings"

// A matcher reads an update from its result backwards. bad is set by the first value that isn't what it should be.
type matcher struct {
	lines map[string]line
	shape string // The type of the weights.
	bad   bool
}

// operands returns the operands of a value that is the result of an operation of two of the weights' type.
func (m *matcher) operands(name, op string) (a, b string) {
	l := m.lines[name]
	if l.op != op || len(l.operands) != 2 || l.result != m.shape {
		m.bad = true
		return "", ""
	}
	return l.operands[0], l.operands[1]
}

// scalar returns the scalar that a value repeats.
func (m *matcher) scalar(name string) string {
	l := m.lines[name]
	if l.op != "broadcast_in_dim" || l.types != "tensor<f32>" || l.result != m.shape {
		m.bad = true
		return ""
	}
	return l.operands[0]
}

// scaled returns the scalar and the array of their product.
func (m *matcher) scaled(name string) (scalar, array string) {
	a, b := m.operands(name, "multiply")
	return m.scalar(a), b
}

// argument notes that a value must be an argument of the program.
func (m *matcher) argument(name string) {
	if _, made := m.lines[name]; made || !strings.HasPrefix(name, "%_") && !strings.HasPrefix(name, "%arg") {
		m.bad = true
	}
}

// moving reads keep·average + take·array.
func (m *matcher) moving(name string) (keep, average, take, array string) {
	a, b := m.operands(name, "add")
	keep, average = m.scaled(a)
	take, array = m.scaled(b)
	m.argument(average)
	return keep, average, take, array
}

func (m *matcher) update(name string) (u update, ok bool) {
	s := &u.scalars
	var step string
	u.weights, step = m.operands(name, "subtract")
	u.own = []string{name}
	m.argument(u.weights)
	if m.lines[step].op == "add" {
		var decay, rate string
		step, decay = m.operands(step, "add")
		rate, decay = m.scaled(decay)
		u.own = append(u.own, decay)
		of, by := m.operands(decay, "multiply")
		s[0], s[8] = rate, m.scalar(by)
		m.bad = m.bad || of != u.weights
	}
	above, below := m.operands(step, "divide")
	rate, debiased := m.scaled(above)
	m.bad = m.bad || s[8] != "" && s[0] != rate
	s[0] = rate
	var by string
	u.newFirst, by = m.operands(debiased, "multiply")
	s[3] = m.scalar(by)
	s[1], u.first, s[2], u.gradient = m.moving(u.newFirst)
	root, epsilon := m.operands(below, "add")
	s[7] = m.scalar(epsilon)
	if l := m.lines[root]; l.op != "sqrt" || len(l.operands) != 1 {
		return u, false
	}
	u.newSecond, by = m.operands(m.lines[root].operands[0], "multiply")
	s[6] = m.scalar(by)
	var squared string
	s[4], u.second, s[5], squared = m.moving(u.newSecond)
	a, b := m.operands(squared, "multiply")
	return u, !m.bad && a == u.gradient && b == u.gradient
}
