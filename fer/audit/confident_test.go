package audit_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/evaluate"
)

//go:embed testdata/cleanlab.json
var fixtures []byte

// The confident joint, the label errors, their order and scores are cleanlab's; see testdata/make_fixtures.py.
func TestAgainstCleanlab(t *testing.T) {
	var cases []struct {
		Name    string
		Labels  []fer.Class
		Probs   [][]float64
		Joint   [][]int
		Issues  []int
		Scores  []float64
		Margins []float64
	}
	if err := json.Unmarshal(fixtures, &cases); err != nil || len(cases) == 0 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		p := make(evaluate.Predictions, len(c.Labels))
		for i := range p {
			p[i] = evaluate.Prediction{ID: fmt.Sprint(i), Label: c.Labels[i], Probs: c.Probs[i]}
		}
		joint, err := audit.ConfidentJoint(p)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(joint, c.Joint) {
			t.Errorf("%s: joint\n%v, want\n%v", c.Name, joint, c.Joint)
		}
		found, err := audit.LabelErrors(p)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, f := range found {
			i := slices.IndexFunc(p, func(row evaluate.Prediction) bool { return row.ID == f.ID })
			got = append(got, i)
			if f.Score != c.Scores[i] || f.Label != fer.Emotions.Name(c.Labels[i]) ||
				f.Suggested != fer.Emotions.Name(p[i].Predicted()) ||
				f.Reason != audit.LabelError {
				t.Errorf("%s: finding %+v, want score %v and suggestion %s", c.Name, f, c.Scores[i],
					fer.Emotions.Name(p[i].Predicted()))
			}
		}
		loss, margin := audit.SelfConfidence(p), audit.NormalizedMargin(p)
		for i := range p {
			if math.Abs(1-loss[i]-c.Scores[i]) > 1e-12 || math.Abs(1-margin[i]-c.Margins[i]) > 1e-12 {
				t.Errorf("%s: row %d scores %v and %v, want 1 less %v and %v", c.Name, i, loss[i], margin[i],
					c.Scores[i], c.Margins[i])
			}
		}
		if !slices.Equal(got, c.Issues) {
			t.Errorf("%s: issues\n%v, want\n%v", c.Name, got, c.Issues)
		}
	}
}

func TestLabelErrorsOfBadInput(t *testing.T) {
	row := evaluate.Prediction{ID: "a", Label: fer.Sad, Probs: []float64{1, 0, 0, 0, 0, 0, 0}}
	if _, err := audit.LabelErrors(evaluate.Predictions{row}); err == nil ||
		!strings.Contains(err.Error(), "2 or more") {
		t.Errorf("error %v, want one that asks for two emotions", err)
	}
	row.Label = fer.Unlabelled
	if _, err := audit.LabelErrors(evaluate.Predictions{row}); err == nil ||
		!strings.Contains(err.Error(), "no label") {
		t.Errorf("error %v, want one that says that the label is missing", err)
	}
}
