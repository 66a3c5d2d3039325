package report_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"ferlab/fer/report"
	"ferlab/fer/semisup"
)

// The notebook's figures of removed labels and of views can be drawn and say how many faces they show.
func TestFewLabelsFigures(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	d := report.ClearFaces()
	f, err := report.RemoveLabels(d, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if caption, _ := f.Description(); !strings.Contains(caption, "The 35 faces") || !strings.Contains(caption, "175 other") {
		t.Errorf("caption %q, want 35 faces with and 175 without labels", caption)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	if _, err := report.RemoveLabels(d, 31, 1); err == nil {
		t.Error("more labels than a class has should be an error")
	}
	if f, err = report.Views(d, 3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	for _, a := range semisup.Algorithms() {
		if err := report.FewLabelsConfig(a.Name, 5).Validate(); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
}

// The table of pseudo-labels holds means over seeds; where nothing counted, nothing was right or wrong.
func TestPseudoLabels(t *testing.T) {
	table, err := report.PseudoLabels([]semisup.Result{
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

// The recorded runs, or that there are none, can be shown.
func TestRecordedFewLabels(t *testing.T) {
	parts, err := report.RecordedFewLabels()
	if err != nil || len(parts) == 0 {
		t.Errorf("%d parts, %v", len(parts), err)
	}
	if cited, err := report.Cited(); err != nil || len(cited.Rows) != 4 {
		t.Errorf("%d cited algorithms, %v", len(cited.Rows), err)
	}
}
