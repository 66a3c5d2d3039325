package backend

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer/backend/onednn"
)

// productSize is the number of a timed product's rows and columns.
const productSize = 512

// Facts says what this process could compute with and what it uses, one fact a line; the last is the time of a product
// of two float32 matrices of 512×512 on the backend of [Get], in seconds, the median of 5 after one that compiles.
func Facts() ([]string, error) {
	lines := []string{"driver: " + driverFact()}
	b, err := Get()
	if err != nil {
		return lines, err
	}
	if name := plugin(b); isCUDA(name) {
		for i := range b.NumDevices() {
			lines = append(lines, fmt.Sprintf("card %d of %d: %s", i+1, b.NumDevices(),
				b.DeviceDescription(compute.DeviceNum(i))))
		}
		lines = append(lines, "arithmetic: "+Arithmetic(b))
	} else {
		lines = append(lines, "card: none in use")
	}
	lines = append(lines, pluginFacts()...)
	lines = append(lines, "oneDNN: "+onednn.Status(), "compiled programs: "+onednn.Stored(),
		"training uses: "+Describe(b))
	lines = append(lines, whyNot(b)...)
	seconds, err := timeProduct(b)
	if err != nil {
		return lines, err
	}
	return append(lines, fmt.Sprintf("product of two %d×%d float32 matrices: %.6f s", productSize, productSize,
		seconds)), nil
}

// driverFact says how the driver shows itself and, where nvidia-smi knows, which cards it drives.
func driverFact() string {
	found := driver()
	if found == "" {
		return "no NVIDIA driver: neither /dev/nvidia* nor an nvidia-smi that answers"
	}
	return "NVIDIA: " + strings.Join(append([]string{found}, Cards()...), "; ")
}

// Cards returns name and driver of each card, "NVIDIA H100 80GB HBM3, 580.159.04", as nvidia-smi knows them.
func Cards() []string { return cards() }

var cards = sync.OnceValue(func() (all []string) {
	out, err := exec.Command("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader").Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.Contains(line, ",") {
			all = append(all, line)
		}
	}
	return all
})

// cardName is what all cards are called; "" if they have several names, or none is known. XLA says "cuda:0" only.
func cardName() string {
	var names []string
	for _, card := range Cards() {
		name, _, _ := strings.Cut(card, ",")
		names = append(names, name)
	}
	if names = slices.Compact(names); len(names) != 1 {
		return ""
	}
	return names[0]
}

func pluginFacts() (lines []string) {
	for _, p := range Plugins() {
		if !pluginFileExists(p.Path) {
			continue // The CPU's with oneDNN in it, which is no file.
		}
		line := fmt.Sprintf("plugin: xla:%s, %s", p.Name, filepath.Base(p.Path))
		if p.Err != nil {
			line += ", not opened"
		} else if v := version(p); v != "" {
			line += ", " + v
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = append(lines, "plugin: none of XLA found; "+InstallHint)
	}
	return lines
}

func pluginFileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// whyNot says of each backend that is better than b why that isn't used.
func whyNot(b compute.Backend) (lines []string) {
	name, _, _ := strings.Cut(plugin(b), onednn.Mark)
	config, forced := os.LookupEnv(Env)
	cuda := slices.ContainsFunc(Plugins(), func(p Plugin) bool { return isCUDA(p.Name) })
	if !cuda && !isCUDA(name) {
		why := "no NVIDIA driver is visible, and no CUDA plugin"
		if driver() != "" {
			why = "a driver is visible, but no CUDA plugin; " + InstallHint
		}
		lines = append(lines, "not used: CUDA: "+why)
	}
	for _, p := range Plugins() {
		if p.Name == name || strings.Contains(p.Name, onednn.Mark) || isCPU(p.Name) && isCUDA(name) {
			continue
		}
		why := "it is no better"
		if err := failure(p); err != nil {
			why = err.Error()
		} else if forced {
			why = Env + "=" + config
		}
		lines = append(lines, "not used: xla:"+p.Name+": "+why)
	}
	if name == "" && len(Plugins()) == 0 {
		lines = append(lines, "not used: XLA on the CPU: no XLA plugin; "+InstallHint)
	}
	return lines
}

// timeProduct returns the seconds of a product, its result read.
func timeProduct(b compute.Backend) (float64, error) {
	exec, err := graph.NewExec(b, func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(graph.MatMul(x, x)) })
	if err != nil {
		return 0, err
	}
	x := tensors.FromShape(shapes.Make(dtypes.Float32, productSize, productSize))
	var times []float64
	for range 6 {
		start := time.Now()
		out, err := exec.Call(x)
		if err != nil {
			return 0, err
		}
		if _, err := tensors.CopyFlatData[float32](out[0]); err != nil {
			return 0, err
		}
		times = append(times, time.Since(start).Seconds())
	}
	times = times[1:]
	slices.Sort(times)
	return times[len(times)/2], nil
}
