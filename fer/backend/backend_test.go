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

// child runs the calling test in a process of its own, since a process has one backend.
func child(t *testing.T, env ...string) (stdout, stderr string) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command(os.Args[0], "-test.run=^"+name+"$")
	cmd.Env = append(append(os.Environ(), "FERLAB_TEST_CHILD=1"), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%q: %v\n%s", env, err, errs.String())
	}
	return string(out), errs.String()
}

func TestPureGo(t *testing.T) { double(t, "go") }

func TestUnknownBackend(t *testing.T) {
	if _, err := backend.New("abacus"); err == nil || !strings.Contains(err.Error(), `"abacus"`) ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want one line that names the backend", err)
	}
}

// A process without the plugin falls back to pure Go with one line, and one told to use what isn't there says so;
// neither panics.
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
		env := []string{"HOME=" + home, "PJRT_PLUGIN_LIBRARY_PATH=" + home, "LD_LIBRARY_PATH=" + home}
		if test.force != "" {
			env = append(env, backend.Env+"="+test.force)
		}
		stdout, stderr := child(t, env...)
		if !strings.HasPrefix(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) ||
			strings.Count(stderr, "\n") > 1 {
			t.Errorf("forced %q:\nstdout %q, want %q\nstderr %q, want one line with %q",
				test.force, stdout, test.stdout, stderr, test.stderr)
		}
	}
}
