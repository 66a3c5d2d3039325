package results_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

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

// The recorded runs are compared with their baselines and with published numbers: a verdict follows from its interval,
// and the answer names the largest gain.
func TestRecordedFewLabels(t *testing.T) {
	study, err := results.FewLabels()
	if err != nil {
		t.Fatal(err)
	}
	outcomes, all := study.Few, study.All
	gains, err := results.Gains(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gains {
		if all.Accuracy < 0.7 || g.Seeds < 2 {
			t.Errorf("%s with %d labels: %d seeds; %v with all labels", g.Algorithm.Name, g.Labels, g.Seeds, all)
		}
		if want := verdict(g.Points.Low, g.Points.High, "gains", "loses"); g.Verdict() != want {
			t.Errorf("%s with %d labels: %v is called %q", g.Algorithm.Name, g.Labels, g.Points, g.Verdict())
		}
	}
	if table, err := results.GainsTable(outcomes); err != nil || len(table.Rows) != len(gains) {
		t.Errorf("%d rows for %d gains, %v", len(table.Rows), len(gains), err)
	}
	answer, err := results.AnswerFewLabels(study)
	if err != nil || answer.Picture == nil || !strings.HasPrefix(answer.Number, "+") {
		t.Errorf("answer %v, %v", answer, err)
	}
	if _, err := results.LabelsFigure(outcomes, &all); err != nil {
		t.Error(err)
	}
	if table, err := results.Beside(outcomes); err != nil || len(table.Rows) != 8 {
		t.Errorf("%d rows beside published ones, %v, want Mean Teacher and FixMatch at four numbers", len(table.Rows),
			err)
	}
	if _, err := results.TakeAll(outcomes); err == nil {
		t.Error("results without a baseline that has all labels should be an error")
	}
}

// A mean over seeds is above or below a published number if its interval is, and a tie else.
func TestBeside(t *testing.T) {
	var outcomes []semisup.Result
	for labels, values := range map[int][3]float64{
		10: {0.55, 0.56, 0.57}, 25: {0.45, 0.5, 0.55}, 100: {0.5, 0.51, 0.52},
	} {
		for i, v := range values {
			r := semisup.Result{Algorithm: "fixmatch", Labels: labels, Seed: uint64(i + 1), Accuracy: v}
			outcomes = append(outcomes, r)
		}
	}
	table, err := results.Beside(outcomes)
	want := [][]string{
		{"FixMatch", "10", "56.0 ± 2.5", "47.9", "above"},
		{"FixMatch", "25", "50.0 ± 12.4", "49.9", "tie"},
		{"FixMatch", "100", "51.0 ± 2.5", "59.5", "below"},
	}
	if err != nil || !reflect.DeepEqual(table.Rows, want) {
		t.Errorf("rows %q, %v, want %q", table.Rows, err, want)
	}
}

// The table and the figure hold means over seeds with Student's interval, and refuse what can't be compared.
func TestTables(t *testing.T) {
	outcomes := []semisup.Result{
		{Algorithm: "fixmatch", Labels: 100, Seed: 1, Accuracy: 0.60},
		{Algorithm: "supervised", Labels: 25, Seed: 1, Accuracy: 0.40},
		{Algorithm: "supervised", Labels: 25, Seed: 2, Accuracy: 0.50},
		{Algorithm: "supervised", Labels: 25, Seed: 3, Accuracy: 0.60},
		{Algorithm: "fixmatch", Labels: 25, Seed: 1, Accuracy: 0.55},
		{Algorithm: "fixmatch", Labels: 25, Seed: 2, Accuracy: 0.57},
	}
	for i := range outcomes {
		outcomes[i].Source, outcomes[i].Split, outcomes[i].Images, outcomes[i].Steps = "faces", "test", 70, 9
	}
	table, err := results.AccuracyTable(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	// t(0.975; 2) = 4.3027 and t(0.975; 1) = 12.7062, times 10/√3 and √2/√2 points.
	want := [][]string{{"Supervised only", "50.0 ± 24.8", ""}, {"FixMatch", "56.0 ± 12.7 (2 seeds)", "60.0 (1 seed)"}}
	if !reflect.DeepEqual(table.Rows, want) || len(table.Header) != 3 || table.Header[1] != "25 labels of each class" ||
		table.Header[2] != "100" {
		t.Errorf("header %q, rows %q, want %q", table.Header, table.Rows, want)
	}
	gains, err := results.Gains(outcomes)
	if err != nil {
		t.Fatal(err)
	}
	// Both have seeds with differences of 15 and 7 points, with a standard error of 4: half-width 12.7062 · 4.
	if g := gains[0]; len(gains) != 1 || g.Algorithm.Name != "fixmatch" || g.Labels != 25 || g.Seeds != 2 ||
		math.Abs(g.Points.Value-0.11) > 1e-9 || math.Abs(g.Points.High-0.11-12.7062*0.04) > 1e-5 ||
		g.Verdict() != "tie" {
		t.Errorf("gains %v, want FixMatch's 0.11 ± 0.508 with 25 labels", gains)
	}
	if _, err := results.Gains(outcomes[:1]); err == nil {
		t.Error("gains over no baseline should be an error")
	}
	f, err := results.LabelsFigure(outcomes, nil)
	if err != nil {
		t.Fatal(err)
	}
	if caption, _ := f.Description(); !strings.Contains(caption, "faces") || !strings.Contains(caption, "n=70") {
		t.Errorf("the caption %q doesn't say what was measured", caption)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	outcomes[2].Images = 71
	if _, err := results.LabelsFigure(outcomes, nil); err == nil ||
		!strings.Contains(err.Error(), "can't be compared") {
		t.Errorf("results on different images: %v", err)
	}
	if _, err := results.AccuracyTable(nil); err == nil {
		t.Error("a table of nothing should be an error")
	}
}

// verdict is above if an interval is above 0, below if it is below, and a tie else.
func verdict(low, high float64, above, below string) string {
	switch {
	case low > 0:
		return above
	case high < 0:
		return below
	}
	return "tie"
}
