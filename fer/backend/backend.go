// Package backend chooses what runs the computation graphs: XLA when its plugin is installed, otherwise GoMLX's pure-Go
// backend. A program for WebAssembly, without cgo or with the build tag noxla has only the latter. Nothing else in
// Ferlab touches plugins or imports backends, so that a notebook cell needs no blank import.
package backend

import (
	"errors"
	"ferlab/fer/backend/onednn"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/support/exceptions"

	_ "github.com/gomlx/compute/gobackend" // registers "go", and xla.go "xla"
)

// Env is the environment variable that forces a backend, in GoMLX's notation: "xla", "xla:cuda", "go".
const Env = compute.ConfigEnvVar

// InstallHint says how to get the XLA plugin; it ends the line that [Get] prints when it falls back.
const InstallHint = "run `make setup` once to install the XLA plugin"

var get = sync.OnceValues(func() (compute.Backend, error) {
	if config, forced := os.LookupEnv(Env); forced {
		b, err := New(config)
		if err != nil {
			return nil, fmt.Errorf("backend %q, asked for by %s: %w; unset %s to let Ferlab choose", config, Env,
				err, Env)
		}
		return b, nil
	}
	b, rejected := openXLA()
	const slower = "the slower pure-Go backend"
	using := slower
	if b != nil {
		using = Describe(b)
	}
	for i, line := range rejected {
		if i == len(rejected)-1 {
			line += "; using " + using
		}
		fmt.Fprintln(os.Stderr, "ferlab: not using "+line)
	}
	if b != nil {
		return b, nil
	}
	if len(rejected) == 0 {
		fmt.Fprintf(os.Stderr, "ferlab: no XLA plugin, using %s: %s\n", slower, InstallHint)
	}
	return New("go")
})

// Get returns the backend of this process, opened at the first call and shared from then on. It is the one named by
// [Env] if that is set, else XLA (a GPU's plugin before the CPU's), else the pure-Go backend. Of each better one that
// is visible but can't be used, a line on stderr says why.
func Get() (compute.Backend, error) { return get() }

// New opens a backend of its own, such as New("go") in a test. Most callers want [Get]. New("xla") is the best XLA that
// works, on a CPU with oneDNN in it if that is there, see [onednn.Add]; one that names a plugin, New("xla:cpu_v0.81"),
// is XLA alone.
func New(config string) (compute.Backend, error) {
	if config == "xla" {
		b, rejected := openXLA()
		if b == nil && len(rejected) > 0 {
			return nil, fmt.Errorf("opening backend %q: %s", config, strings.Join(rejected, "; "))
		}
		if b != nil {
			return b, nil
		}
	}
	resolved, err := resolve(config)
	if err != nil {
		return nil, fmt.Errorf("opening backend %q: %w", config, err)
	}
	b, err := open(resolved)
	if err != nil {
		return nil, fmt.Errorf("opening backend %q: %w", config, err)
	}
	return b, nil
}

// open opens what GoMLX's notation names; its error is one line.
func open(config string) (b compute.Backend, err error) {
	if caught := exceptions.TryCatch[error](func() { b, err = compute.NewWithConfig(config) }); caught != nil {
		err = caught
	}
	if err != nil {
		return nil, errors.New(firstLine(err))
	}
	return b, nil
}

// HasOneDNN reports whether b runs convolutions through oneDNN: those of float32, and, if bfloat16 is true, those of
// bfloat16 too.
func HasOneDNN(b compute.Backend) (has, bfloat16 bool) {
	has = strings.Contains(plugin(b), onednn.Mark)
	return has, has && onednn.HasBFloat16()
}

// IsXLACPU reports whether b is XLA on a CPU, for which fer/nn has faster forms of some operations.
func IsXLACPU(b compute.Backend) bool { return isCPU(plugin(b)) }

// IsXLAGPU reports whether b is XLA on NVIDIA's GPUs.
func IsXLAGPU(b compute.Backend) bool { return isCUDA(plugin(b)) }

// isCPU tells XLA's plugin for a CPU by its name; one that is called after both is a GPU's.
func isCPU(plugin string) bool {
	return strings.Contains(strings.ToLower(plugin), "cpu") && !isCUDA(plugin)
}

// Describe names a backend for a run's record and a notebook's reader: "xla:cpu_v0.81+onednn3.2", "go", and of a GPU
// the card, too, as the driver and XLA call it: "xla:cuda on NVIDIA H100 80GB HBM3, cuda:0". Unlike b.Description() it
// holds no path of this machine.
func Describe(b compute.Backend) string {
	if name := plugin(b); name != "" {
		if isCUDA(name) {
			name += " on " + strings.TrimPrefix(cardName()+", "+device(b), ", ")
		}
		return "xla:" + name
	}
	return b.String()
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
