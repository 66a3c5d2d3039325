// Package backendtest lets tests run as on a GPU where there is none: XLA's CPU plugin poses as CUDA's, under its name.
// So the graphs are those of a GPU, and the numbers, the memory and the speed are the CPU's.
package backendtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"ferlab/fer/backend"
)

// CUDAFile is the name under which go-xla finds CUDA's plugin.
const CUDAFile = "pjrt_c_api_cuda_plugin.so"

// Pattern is the environment variable with the tests, as a regular expression, that [RunAsGPU] runs instead of those
// named in its call; "." is all.
const Pattern = "FERLAB_GPU_FORMS"

// CPUPlugin returns the path of XLA's CPU plugin. Where there is none, or a driver for a real GPU, it skips the test.
func CPUPlugin(t testing.TB) string {
	t.Helper()
	if files, _ := filepath.Glob("/dev/nvidia*"); len(files) > 0 {
		t.Skip("an NVIDIA driver is here: the test feigns one; the other tests run on the GPU itself")
	}
	for _, p := range backend.Plugins() {
		if strings.HasPrefix(p.Name, "cpu") && filepath.IsAbs(p.Path) && p.Err == nil {
			return p.Path
		}
	}
	t.Skip("XLA's CPU plugin isn't installed: run `make setup`")
	return ""
}

// Driver returns the setting of PATH under which an nvidia-smi answers, which is what go-xla takes for a driver, and
// knows two cards that are called "Feigned".
func Driver(t testing.TB) string {
	t.Helper()
	bin := t.TempDir()
	program := []byte("#!/bin/sh\ncase $* in *query*) echo Feigned, 1; echo Feigned, 1;; *) echo NVIDIA-SMI;; esac\n")
	if err := os.WriteFile(filepath.Join(bin, "nvidia-smi"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	return "PATH=" + bin + ":" + os.Getenv("PATH")
}

// GPU returns the environment of a process in which the CPU plugin poses as CUDA's.
func GPU(t testing.TB) []string {
	t.Helper()
	cpu := CPUPlugin(t)
	dir, err := os.MkdirTemp("", "plugins") // Its name mustn't look like a GPU's, as the test's might.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Symlink(cpu, filepath.Join(dir, CUDAFile)); err != nil {
		t.Fatal(err)
	}
	return []string{Driver(t), "PJRT_PLUGIN_LIBRARY_PATH=" + dir, "GOPJRT_CUDA_CHECKS=0", backend.Env + "=xla:cuda"}
}

// Card returns this process's backend if it is a real GPU; else it skips the test.
func Card(t testing.TB) compute.Backend {
	t.Helper()
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	name := backend.Describe(b)
	if !backend.IsXLAGPU(b) || strings.Contains(name, "CPU") {
		t.Skip("this needs an NVIDIA GPU, and the tests run on " + name)
	}
	return b
}

// RunAsGPU runs tests of the calling test's package in another process, as on a GPU: those that match pattern, a
// regular expression as -run's, or the variable [Pattern] if it is set. The calling test isn't among them.
func RunAsGPU(t *testing.T, pattern string) {
	t.Helper()
	if p := os.Getenv(Pattern); p != "" {
		pattern = p
	}
	cmd := exec.Command(os.Args[0], "-test.v", "-test.run="+pattern, "-test.skip=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), GPU(t)...)
	out, err := cmd.CombinedOutput()
	passed, skipped := strings.Count(string(out), "\n--- PASS"), strings.Count(string(out), "\n--- SKIP")
	if err != nil || passed == 0 {
		t.Fatalf("%v, %d tests passed:\n%s", err, passed, out)
	}
	t.Logf("%d tests passed, %d skipped", passed, skipped)
}
