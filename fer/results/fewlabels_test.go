package results_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/semisup"
)

// The table of pseudo-labels holds means over seeds; where nothing counted, nothing was right or wrong.
func TestPseudoLabels(t *testing.T) {
	table, err := results.PseudoLabels([]semisup.Result{
		{Algorithm: "supervised", Labels: 5, MaskRate: math.NaN(), PseudoAccuracy: math.NaN()},
		{Algorithm: "fixmatch", Labels: 25, MaskRate: 0, PseudoAccuracy: math.NaN()},
		{Algorithm: "fixmatch", Labels: 5, MaskRate: 0.5, PseudoAccuracy: 0.9},
		{Algorithm: "fixmatch", Labels: 5, MaskRate: 0.7, PseudoAccuracy: 0.8},
	})
	want := [][]string{{"FixMatch", "5", "60", "85"}, {"FixMatch", "25", "0", "–"}}
	if err != nil || !reflect.DeepEqual(table.Rows, want) {
		t.Errorf("rows %q, %v, want %q", table.Rows, err, want)
	}
}

// The recorded runs are compared with their baselines: a verdict follows from its interval, and the answer names the
// largest gain.
func TestRecordedFewLabels(t *testing.T) {
	outcomes, err := semisup.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	gains := results.Gains(outcomes)
	if len(gains) == 0 {
		t.Fatal("no gains")
	}
	for _, g := range gains {
		want := "tie"
		if g.Points.Low > 0 {
			want = "gains"
		} else if g.Points.High < 0 {
			want = "loses"
		}
		if g.Verdict() != want || g.Seeds < 2 {
			t.Errorf("%s with %d labels: %v over %d seeds is called %q", g.Algorithm.Name, g.Labels, g.Points, g.Seeds,
				g.Verdict())
		}
	}
	if table := results.GainsTable(outcomes); len(table.Rows) != len(gains) {
		t.Errorf("%d rows for %d gains", len(table.Rows), len(gains))
	}
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := results.AnswerFewLabels(outcomes, cnn)
	if err != nil || answer.Picture == nil || !strings.HasPrefix(answer.Number, "+") {
		t.Errorf("answer %v, %v", answer, err)
	}
	if _, err := results.LabelsFigure(outcomes, cnn); err != nil {
		t.Error(err)
	}
	if cited, err := results.Cited(); err != nil || len(cited.Rows) != 4 {
		t.Errorf("%d cited algorithms, %v", len(cited.Rows), err)
	}
}
