//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla" // registers "xla"
	"github.com/gomlx/go-xla/pjrt"
	"github.com/gomlx/gomlx/support/exceptions"
	"k8s.io/klog/v2"

	"ferlab/fer/backend/onednn"
)

// The plugin's own installer may download; Ferlab's set-up installs a pinned one instead.
func init() { xla.EnableAutoInstall(false) }

var errHidden = errors.New("no NVIDIA driver is visible: neither /dev/nvidia* nor an nvidia-smi that answers")

// plugin returns the name of the XLA plugin that b is, "cpu_v0.81"; "" if b is another backend.
func plugin(b compute.Backend) string {
	x, ok := b.(*xla.Backend)
	if !ok {
		return ""
	}
	if name := nameOf(x.PluginName()); name != "" {
		return name
	}
	return strings.TrimPrefix(x.PluginName(), "/")
}

// device is XLA's description of b's first device.
func device(b compute.Backend) string {
	name, _, _ := strings.Cut(b.DeviceDescription(0), " [processId=")
	return name
}

// productsInTF32 reports whether a GPU multiplies matrices of float32 in TF32.
func productsInTF32(b compute.Backend) bool { return b.(*xla.Backend).DotGeneralUseTF32 }

type search struct {
	plugins []Plugin
	// broken says that go-xla can't look for plugins by name: it would meet a file that it can't open.
	broken bool
}

// find looks for plugins once. It wraps a fault of go-xla v0.4.1: checkPlugin closes a library before it looks whether
// that was opened, so that one file that is no library, or lacks another library, ends every search with a nil pointer,
// whichever plugin is sought. Then each file is opened by its path, which go-xla does without a search and says why it
// can't.
var find = sync.OnceValue(func() (s search) {
	// go-xla asks the system in a second call why a library doesn't open; only the same thread is told.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	setFlag(packingFlag, "false")
	if driver() != "" {
		setFlag(deterministicFlag, "true")
	}
	klog.LogToStderr(false) // go-xla's warnings repeat the errors, over many lines.
	klog.SetOutput(io.Discard)
	defer klog.LogToStderr(true)
	var found map[string]string
	s.broken = exceptions.TryCatch[error](func() { found = pjrt.AvailablePlugins() }) != nil
	for name, path := range found {
		s.plugins = append(s.plugins, Plugin{Name: name, Path: path})
	}
	for _, p := range files() {
		i := slices.IndexFunc(s.plugins, func(q Plugin) bool { return q.Name == p.Name })
		if i >= 0 && s.plugins[i].Err == nil {
			continue
		}
		if p.Hidden = isCUDA(p.Name) && driver() == ""; p.Hidden {
			p.Err = errHidden
		} else if _, err := pjrt.GetPlugin(p.Path); err != nil {
			p.Err = reason(err, p.Path)
		}
		if i < 0 {
			s.plugins = append(s.plugins, p)
		} else if p.Err == nil {
			s.plugins[i] = p
		}
	}
	bestFirst(s.plugins)
	return s
})

// Plugins returns the plugins of XLA that are there, the best first, and why one isn't opened.
func Plugins() []Plugin { return find().plugins }

// reason is what the system or XLA says within go-xla's longer error, in one line without the plugin's own path.
func reason(err error, path string) error {
	line := firstLine(err)
	if _, after, ok := strings.Cut(line, "failed to dynamically load PJRT plugin from "); ok {
		line, _, _ = strings.Cut(strings.Trim(after, `"`), `" -- check`)
		line, _, _ = strings.Cut(line, `": "`+path)
		line, _, _ = strings.Cut(line, `: "`+path)
		line = "it doesn't open: " + strings.Trim(strings.TrimPrefix(line, path+": "), `"`)
	} else if i := strings.Index(line, "PJRT error"); i >= 0 {
		line = line[i:]
	}
	return errors.New(line)
}

// openXLA opens the best plugin that works, and says of each better one that is visible why it doesn't. b is nil if
// none does.
func openXLA() (b compute.Backend, rejected []string) {
	for _, p := range Plugins() {
		if p.Hidden {
			continue
		}
		err := p.Err
		if err == nil {
			if b, err = open(configOf(p)); err == nil {
				return b, rejected
			}
		}
		rejected = append(rejected, "xla:"+p.Name+": "+reason(err, p.Path).Error())
	}
	return nil, rejected
}

// configOf is GoMLX's notation for a plugin, with oneDNN in it if it is a CPU's and that is there.
func configOf(p Plugin) string {
	if isCPU(p.Name) {
		if name := withOneDNN(); name != "" {
			return xla.BackendName + ":/" + name
		}
	}
	return xla.BackendName + ":" + sought(p)
}

// sought is what go-xla finds a plugin by: its name, or its path where looking for names would fail.
func sought(p Plugin) string {
	if find().broken {
		return p.Path
	}
	return p.Name
}

// resolve makes of a configuration that names a plugin one that go-xla can open, or says why there is none.
func resolve(config string) (string, error) {
	kind, rest, _ := strings.Cut(config, ":")
	if kind != xla.BackendName || !find().broken || filepath.IsAbs(rest) {
		return config, nil
	}
	name, options, more := strings.Cut(rest, ",")
	if more {
		options = "," + options
	}
	for _, p := range Plugins() {
		if p.Name == name || strings.HasPrefix(p.Name, name+"_v") || name == "" {
			if p.Err != nil {
				return "", p.Err
			}
			return kind + ":" + p.Path + options, nil
		}
	}
	return "", errors.New("there is no such plugin")
}

// withOneDNN adds oneDNN to XLA's CPU plugin and returns the name of both together; "" if there is no oneDNN.
var withOneDNN = sync.OnceValue(func() string {
	for _, p := range Plugins() {
		if isCPU(p.Name) && p.Err == nil {
			name, _ := onednn.Add(p.Name, p.Path)
			return name
		}
	}
	return ""
})

// version says what interface a plugin was built with. It loads the plugin.
func version(p Plugin) string {
	loaded, err := pjrt.GetPlugin(sought(p))
	if err != nil {
		return ""
	}
	major, minor := loaded.Version()
	return fmt.Sprintf("PJRT API %d.%d", major, minor)
}

// failure is why a plugin can't be used; nil if it can.
func failure(p Plugin) error {
	if p.Err != nil {
		return p.Err
	}
	b, err := open(configOf(p))
	if err != nil {
		return reason(err, p.Path)
	}
	b.Finalize()
	return nil
}
