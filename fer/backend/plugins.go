package backend

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Plugin is a file that holds XLA for one kind of device.
type Plugin struct {
	Name string // "cuda", "cpu_v0.81"
	Path string
	Err  error // Why it isn't opened; nil if it may be.
	// Hidden says that it is for a GPU, and no NVIDIA driver is there: not using it is no failure.
	Hidden bool
}

// driver says how an NVIDIA driver shows itself, by the rule of go-xla: device files, or an nvidia-smi that answers.
var driver = sync.OnceValue(func() string {
	if runtime.GOOS != "linux" {
		return ""
	}
	if files, _ := filepath.Glob("/dev/nvidia*"); len(files) > 0 {
		return "device files /dev/nvidia*"
	}
	out, err := exec.Command("nvidia-smi").CombinedOutput()
	if err == nil && strings.Contains(string(out), "NVIDIA-SMI") {
		return "nvidia-smi answers"
	}
	return ""
})

// folders are those in which go-xla looks for plugins, but for the ones of /etc/ld.so.conf.
func folders() []string {
	if paths, set := os.LookupEnv("PJRT_PLUGIN_LIBRARY_PATH"); set {
		return strings.Split(paths, ":")
	}
	var list []string
	if home, err := os.UserHomeDir(); err == nil {
		list = append(list, filepath.Join(home, ".local/lib/go-xla"), filepath.Join(home, ".local/lib/go-xla/nvidia"))
	}
	list = append(list, "/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia")
	return append(list, strings.Split(os.Getenv("LD_LIBRARY_PATH"), ":")...)
}

var pluginFile = regexp.MustCompile(`[/\\](?:pjrt_c_api_(.+)_plugin|pjrt[-_]plugin[-_](.+))\.(?:so|dylib|dll)$`)

// nameOf is the name that go-xla gives a plugin's file; "" if the file is none.
func nameOf(path string) string {
	if m := pluginFile.FindStringSubmatch(path); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// files are the plugins in [folders], unopened, the first of a folder's first.
func files() (list []Plugin) {
	for _, dir := range folders() {
		paths, _ := filepath.Glob(filepath.Join(dir, "pjrt*"))
		for _, path := range paths {
			if name := nameOf(path); dir != "" && name != "" {
				list = append(list, Plugin{Name: name, Path: path})
			}
		}
	}
	return list
}

// isCUDA tells a plugin for NVIDIA's GPUs by its name, as go-xla does.
func isCUDA(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "cuda") || strings.Contains(name, "nvidia")
}

// bestFirst sorts plugins: GPUs, what is no CPU, CPUs.
func bestFirst(list []Plugin) {
	rank := func(p Plugin) int {
		switch {
		case isCUDA(p.Name):
			return 0
		case isCPU(p.Name):
			return 2
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b Plugin) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
}
