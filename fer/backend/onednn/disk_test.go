package onednn_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend/onednn"
	"ferlab/fer/nn"
)

// A process loads what another one compiled, to the same bits; a spoilt file is compiled anew, and so is what was
// compiled for another number of processors or other flags. Without a folder, all is compiled.
func TestStored(t *testing.T) {
	if os.Getenv("FERLAB_TEST_CHILD") != "" {
		both, _ := backends(t)
		net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			x = nn.ReLU(s, nn.Conv2D(s, nn.ConvBlock(s, x, 16, 0.25), 32, 3))
			return nn.Dense(s, nn.GlobalAveragePool(s, x), fer.NumEmotions)
		}
		losses := train(t, both, net, sgd, onednn.HasBFloat16(), 3)
		fmt.Print(losses, "|", onednn.Loads())
		os.Exit(0)
	}
	backends(t)
	dir := filepath.Join(t.TempDir(), "programs")
	child := func(env ...string) (losses, loads string) {
		cmd := exec.Command(os.Args[0], "-test.run=TestStored")
		cmd.Env = append(append(os.Environ(), "FERLAB_TEST_CHILD=1", onednn.ProgramsEnv+"="+dir), env...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		losses, loads, _ = strings.Cut(string(out), "|")
		return losses, loads
	}
	want, loads := child()
	if loads != "0" {
		t.Errorf("%s programs loaded from an empty folder", loads)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no program is stored ", err)
	}
	check := func(what, wantLoads string, env ...string) {
		if losses, loads := child(env...); loads != wantLoads || losses != want {
			t.Errorf("%s: %s programs loaded, losses %s, want %s and %s", what, loads, losses, wantLoads, want)
		}
	}
	check("again", fmt.Sprint(len(files)))
	check("other flags", "0", "XLA_FLAGS=--xla_cpu_multi_thread_eigen=true")
	check("off", "0", onednn.ProgramsEnv+"=off")
	check("no folder", "0", onednn.ProgramsEnv+"=/dev/null/none")
	for i, f := range files {
		program, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		program[len(program)/2] ^= 1
		if i%2 == 1 {
			program = program[:len(program)/3]
		}
		if err := os.WriteFile(f, program, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check("spoilt", "0")
	check("mended", fmt.Sprint(len(files)))
}
