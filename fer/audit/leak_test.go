package audit_test

import (
	"fmt"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/evaluate"
)

// Right are 6 of 10 images: all 4 leaked ones and 2 of the other 6.
func TestMeasureLeaks(t *testing.T) {
	var p evaluate.Predictions
	for i := range 10 {
		row := evaluate.Prediction{ID: fmt.Sprint(i), Label: fer.Happy, Probs: make([]float64, fer.NumEmotions)}
		row.Probs[fer.Sad] = 1
		if i < 6 {
			row.Probs[fer.Sad], row.Probs[fer.Happy] = 0, 1
		}
		p = append(p, row)
	}
	l, err := audit.MeasureLeaks(p, []string{"0", "1", "2", "3", "elsewhere"}, evaluate.Bootstrap{})
	if err != nil || l.N != 10 || l.NLeaked != 4 || l.All.Value != 0.6 || l.Clean.Value != 2.0/6 ||
		l.Leaked.Value != 1 {
		t.Errorf("%+v, %v, want 0.6 of 10, 1/3 without the 4 leaked ones, 1 of these", l, err)
	}
	if none, err := audit.MeasureLeaks(p, nil, evaluate.Bootstrap{}); err != nil || none.Clean != none.All ||
		none.NLeaked != 0 {
		t.Errorf("%+v, %v without leaks", none, err)
	}
	if _, err := audit.MeasureLeaks(nil, nil, evaluate.Bootstrap{}); err == nil {
		t.Error("no predictions, no error")
	}
}
