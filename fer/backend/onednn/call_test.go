package onednn_test

import (
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
