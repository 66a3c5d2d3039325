package run_test

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// folder writes faces of a seed as train/<class>/*.png and test/<class>/*.png.
func folder(t *testing.T, dir string, seed uint64) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for i, f := range synth.Faces(seed, 70) {
		split := "train"
		if i >= 56 {
			split = "test"
		}
		path := filepath.Join(dir, split, fer.Emotions.Name(f.Label))
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(filepath.Join(path, strings.Repeat("x", i+1)+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(out, f.Image.Gray()); err != nil {
			t.Fatal(err)
		}
		out.Close()
	}
}

// A complete run on other images of the same names is an error with a remedy; on the same ones it opens, with its
// source moved away, too, which it says.
func TestStaleSource(t *testing.T) {
	source, dir := filepath.Join(t.TempDir(), "faces"), t.TempDir()
	folder(t, source, 1)
	c := tiny()
	c.Source, c.Validation, c.Epochs = source, "test", 1
	first := train(t, dir, c, nil)
	if again := train(t, dir, c, nil); again.Record.Started != first.Record.Started {
		t.Error("trained again")
	}
	if err := os.Rename(source, source+"-away"); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	train(t, dir, c, &run.Options{Warn: func(line string) { warnings = append(warnings, line) }})
	if len(warnings) != 1 || !strings.Contains(warnings[0], "opened without its source") {
		t.Errorf("warnings %q, want one that the source isn't there", warnings)
	}
	folder(t, source, 2)
	if _, err := run.Train(context.Background(), dir, c, nil); err == nil ||
		!strings.Contains(err.Error(), "on other images or labels") ||
		!strings.Contains(err.Error(), "ask to replace it") {
		t.Errorf("other images of the same names: %v", err)
	}
	folder(t, source, 1)
	train(t, dir, c, nil)

	// Labels that are opened and changed.
	data, err := dataset.Open(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	data.Examples[0].Label = (data.Examples[0].Label + 1) % fer.NumEmotions
	if _, err := run.Train(context.Background(), dir, c, &run.Options{Data: data}); err == nil ||
		!strings.Contains(err.Error(), "images or labels") {
		t.Errorf("another label: %v", err)
	}
}

// A net of one's own that has changed in a constant is another configuration.
func TestStaleNet(t *testing.T) {
	net := func(factor float32) model.Net {
		return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			values := make([]float32, 36)
			values[7] = factor
			x = nn.Dense(s, nn.Flatten(s, x), 36)
			return nn.Dense(s, graph.Mul(x, graph.ExpandLeftToRank(graph.Const(x.Graph(), values), 2)), fer.NumEmotions)
		}
	}
	c := tiny()
	c.Model, c.Epochs = model.Custom, 1
	dir := t.TempDir()
	train(t, dir, c, &run.Options{Net: net(1)})
	train(t, dir, c, &run.Options{Net: net(1)})
	if _, err := run.Train(context.Background(), dir, c, &run.Options{Net: net(2)}); err == nil ||
		!strings.Contains(err.Error(), "another configuration (custom") {
		t.Errorf("another constant: %v", err)
	}
}
