package evaluate

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"ferlab/fer"
)

// A search by an emotion's probability has scikit-learn's average precision, with ties and without; the area under its
// curve is the same number.
func TestSearchEqualsScikitLearn(t *testing.T) {
	searched := 0
	for _, c := range readFixtures(t).Cases {
		for _, e := range fer.Emotions.All() {
			if c.AP[e] == nil {
				continue
			}
			scores, positive := make([]float64, len(c.Labels)), make([]bool, len(c.Labels))
			for i, row := range c.Probs {
				scores[i], positive[i] = row[e], c.Labels[i] == int(e)
			}
			ap, beyond, err := AveragePrecision(positive, Bootstrap{Samples: 20}, scores, scores)
			if err != nil {
				t.Fatal(err)
			}
			what := fmt.Sprintf("%s, %s: average precision", c.Name, fer.Emotions.Name(e))
			near(t, what, ap[0].Value, *c.AP[e], 1e-12)
			if ap[1] != ap[0] || beyond[1] != (Interval{}) {
				t.Errorf("%s of the same search twice: %v, %v, difference %v", what, ap[0], ap[1], beyond[1])
			}
			points, err := PrecisionRecall(positive, scores)
			if err != nil {
				t.Fatal(err)
			}
			area, before := 0.0, 0.0
			for _, p := range points {
				area, before = area+(p.Recall-before)*p.Precision, p.Recall
			}
			near(t, what+" under the curve", area, *c.AP[e], 1e-12)
			searched++
		}
	}
	if searched < 15 {
		t.Errorf("%d searches compared, want 15 or more", searched)
	}
}

func TestPrecisionRecall(t *testing.T) {
	positive := []bool{false, true, false, true}
	points, err := PrecisionRecall(positive, []float64{0.5, 0.9, 0.1, 0.5})
	want := []Point{{1, 1, 1, 0.5}, {3, 2, 2.0 / 3, 1}, {4, 2, 0.5, 1}}
	if err != nil || !slices.Equal(points, want) {
		t.Errorf("%v, %v, want %v", points, err, want)
	}
	for _, bad := range [][]float64{{1, 2, 3}, {1, 2, math.NaN(), 3}} {
		if _, err := PrecisionRecall(positive, bad); err == nil {
			t.Errorf("scores %v: no error", bad)
		}
		if _, _, err := AveragePrecision(positive, Bootstrap{}, bad); err == nil {
			t.Errorf("scores %v: no error", bad)
		}
	}
	if _, err := PrecisionRecall(make([]bool, 2), []float64{1, 2}); err == nil {
		t.Error("nothing to look for: no error")
	}
}

// A share of equal wholes is a mean; one that every image has has no spread.
func TestRatio(t *testing.T) {
	values, ones, doubled := []float64{1, 0, 1, 1, 0.5}, []float64{1, 1, 1, 1, 1}, []float64{2, 2, 2, 2, 2}
	b := Bootstrap{Seed: 4}
	if got, want := b.Ratio(values, ones), b.mean(values); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := b.Ratio(values, doubled); math.Abs(got.Value-0.35) > 1e-12 {
		t.Errorf("%v, want 0.35", got)
	}
	if got := b.Ratio([]float64{1, 2, 4}, []float64{2, 4, 8}); got != (Interval{0.5, 0.5, 0.5}) {
		t.Errorf("%v, want 0.5 without spread", got)
	}
	for _, got := range []Interval{b.Ratio(nil, nil), b.Ratio(values, ones[1:]), b.Ratio(values, make([]float64, 5))} {
		if !math.IsNaN(got.Value) || !math.IsNaN(got.Low) {
			t.Errorf("%v, want NaN", got)
		}
	}
}
