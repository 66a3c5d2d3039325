package results

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"ferlab/fer/pretrained"
	"ferlab/fer/run"
)

// A row says what was changed as assignments that Set takes, and a difference that is that of the accuracies.
func TestAblation(t *testing.T) {
	var runs []*run.Run
	for _, name := range []string{"cnn", "dnn"} {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, r)
	}
	table, err := Ablation(runs[0], runs[1])
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 2 || table.Rows[0][1] != "" || table.Rows[0][4] != "–" {
		t.Fatalf("table %q, want the base without changes and difference, then one run", table.Rows)
	}
	c := runs[0].Config
	for _, change := range strings.Split(table.Rows[1][1], ", ") {
		if err := c.Set(change); err != nil {
			t.Error(err)
		}
	}
	c.Epochs = runs[1].Config.Epochs
	if left := run.Diff(c, runs[1].Config); len(left) > 0 {
		t.Errorf("the changes leave out %q", left)
	}
	want := 100 * (runs[1].Record.Accuracy - runs[0].Record.Accuracy)
	number, _, _ := strings.Cut(table.Rows[1][4], " ")
	if got, err := strconv.ParseFloat(number, 64); err != nil || math.Abs(got-want) > 0.006 {
		t.Errorf("difference %q, want %.2f", table.Rows[1][4], want)
	}
}
