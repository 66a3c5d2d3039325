package results_test

import (
	"math"
	"reflect"
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

// The recorded runs, or that there are none, can be shown.
func TestRecordedFewLabels(t *testing.T) {
	parts, err := results.RecordedFewLabels()
	if err != nil || len(parts) == 0 {
		t.Errorf("%d parts, %v", len(parts), err)
	}
	if cited, err := results.Cited(); err != nil || len(cited.Rows) != 4 {
		t.Errorf("%d cited algorithms, %v", len(cited.Rows), err)
	}
}
