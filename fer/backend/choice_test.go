package backend_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer/backend"
	"ferlab/fer/backend/backendtest"
)

// shim is a plugin of XLA whose client can't be made: it is the CPU's, which is asked for one wrongly.
const shim = `#include "pjrt_c_api.h"
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
static PJRT_Api api;
static PJRT_Client_Create *original;
static PJRT_Error *create(PJRT_Client_Create_Args *args) {
  args->struct_size = 1;
  return original(args);
}
const PJRT_Api *GetPjrtApi(void) {
  const PJRT_Api *(*get)(void) = (const PJRT_Api *(*)(void))dlsym(dlopen(REAL, RTLD_LAZY | RTLD_LOCAL), "GetPjrtApi");
  const PJRT_Api *real = get();
  memcpy(&api, real, real->struct_size < sizeof api ? real->struct_size : sizeof api);
  original = real->PJRT_Client_Create;
  api.PJRT_Client_Create = create;
  return &api;
}
`

// CUDA comes before the CPU and the CPU before pure Go; of each better one that can't be used a line says why. A CUDA
// plugin that doesn't open, and one without a card, leave the CPU's plugin usable.
func TestChoice(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		b, err := backend.Get()
		if err != nil {
			os.Stdout.WriteString("error: " + err.Error())
		} else {
			os.Stdout.WriteString(backend.Describe(b))
		}
		os.Exit(0)
	}
	cpu := backendtest.CPUPlugin(t)
	link := func(t *testing.T, target, name string) {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	path := backendtest.Driver(t)
	for _, test := range []struct {
		name           string
		gpu            func(t *testing.T, file string)
		cpu, driver    bool
		force          string
		stdout, stderr string
	}{
		{"poses", func(t *testing.T, f string) { link(t, cpu, f) }, true, true, "", "xla:cuda on Feigned, ", ""},
		{"undriven", func(t *testing.T, f string) { link(t, cpu, f) }, true, false, "", "xla:cpu", ""},
		{"text", text, true, true, "", "xla:cpu", "not using xla:cuda: it doesn't open: file too short; using "},
		{"text alone", text, false, true, "", "go", "not using xla:cuda: it doesn't open: file too short; using "},
		{"text forced", text, true, true, "xla:cuda", `error: backend "xla:cuda", asked for by GOMLX_BACKEND: ` +
			`opening backend "xla:cuda": it doesn't open: `, ""},
		{"text beside forced", text, true, true, "xla:cpu", "xla:cpu", ""},
		{"no client", clientless(cpu), true, true, "", "xla:cpu", "not using xla:cuda: PJRT error"},
		{"no client alone", clientless(cpu), false, true, "", "go", "not using xla:cuda: PJRT error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "plugins") // Its name mustn't look like a GPU's.
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			test.gpu(t, filepath.Join(dir, backendtest.CUDAFile))
			if test.cpu {
				link(t, cpu, filepath.Join(dir, filepath.Base(cpu)))
			}
			env := []string{"PJRT_PLUGIN_LIBRARY_PATH=" + dir, "GOPJRT_CUDA_CHECKS=0"}
			if test.driver {
				env = append(env, path)
			}
			if test.force != "" {
				env = append(env, backend.Env+"="+test.force)
			}
			stdout, stderr := child(t, env...)
			lines := 0
			if test.stderr != "" {
				lines = 1
			}
			t.Logf("%s | %s", stdout, stderr)
			if !strings.HasPrefix(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) ||
				strings.Count(stderr, "\n") != lines || strings.Contains(stderr, "nil pointer") {
				t.Errorf("stdout %q, want %q\nstderr %q, want %d lines with %q", stdout, test.stdout, stderr, lines,
					test.stderr)
			}
		})
	}
}

func text(t *testing.T, file string) {
	if err := os.WriteFile(file, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// clientless compiles [shim].
func clientless(cpu string) func(t *testing.T, file string) {
	return func(t *testing.T, file string) {
		headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/go-xla").Output()
		if err != nil {
			t.Skip(err)
		}
		source := filepath.Join(t.TempDir(), "shim.c")
		if err := os.WriteFile(source, []byte(shim), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("cc", "-shared", "-fPIC", "-I", strings.TrimSpace(string(headers))+"/pjrt",
			`-DREAL="`+cpu+`"`, "-o", file, source, "-ldl").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}
