package onednn

import "regexp"

var lineRE = regexp.MustCompile(
	`(?m)^( *)(%\S+) = "stablehlo\.(\w+)"\(([^)\n]*)\)[^\n]* : \(([^\n]*)\) -> (tensor<\S+>)$`)

// A line is a statement of one line that makes one value.
type line struct {
	op       string
	operands []string
	types    string // Of the operands.
	result   string // Its type.
}

// A flow knows of what each value is made, the order of values, and their types.
type flow struct {
	madeOf map[string][]string
	order  map[string]int
	types  map[string]string
}

func flowOf(body string) flow {
	f := flow{map[string][]string{}, map[string]int{}, map[string]string{}}
	for _, m := range madeOfRE.FindAllStringSubmatch(body, -1) {
		for _, name := range valueRE.FindAllString(m[1], -1) {
			f.madeOf[name], f.order[name] = valueRE.FindAllString(m[2], -1), len(f.order)
		}
	}
	for _, m := range lineRE.FindAllStringSubmatch(body, -1) {
		f.types[m[2]] = m[6]
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
