//go:build linux && amd64 && cgo

package onednn

/*
#cgo CFLAGS: -O2
#cgo LDFLAGS: -ldl
#include <stdint.h>
#include <stdlib.h>
#include "plan.h"
#include "plugin.h"
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

// addTo gives go-xla a plugin of that name, which is XLA's at path with its programs rewritten.
func addTo(path, name string) error {
	p, failed := C.CString(path), (*C.char)(C.calloc(1, 300))
	defer C.free(unsafe.Pointer(p))
	defer C.free(unsafe.Pointer(failed))
	api := C.ferlab_plugin(p, failed, 300)
	if api == nil {
		return errors.New(C.GoString(failed))
	}
	stored = openDisk(path)
	// go-xla finds a name that looks like a path without a search for plugins, which it makes only once.
	for _, name := range []string{name, "/" + name} {
		if err := pjrt.RegisterPreloadedPlugin(name, uintptr(api)); err != nil {
			return err
		}
	}
	return nil
}

// ferlabRewrite is what XLA's compile call sees a program through; it returns nil for a program that stays as it is.
//
//export ferlabRewrite
func ferlabRewrite(code *C.char, size C.size_t, newSize *C.size_t) *C.char {
	text := C.GoStringN(code, C.int(size))
	if observe != nil {
		observe(text)
	}
	program, operations := rewrite(text, makePlan)
	program, arguments := alias(program)
	program, updates := adam(program)
	if operations+arguments+updates == 0 {
		return nil
	}
	*newSize = C.size_t(len(program))
	return C.CString(program)
}

// ferlabFind writes a program's keys to k, that in this process and that of the file, and returns the executable that
// is at hand for it, or 0.
//
//export ferlabFind
func ferlabFind(client C.uintptr_t, options *C.char, optionsSize C.size_t, code *C.char, size C.size_t,
	k *C.char) C.uintptr_t {
	o, program := bytesAt(options, optionsSize), bytesAt(code, size)
	found := keyOf(uintptr(client), o, program)
	keys := bytesAt(k, 2*C.FERLAB_KEY)
	copy(keys, found[:])
	if stored != nil {
		file := keyWith(stored.sum[:], o, program)
		copy(keys[C.FERLAB_KEY:], file[:])
	}
	return C.uintptr_t(compiled.find(found))
}

//export ferlabAdd
func ferlabAdd(k *C.char, executable, client C.uintptr_t) {
	compiled.add(key(bytesAt(k, C.FERLAB_KEY)), uintptr(executable), uintptr(client))
}

// ferlabRead returns the program of a file, to be freed, or nil.
//
//export ferlabRead
func ferlabRead(k *C.char, size *C.size_t) unsafe.Pointer {
	program := stored.read(fileKey(k))
	if program == nil {
		return nil
	}
	*size = C.size_t(len(program))
	return C.CBytes(program)
}

// ferlabLoaded tells whether XLA accepted the program of a file.
//
//export ferlabLoaded
func ferlabLoaded(k *C.char, ok C.int) {
	if ok == 0 {
		stored.drop(fileKey(k))
		return
	}
	loads.Add(1)
}

//export ferlabWrite
func ferlabWrite(k, program *C.char, size C.size_t) { stored.write(fileKey(k), bytesAt(program, size)) }

func fileKey(k *C.char) key { return key(bytesAt(k, 2*C.FERLAB_KEY)[C.FERLAB_KEY:]) }

//export ferlabRelease
func ferlabRelease(executable C.uintptr_t) C.uintptr_t {
	return C.uintptr_t(compiled.release(uintptr(executable)))
}

//export ferlabLeave
func ferlabLeave(client C.uintptr_t) C.uintptr_t { return C.uintptr_t(compiled.leave(uintptr(client))) }

func bytesAt(p *C.char, size C.size_t) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), size) }

// runs counts the operations that oneDNN ran so far.
func runs() int { return int(C.ferlab_runs()) }

// release frees what is kept of an owner's weights.
func release(owner int64) { C.ferlab_release(C.int64_t(owner)) }

// kept counts the weights that are kept.
func kept() int { return int(C.ferlab_kept()) }

// isa is what oneDNN's code uses of the processor, as a set of bits.
func isa() int { return int(C.ferlab_isa()) }

// version is oneDNN's: major, minor.
func version() (major, minor int) {
	v := C.ferlab_version()
	return int(v) / 100, int(v) % 100
}
