//go:build linux && amd64 && cgo

package onednn

/*
#include <stdlib.h>
#include "plan.h"
*/
import "C"

import (
	"errors"
	"sync"
	"unsafe"
)

// open opens oneDNN.
func open(path string) error {
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	if failed := C.ferlab_open(p); failed != nil {
		return errors.New(C.GoString(failed))
	}
	return nil
}

// plans are those made so far; 0 stands for an operation that oneDNN has no fast code for.
var (
	plans   = map[operation]int64{}
	plansMu sync.Mutex
)

// maxPlans bounds the plans, those without code included, of a process; operations beyond them stay with XLA.
const maxPlans = 1024

// makePlan returns the number of an operation's plan, and false if oneDNN doesn't do better than XLA, or has no fast
// code for it.
func makePlan(op operation) (number int64, ok bool) {
	if !choose(op) {
		return 0, false
	}
	plansMu.Lock()
	defer plansMu.Unlock()
	number, known := plans[op]
	if !known {
		if len(plans) >= maxPlans {
			return 0, false
		}
		number, _ = newPlan(op)
		plans[op] = number
	}
	return number, number != 0
}

const _ = uint(C.FERLAB_STEPS - maxSteps) // An epilogue fits in C's array, or this doesn't compile.

// newPlan makes a plan; code is what oneDNN calls the code that it chose. The plan's number is 0 if there is none.
func newPlan(op operation) (number int64, code string) {
	number = op.number()
	c := C.ferlab_operation{kind: C.int(op.kind), rank: C.int(op.rank())}
	if runsAlone(op) {
		c.alone = 1
	}
	if op.fixed {
		c.fixed = 1
	}
	if throughPatches(op) {
		c.patches = 1
	}
	for i, step := range []byte(op.steps) {
		c.steps[i] = C.char(step)
	}
	for i, a := range []array{op.source, op.weights, op.result} {
		if a.bf16 {
			c.array[i].bf16 = 1
		}
		for k := range a.dims {
			c.array[i].dims[k], c.array[i].strides[k] = C.int64_t(a.dims[k]), C.int64_t(a.strides[k])
		}
	}
	for i := range 2 {
		c.stride[i], c.dilation[i] = C.int64_t(op.stride[i]), C.int64_t(op.dilation[i])
		c.low[i], c.high[i] = C.int64_t(op.low[i]), C.int64_t(op.high[i])
	}
	var name [100]C.char
	if C.ferlab_plan(C.int64_t(number), &c, &name[0], C.size_t(len(name))) == 0 {
		number = 0
	}
	return number, C.GoString(&name[0])
}
