//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla" // registers "xla"
	"github.com/gomlx/go-xla/pjrt"

	"ferlab/fer/backend/onednn"
)

// The plugin's own installer may download; Ferlab's set-up installs a pinned one instead.
func init() { xla.EnableAutoInstall(false) }

// plugin returns the name of the XLA plugin that b is, "cpu_v0.81"; "" if b is another backend.
func plugin(b compute.Backend) string {
	if x, ok := b.(*xla.Backend); ok {
		return x.PluginName()
	}
	return ""
}

// accelerated makes of the configuration "xla" the one that names XLA's CPU plugin with oneDNN in it, if that is there.
func accelerated(config string) string {
	kind, _, _ := strings.Cut(config, ":")
	if kind != xla.BackendName {
		return config
	}
	// go-xla looks for plugins once: the one with oneDNN has to be among them from the start.
	if name := withOneDNN(); name != "" && config == kind {
		return config + ":" + name
	}
	return config
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
