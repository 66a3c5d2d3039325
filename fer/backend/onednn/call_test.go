package onednn_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/go-xla/pjrt"

	"ferlab/fer/backend"
	"ferlab/fer/backend/onednn"
)

// A call that oneDNN can't run is an error in Go, and the next one works.
func TestError(t *testing.T) {
	both, _ := backends(t)
	plugin, err := pjrt.GetPlugin(strings.TrimPrefix(backend.Describe(both), "xla:"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := plugin.NewClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Destroy() }()
	x, err := pjrt.ArrayToBuffer(client, []float32{1, 2, 3, 4}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ config, want string }{
		{"{plan = -1 : i64}", "there is no such plan"},
		{"{plan = 1000000 : i64}", "there is no such plan"},
		{"{}", "the number of a plan wanted"},
		{`{plan = "seven"}`, "the number of a plan wanted"},
	} {
		program := `module @m {
  func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %y = "stablehlo.custom_call"(%x, %x) {
      call_target_name = "ferlab_onednn", api_version = 4 : i32, backend_config = ` + test.config + `
    } : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    return %y : tensor<2x2xf32>
  }
}`
		call, err := client.Compile().WithStableHLO([]byte(program)).Done()
		if err == nil {
			var out []*pjrt.Buffer
			if out, err = call.Execute(x).DonateNone().Done(); err == nil {
				_, _, err = pjrt.BufferToArray[float32](out[0]) // XLA may run it later.
			}
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.config, err, test.want)
		}
	}
	_, _ = x.Destroy(), onednn.Status()
}

// A program that was compiled before isn't compiled again, as long as one client uses it or it is one of the last that
// were used; whoever has it may destroy it.
func TestCompiledOnce(t *testing.T) {
	both, _ := backends(t)
	plugin, err := pjrt.GetPlugin(strings.TrimPrefix(backend.Describe(both), "xla:"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // Clients.
		client, err := plugin.NewClient(nil)
		if err != nil {
			t.Fatal(err)
		}
		compile := func(add int) *pjrt.LoadedExecutable {
			e, err := client.Compile().WithStableHLO(fmt.Appendf(nil, `module @m {
  func.func @main(%%x: tensor<2xf32>) -> tensor<2xf32> {
    %%c = "stablehlo.constant"() { value = dense<%d.0> : tensor<2xf32> } : () -> tensor<2xf32>
    %%y = "stablehlo.add"(%%x, %%c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    return %%y : tensor<2xf32>
  }
}`, add)).Done()
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		check := func(e *pjrt.LoadedExecutable, add int) {
			x, err := pjrt.ArrayToBuffer(client, []float32{1, 2}, 2)
			if err != nil {
				t.Fatal(err)
			}
			out, err := e.Execute(x).DonateNone().Done()
			if err != nil {
				t.Fatal(err)
			}
			y, _, err := pjrt.BufferToArray[float32](out[0])
			if want := float32(add); err != nil || y[0] != 1+want || y[1] != 2+want {
				t.Errorf("[1 2] + %d = %v, %v", add, y, err)
			}
			_, _ = x.Destroy(), out[0].Destroy()
		}
		destroy := func(e *pjrt.LoadedExecutable) {
			if err := e.Destroy(); err != nil {
				t.Fatal(err)
			}
		}
		before := onednn.Compiled()
		expect := func(want int) {
			if n := onednn.Compiled() - before; n != want {
				t.Errorf("%d programs compiled, want %d", n, want)
			}
		}
		a, b, other := compile(5), compile(5), compile(6)
		expect(2)
		destroy(a)
		check(b, 5)
		check(other, 6)
		destroy(b)
		for i := range 2 * onednn.MaxUnused { // Drives out the first.
			e := compile(10 + i)
			check(e, 10+i)
			destroy(e)
		}
		last := compile(10 + 2*onednn.MaxUnused - 1)
		expect(2 + 2*onednn.MaxUnused)
		again := compile(5)
		expect(3 + 2*onednn.MaxUnused)
		check(again, 5)
		sixth := compile(6)
		check(sixth, 6)
		expect(3 + 2*onednn.MaxUnused)
		for _, e := range []*pjrt.LoadedExecutable{last, again, other, sixth} {
			destroy(e)
		}
		if err := client.Destroy(); err != nil {
			t.Fatal(err)
		}
	}
}

// Without oneDNN, or with it turned off, XLA does all, and Status says in one line why. Each in a process of its own,
// since a process has one answer.
func TestWithout(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		b, err := backend.New("xla")
		if err != nil {
			os.Stdout.WriteString("error: " + err.Error())
		} else {
			os.Stdout.WriteString(backend.Describe(b) + "|" + onednn.Status())
		}
		os.Exit(0)
	}
	backends(t)
	alone, broken := t.TempDir(), t.TempDir()
	for name, path := range pjrt.AvailablePlugins() {
		if filepath.IsAbs(path) {
			for _, dir := range []string{alone, broken} {
				if err := os.Symlink(path, filepath.Join(dir, "pjrt_c_api_"+name+"_plugin.so")); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(broken, "onednn"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "onednn", "libdnnl.so.3"), []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ env, want string }{
		{"FERLAB_ONEDNN=off", "oneDNN is off: FERLAB_ONEDNN=off"},
		{"PJRT_PLUGIN_LIBRARY_PATH=" + alone, "make setup"},
		{"PJRT_PLUGIN_LIBRARY_PATH=" + broken, "it doesn't open"},
		{"ONEDNN_MAX_CPU_ISA=SSE41", "the processor has no AVX2"},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=TestWithout")
		cmd.Env = append(os.Environ(), "FERLAB_TEST_CHILD=1", test.env)
		out, err := cmd.CombinedOutput()
		name, status, _ := strings.Cut(string(out), "|")
		alone := strings.HasPrefix(name, "xla:cpu") && !strings.Contains(name, onednn.Mark)
		if err != nil || !alone || !strings.Contains(status, test.want) {
			t.Errorf("%s: %v, backend %q with status %q, want XLA alone and %q", test.env, err, name, status, test.want)
		}
		if strings.Contains(string(out), "\n") {
			t.Errorf("%s: %q is more than a line", test.env, out)
		}
	}
}
