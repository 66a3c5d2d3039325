package lab

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

func netOf(filters int) model.Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.ConvBlock(s, x, filters, 0.1)
		x = nn.GlobalAveragePool(s, x)
		return nn.Dense(s, x, fer.NumEmotions)
	}
}

// A net of one's own is trained once; changing the net or a setting trains another, and the first is still there.
func TestTrainNet(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	t.Setenv(SourceEnv, "")
	t.Chdir(t.TempDir())
	train := func(filters int, settings ...string) (started int64) {
		t.Helper()
		r, err := TrainNet("mine", netOf(filters), settings...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Net(); err != nil || r.Name != "mine" {
			t.Errorf("run %s: its net is missing: %v", r.Name, err)
		}
		return r.Record.Started.UnixNano()
	}
	first := train(2)
	if train(2) != first {
		t.Error("the same net was trained again")
	}
	if train(3) == first || train(2, "learning_rate=0.002") == first {
		t.Error("another net or setting opened the run of the first")
	}
	if train(2) != first {
		t.Error("the first run is gone")
	}
	if folders, _ := filepath.Glob("runs/notebooks/*/nets/*/mine"); len(folders) != 3 {
		t.Errorf("runs are in %v, want three folders", folders)
	}
	if _, err := TrainNet("mine", netOf(2), "epoch=3"); err == nil {
		t.Error("no error for an unknown setting")
	}
	if _, err := os.Stat("runs"); err != nil {
		t.Error(err)
	}

	r, err := TrainNet("mine", netOf(2))
	if err != nil {
		t.Fatal(err)
	}
	table, err := OnSource(r)
	if err != nil || len(table.Rows) != 1 || table.Rows[0][0] != "mine" {
		t.Errorf("table %v, %v", table, err)
	}
}
