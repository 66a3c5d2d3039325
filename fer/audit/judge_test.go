package audit_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/evaluate"
	"ferlab/fer/votes"
)

// voted returns n images labelled sad or happy, of which a net and people call every tenth wrong.
func voted(n int) (votes.Table, evaluate.Predictions) {
	t, p := votes.Table{}, make(evaluate.Predictions, n)
	for i := range p {
		label, truth := fer.Sad, votes.Sadness
		if i%2 == 0 {
			label, truth = fer.Happy, votes.Happiness
		}
		row := evaluate.Prediction{ID: fmt.Sprint(i), Label: label, Probs: make([]float64, fer.NumEmotions)}
		sees := label
		if i%10 == 0 {
			sees, truth = fer.Sad, votes.Sadness
		}
		row.Probs[fer.Happy], row.Probs[fer.Sad] = 0.1, 0.9
		if sees == fer.Happy {
			row.Probs[fer.Happy], row.Probs[fer.Sad] = row.Probs[fer.Sad], row.Probs[fer.Happy]
		}
		var v votes.Votes
		v[truth] = 7
		v[votes.Unknown] = 3
		p[i], t[row.ID] = row, v
	}
	return t, p
}

// An audit by a net that is always right finds all wrong labels and no other; half as many planted ones halve its
// precision.
func TestJudge(t *testing.T) {
	table, p := voted(200)
	findings := audit.Findings{
		{ID: "0", Reason: audit.Contradiction, Of: "1"}, {ID: "0", Reason: audit.Contradiction, Of: "2"}, {ID: "1",
			Reason: audit.Contradiction},
		{ID: "elsewhere", Reason: audit.Contradiction}, {ID: "3", Reason: audit.BlankImage}, {ID: "4",
			Reason: audit.BlankImage},
		{ID: "5", Reason: audit.BlankImage},
	}
	var nobody votes.Votes
	nobody[votes.NoFace], nobody[votes.Neutral] = 5, 5
	table["3"] = nobody
	delete(table, "5") // FER+ left it out.
	b := evaluate.Bootstrap{Samples: 50}
	j, err := audit.Judge(table, p, findings, b)
	if err != nil {
		t.Fatal(err)
	}
	// Image 3's votes are five for neutral: its label is wrong, too, and the net doesn't know.
	if j.Labels != 199 || j.Wrong != 21 || len(j.Searches) != 4 {
		t.Fatalf("%+v", j)
	}
	worst := 20.0 / 21
	for _, s := range j.Searches {
		if s.AP.Value < worst || s.AP.Value > 1 || s.At.Precision != 1 || s.At.Listed != 20 ||
			math.Abs(s.At.Recall-worst) > 1e-12 ||
			s.AP.Low > s.AP.Value || math.Abs(s.Beyond.Value) > 0.05 {
			t.Errorf("%s: AP %v, %+v, beyond %v", s.Name, s.AP, s.At, s.Beyond)
		}
	}
	for i, want := range []audit.Suspects{
		{Name: "confident learning", Suspected: 20, Found: 20, Wanted: 21},
		{Name: "contradicting labels of equal images", Suspected: 2, Found: 1, Wanted: 21},
		{Name: "contradicting labels of nearly equal images", Wanted: 21},
		{Name: "blank, as no face", Suspected: 3, Found: 2, Wanted: 2},
		{Name: "unusual, as no face", Wanted: 2},
	} {
		got := j.Suspects[i]
		if got.Name != want.Name || got.Suspected != want.Suspected || got.Found != want.Found ||
			got.Wanted != want.Wanted {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	// People who see it otherwise in half of the suspects.
	for i := 0; i < 200; i += 20 {
		var v votes.Votes
		v[votes.Happiness] = 6
		v[votes.Sadness] = 4
		table[fmt.Sprint(i)] = v
	}
	if j, err = audit.Judge(table, p, nil, b); err != nil || j.Suspects[0].Precision.Value != 0.5 ||
		j.Searches[0].At.Precision != 0.5 {
		t.Errorf("%v, %+v", err, j.Suspects)
	}
	for _, bad := range []struct {
		t    votes.Table
		p    evaluate.Predictions
		want string
	}{
		{table, nil, "no predictions"},
		{votes.Table{"x": table["1"]}, p, `none of the 200 predicted images has votes, such as "0"`},
		{votes.Table{"1": table["1"]}, p, "none of the 1 rows is what is looked for"},
	} {
		if _, err := audit.Judge(bad.t, bad.p, nil, b); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%v, want %s", err, bad.want)
		}
	}
}
