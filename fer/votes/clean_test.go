package votes

import (
	"math"
	"testing"

	"ferlab/fer/evaluate"
)

// The clean part is what eight of ten agree on; a net is right there by people or by labels, as counted one by one.
func TestContests(t *testing.T) {
	table, net := madeUp(300)
	other := Net{Name: "other", Predictions: append(evaluate.Predictions(nil), net.Predictions...)}
	for i := range other.Predictions[:100] { // It knows some labels by heart.
		row := &other.Predictions[i]
		row.Probs = make([]float64, len(row.Probs))
		row.Probs[row.Label] = 1
	}
	contests, err := Contests(table, quick, net, other)
	if err != nil {
		t.Fatal(err)
	}
	for k, n := range []Net{net, other} {
		var hits, of [3]float64
		for _, row := range n.Predictions {
			count := func(i int, right bool) {
				of[i]++
				if right {
					hits[i]++
				}
			}
			count(0, row.Correct())
			for c, votes := range table[row.ID] {
				if e := Choice(c).Emotion(); e.Valid() && votes >= 8 {
					count(1, row.Correct())
					count(2, row.Predicted() == e)
				}
			}
		}
		for i, a := range contests[k].By {
			if got := contests[k].Images[i]; float64(got) != of[i] || got < 20 {
				t.Errorf("%s, measure %d: %d images, want %v", n.Name, i, got, of[i])
			}
			if math.Abs(a.Value-hits[i]/of[i]) > 1e-12 {
				t.Errorf("%s, measure %d: accuracy %v, want %v of %v", n.Name, i, a.Value, hits[i], of[i])
			}
		}
	}
	for i, c := range contests[1].Beyond {
		want := contests[1].By[i].Value - contests[0].By[i].Value
		if math.Abs(c.Difference.Value-want) > 1e-12 {
			t.Errorf("measure %d: beyond the first by %v, want %v", i, c.Difference.Value, want)
		}
	}
	if _, err := Contests(Table{"0": {1, 1, 1, 1, 1, 1}}, quick, net); err == nil {
		t.Error("no error without an image that people agree on")
	}
}
