package backend_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"ferlab/fer/backend"
)

// The facts name the plugin that is used, or say that pure Go is and why. Each in a process of its own.
func TestFacts(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		lines, err := backend.Facts()
		if err != nil {
			lines = append(lines, "error: "+err.Error())
		}
		os.Stdout.WriteString(strings.Join(lines, "\n") + "\n")
		os.Exit(0)
	}
	empty := t.TempDir()
	with := []string{`driver: `, `plugin: xla:cpu\S*, \S*cpu\S*, PJRT API \d+\.\d+`, `training uses: xla:cpu`}
	without := []string{`plugin: none of XLA found; run .make setup.`, `oneDNN: oneDNN is off: `, `training uses: go$`,
		`not used: CUDA: `, `not used: XLA on the CPU: no XLA plugin; run .make setup.`}
	for _, test := range []struct {
		name  string
		force string
		env   []string
		want  []string
	}{
		{"plugin", "xla:cpu", nil, with},
		{"no plugin", "", []string{"HOME=" + empty, "PJRT_PLUGIN_LIBRARY_PATH=" + empty, "LD_LIBRARY_PATH=" + empty},
			without},
		{"forced", "go", nil, []string{`training uses: go$`, `not used: xla:cpu\S*: GOMLX_BACKEND=go`}},
	} {
		if !strings.Contains(test.name, "no") && len(backend.Plugins()) == 0 {
			t.Logf("%s: skipped, XLA's plugin isn't installed", test.name)
			continue
		}
		if test.force != "" {
			test.env = append(test.env, backend.Env+"="+test.force)
		}
		out, _ := child(t, test.env...)
		for _, want := range append(test.want, `product of two 512×512 float32 matrices: \d+\.\d+ s$`) {
			if !regexp.MustCompile(`(?m)^` + want).MatchString(out) {
				t.Errorf("%s: no line %q in\n%s", test.name, want, out)
			}
		}
		if strings.Contains(out, ".local") {
			t.Errorf("%s: a path of this machine in\n%s", test.name, out)
		}
	}
}
