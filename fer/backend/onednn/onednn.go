// Package onednn runs convolutions and large products of XLA's graphs on a CPU through oneDNN, which has faster code
// for them than XLA: several times for bfloat16, up to twice for the gradients of float32 convolutions. Without it
// everything works as well, slower.
//
// XLA lets a plugin's user add foreign functions; [Add] registers two with XLA's CPU plugin and gives go-xla that
// plugin with its compile call replaced: convolutions and products in a program become calls of them. A
// gradient consists of convolutions and products, so training gains as inference does. What oneDNN has no fast code
// for on this processor, what was measured to be faster in XLA, small operations, and graphs for several devices stay
// with XLA.
//
// On the way a program also learns which of its arguments it may overwrite, see alias: the updates of a training's
// weights then take two fifths less time.
//
// Two things run through code of this package, in XLA's threads: a convolution of few channels in front of a max-pool,
// such as a net's first in training, see [CanPool], whose result is many times as large as images and maxima and is
// never written; and Adam's update of weights, in one loop, where XLA has three.
//
// Weights that never change, as a predictor's, it keeps in the order of elements and of the type that oneDNN wants, see
// [OwnerName]: then small operations and single images gain, too. oneDNN then also does what follows an operation,
// element by element, before it writes the result, see epilogue.
//
// A process compiles the same program once, see cache: the next training of a sweep, or of the same net with other
// labels, doesn't wait for the compiler. Nor does another process, such as the next cell of a notebook: compiled
// programs are kept in the user's folder for caches, see [ProgramsEnv].
//
// The sums of products are float32, of bfloat16 factors, too. The same graph gives the same bits each time on one
// machine with one number of threads (which OMP_NUM_THREADS or taskset sets); other machines round differently, as
// with XLA alone.
//
// oneDNN is a library in the folder onednn beside XLA's plugin, for Linux on x86-64, where "make setup" puts it; it is
// opened by name, so that Ferlab builds without it. It is under the Apache licence 2.0:
// https://github.com/oneapi-src/oneDNN.
package onednn

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Env is the environment variable that turns oneDNN off: FERLAB_ONEDNN=off.
const Env = "FERLAB_ONEDNN"

// Mark is what the name of a plugin with oneDNN in it has in it.
const Mark = "+onednn"

// library is the file of oneDNN, in the folder of XLA's plugin.
const library = "onednn/libdnnl.so.3"

var (
	statusMu sync.Mutex
	status   = "oneDNN is off: XLA on a CPU isn't in use"
	active   bool
)

// Status says in one line whether oneDNN is used in this process, for what, or why not.
func Status() string {
	statusMu.Lock()
	defer statusMu.Unlock()
	return status
}

// HasBFloat16 reports whether oneDNN is used, and the processor has instructions for bfloat16.
func HasBFloat16() bool {
	statusMu.Lock()
	defer statusMu.Unlock()
	return active && has(avx512bf16)
}

// Add gives go-xla a second plugin: XLA's CPU plugin at path, whose name is plugin, with oneDNN in it. It returns the
// new one's name, "cpu_v0.81+onednn3.2". If there is no oneDNN, or none for this machine, ok is false and [Status]
// says why. Call it once.
func Add(plugin, path string) (name string, ok bool) {
	statusMu.Lock()
	defer statusMu.Unlock()
	name, err := add(plugin, path)
	if err != nil {
		status = "oneDNN is off: " + err.Error()
		return "", false
	}
	active = true
	status = "oneDNN " + name[len(plugin)+len(Mark):] + " runs convolutions of float32"
	if has(avx512bf16) {
		status += " and bfloat16, products of bfloat16, and what has fixed weights"
	} else {
		status += ", and what has fixed weights"
	}
	return name, true
}

func add(plugin, path string) (name string, err error) {
	if os.Getenv(Env) == "off" {
		return "", errors.New(Env + "=off")
	}
	file := filepath.Join(filepath.Dir(path), library)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("it isn't installed; run `make setup` once")
	}
	if err := open(file); err != nil {
		return "", fmt.Errorf("it doesn't open: %w", err)
	}
	if !has(avx2) {
		return "", errors.New("the processor has no AVX2")
	}
	major, minor := version()
	name = fmt.Sprintf("%s%s%d.%d", plugin, Mark, major, minor)
	return name, addTo(path, name)
}
