package backend_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer/backend"
)

// double runs a small graph on a backend.
func double(t *testing.T, config string) {
	t.Helper()
	b, err := backend.New(config)
	if err != nil {
		t.Fatal(err)
	}
	exec := graph.MustNewExec(b, func(x *graph.Node) *graph.Node { return graph.Add(x, x) })
	if got := exec.MustCall(float32(21))[0].Value(); got != float32(42) {
		t.Errorf("%s computes 21+21 = %v", config, got)
	}
	if name := backend.Describe(b); !strings.HasPrefix(name, config) || strings.Contains(name, "/") {
		t.Errorf("%s describes itself as %q", config, name)
	}
}

func TestPureGo(t *testing.T) { double(t, "go") }

func TestUnknownBackend(t *testing.T) {
	if _, err := backend.New("abacus"); err == nil || !strings.Contains(err.Error(), `"abacus"`) ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line that names the backend", err)
	}
}

// A process without the plugin falls back to pure Go with one line, and one told to use what isn't there says so;
// neither panics. Run in a process of its own, since a process has one backend.
func TestWithoutPlugin(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		b, err := backend.Get()
		if err != nil {
			os.Stdout.WriteString("error: " + err.Error() + "\n")
		} else {
			os.Stdout.WriteString("backend: " + backend.Describe(b) + "\n")
		}
		os.Exit(0)
	}
	for _, test := range []struct{ force, stdout, stderr string }{
		{"", "backend: go\n", backend.InstallHint},
		{"xla:nowhere", `error: backend "xla:nowhere", asked for by GOMLX_BACKEND`, ""},
	} {
		home := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=TestWithoutPlugin")
		cmd.Env = append(os.Environ(), "FERLAB_TEST_CHILD=1", "HOME="+home, "PJRT_PLUGIN_LIBRARY_PATH="+home,
			"LD_LIBRARY_PATH="+home)
		if test.force != "" {
			cmd.Env = append(cmd.Env, backend.Env+"="+test.force)
		}
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || !strings.HasPrefix(string(out), test.stdout) ||
			!strings.Contains(stderr.String(), test.stderr) || strings.Count(stderr.String(), "\n") > 1 {
			t.Errorf("forced %q: %v\nstdout %q, want %q\nstderr %q, want one line with %q", test.force, err, out,
				test.stdout, stderr.String(), test.stderr)
		}
	}
}
