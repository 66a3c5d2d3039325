package onednn

import (
	"hash/fnv"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
)

// OwnerName is the name of a program's argument, an int64 scalar, whose presence says that the program's float32
// arguments are weights that never change. Its value is the owner's number, see [NewOwner]. Products and convolutions
// with such weights take them in the order of elements, and of the type, that oneDNN wants; that copy is made in the
// first run and kept, where other programs arrange their weights anew in each run.
const OwnerName = "ferlab_owner"

var owners atomic.Int64

// NewOwner returns a number for the owner of weights that never change. What is kept of them is freed when the garbage
// collector finds that nothing leads to owner any more.
func NewOwner[T any](owner *T) int64 {
	n := owners.Add(1)
	runtime.AddCleanup(owner, release, n)
	return n
}

// ownerRE finds the owner among a program's arguments; go-xla v0.4.1 writes "/" as "_".
var ownerRE = regexp.MustCompile(`(%_?` + OwnerName + `): tensor<i64>`)

// weightsOf returns the arguments of a function that are fixed weights, with their types, and the owner; none if the
// function isn't a program's main one or has no owner.
func weightsOf(function string) (weights map[string]string, owner string) {
	arguments, _, _ := strings.Cut(function, "\n")
	m := ownerRE.FindStringSubmatch(arguments)
	if m == nil || !strings.HasPrefix(function, "@main(") {
		return nil, ""
	}
	weights = map[string]string{}
	for _, a := range argumentRE.FindAllStringSubmatch(arguments, -1) {
		if strings.HasSuffix(a[2], "xf32") {
			weights[a[1]] = a[2]
		}
	}
	return weights, m[1]
}

// fix returns the operation with fixed weights, and the statement with these as operand, if its second operand is an
// argument that never changes, or is converted from one.
func (v values) fix(s statement, op operation) (statement, operation, bool) {
	name := s.operands[1]
	if wide, ok := v.narrowed[name]; ok {
		name = wide
	}
	t, ok := v.weights[name]
	if !ok || op.kind != product && op.kind != forward {
		return s, op, false
	}
	op.fixed, op.weights.bf16 = true, false
	s.operands[1], s.types[1] = name, t
	return s, op, true
}

// hash is a number that stands for a text, the same in all processes.
func hash(text string) int64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return int64(h.Sum64())
}
