// Package backend chooses what runs the computation graphs: XLA when its plugin is installed, otherwise GoMLX's pure-Go
// backend. Nothing else in Ferlab touches plugins or imports backends, so that a notebook cell needs no blank import.
package backend

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"github.com/gomlx/gomlx/support/exceptions"

	_ "github.com/gomlx/gomlx/backends/default" // registers "xla" and "go"

	"ferlab/fer/backend/onednn"
)

// Env is the environment variable that forces a backend, in GoMLX's notation: "xla", "xla:cuda", "go".
const Env = compute.ConfigEnvVar

// InstallHint says how to get the XLA plugin; it ends the line that [Get] prints when it falls back.
const InstallHint = "run `make setup` once to install the XLA plugin"

var get = sync.OnceValues(func() (compute.Backend, error) {
	if config, forced := os.LookupEnv(Env); forced {
		b, err := New(config)
		if err != nil {
			return nil, fmt.Errorf("backend %q, asked for by %s: %w; unset %s to let Ferlab choose", config, Env, err, Env)
		}
		return b, nil
	}
	b, err := New("xla")
	if err == nil {
		return b, nil
	}
	fmt.Fprintf(os.Stderr, "ferlab: no XLA plugin, using the slower pure-Go backend: %s\n", InstallHint)
	return New("go")
})

// Get returns the backend of this process, opened at the first call and shared from then on. It is the one named by
// [Env] if that is set, else XLA (a GPU's plugin before the CPU's), else the pure-Go backend with one line on stderr.
func Get() (compute.Backend, error) { return get() }

// New opens a backend of its own, such as New("go") in a test. Most callers want [Get]. New("xla") is XLA with oneDNN in it if
// that is there, see [onednn.Add]; one that names a plugin, New("xla:cpu_v0.81"), is XLA alone.
func New(config string) (b compute.Backend, err error) {
	// The plugin's own installer may download; Ferlab's set-up installs a pinned one instead.
	xla.EnableAutoInstall(false)
	if kind, _, _ := strings.Cut(config, ":"); kind == xla.BackendName {
		// go-xla looks for plugins once: the one with oneDNN has to be among them from the start.
		if name := withOneDNN(); name != "" && config == kind {
			config += ":" + name
		}
	}
	if caught := exceptions.TryCatch[error](func() { b, err = compute.NewWithConfig(config) }); caught != nil {
		err = caught
	}
	if err != nil {
		return nil, fmt.Errorf("opening backend %q: %s", config, firstLine(err))
	}
	return b, nil
}

// withOneDNN adds oneDNN to XLA's CPU plugin and returns the name of both together; "" if there is no oneDNN, or a GPU.
var withOneDNN = sync.OnceValue(func() (name string) {
	plugins := pjrt.AvailablePlugins()
	for _, found := range slices.Sorted(maps.Keys(plugins)) {
		if !isCPU(found) {
			return ""
		}
		if name == "" {
			name = found
		}
	}
	if name == "" {
		return ""
	}
	name, _ = onednn.Add(name, plugins[name])
	return name
})

func isCPU(plugin string) bool { return strings.Contains(strings.ToLower(plugin), "cpu") }

// HasOneDNN reports whether b runs convolutions through oneDNN: those of float32, and, if bfloat16 is true, those of bfloat16 too.
func HasOneDNN(b compute.Backend) (has, bfloat16 bool) {
	x, ok := b.(*xla.Backend)
	has = ok && strings.Contains(x.PluginName(), onednn.Mark)
	return has, has && onednn.HasBFloat16()
}

// IsXLACPU reports whether b is XLA on a CPU, for which fer/nn has faster forms of some operations.
func IsXLACPU(b compute.Backend) bool {
	x, ok := b.(*xla.Backend)
	return ok && isCPU(x.PluginName())
}

// Describe names a backend for a run's record and a notebook's reader: "xla:cpu_v0.81+onednn3.2", "go". Unlike b.Description() it
// holds no path of this machine.
func Describe(b compute.Backend) string {
	if x, ok := b.(*xla.Backend); ok {
		return "xla:" + x.PluginName()
	}
	return b.String()
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
