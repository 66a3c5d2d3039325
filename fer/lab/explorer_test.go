package lab

import (
	"bytes"
	"strings"
	"testing"

	"ferlab/fer/pretrained"
	"ferlab/fer/run"
)

// TestExplorer turns each knob of the explorer: pictures change where they must, and only there.
func TestExplorer(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	t.Setenv(SourceEnv, "")
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		t.Fatal(err)
	}
	dnn, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	e, err := newExplorer([]*run.Run{cnn, dnn})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(e.layers, " "); got != "by default relu1 relu2 relu3 relu4" {
		t.Errorf("layers to choose from: %s", got)
	}
	var initial []int
	for _, c := range e.controls() {
		initial = append(initial, c.Value)
	}
	draw := func(change, value int) (maps, bars []byte, caption string) {
		t.Helper()
		values := append([]int(nil), initial...)
		if change >= 0 {
			values[change] = value
		}
		figures, err := e.draw(values)
		if err != nil {
			t.Fatalf("values %v: %v", values, err)
		}
		if maps, err = figures[0].PNG(); err != nil {
			t.Fatal(err)
		}
		if bars, err = figures[1].PNG(); err != nil {
			t.Fatal(err)
		}
		caption, _ = figures[0].Description()
		return maps, bars, caption
	}
	maps, bars, _ := draw(-1, 0)
	for _, knob := range []struct {
		name          string
		control       int
		value         int
		probabilities bool
	}{{"face", 1, 9, true}, {"method", 2, 0, false}, {"layer", 3, 1, false}, {"threshold", 4, 80, false}} {
		m, b, _ := draw(knob.control, knob.value)
		if bytes.Equal(m, maps) {
			t.Errorf("another %s: the same maps", knob.name)
		}
		if bytes.Equal(b, bars) == knob.probabilities {
			t.Errorf("another %s: probabilities change: %v, want %v", knob.name, !knob.probabilities,
				knob.probabilities)
		}
	}
	initial[2] = 0 // A method without a layer says so.
	if _, _, caption := draw(3, 1); !strings.Contains(caption, "uses no layer") {
		t.Errorf("caption %q, want a note that the layer doesn't count", caption)
	}
	initial = []int{1, 1, e.controls()[2].Value, 0, 30}
	if _, err := e.draw(initial); err == nil {
		t.Error("no error for a class activation map of a net without convolutions")
	}
	if _, err := newExplorer(nil); err == nil {
		t.Error("no error for an exploration of nothing")
	}
}
