//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla" // registers "xla"
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
