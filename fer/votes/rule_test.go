package votes

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
)

// Each rule gives what an independent script gives (testdata/make_rules.py), with choices ignored or not and singles
// kept or not.
func TestRulesEqualReference(t *testing.T) {
	var reference struct {
		Votes []Votes
		Cases []struct {
			Rule    string
			Ignore  []string
			Singles bool
			Want    []any // Seven shares, or why there are none.
		}
	}
	data, err := os.ReadFile("testdata/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	if len(reference.Votes) < 150 || len(reference.Cases) != 12 {
		t.Fatalf("%d votes, %d cases", len(reference.Votes), len(reference.Cases))
	}
	for _, c := range reference.Cases {
		r := Rule{Name: c.Rule, Singles: c.Singles}
		for _, name := range c.Ignore {
			choice, err := ParseChoice(name)
			if err != nil {
				t.Fatal(err)
			}
			r.Ignore = append(r.Ignore, choice)
		}
		for i, want := range c.Want {
			p, left := r.label(reference.Votes[i])
			reason, _ := want.(string)
			if left != reason {
				t.Errorf("%+v of %v: left out for %q, want %q", r, reference.Votes[i], left, reason)
			}
			shares, _ := want.([]any)
			for e, share := range shares {
				if math.Abs(p[e]-share.(float64)) > 1e-9 {
					t.Errorf("%+v of %v: %v, want %v", r, reference.Votes[i], p, shares)
					break
				}
			}
		}
	}
}

// Labels by a rule are a table of soft labels and a data set; what is left out is counted.
func TestApply(t *testing.T) {
	d := &dataset.Dataset{Name: "made up", Examples: []fer.Example{
		{ID: "a", Label: fer.Sad, Split: fer.Train}, {ID: "b", Label: fer.Fear, Split: fer.Train},
		{ID: "c", Label: fer.Angry, Split: fer.Public}, {ID: "d", Label: fer.Happy, Split: fer.Public},
		{ID: "e", Label: fer.Happy, Split: fer.Public},
	}}
	table := Table{
		"a": {Happiness: 6, Sadness: 3, Fear: 1},
		"b": {Neutral: 5, Sadness: 5},
		"c": {Contempt: 8, Anger: 2},
		"d": {Happiness: 10},
	}
	l, err := table.Apply(Rule{Name: MajorityRule})
	if err != nil {
		t.Fatal(err)
	}
	want := "majority leaves 2 of 4 images: angry 0 disgust 0 fear 0 happy 2 sad 0 surprise 0 neutral 0\n" +
		"left out: 1 contempt; 1 no choice with enough votes\n"
	if got := l.Count.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r := l.Relabel(d)
	if r.Len() != 2 || r.Examples[0].ID != "a" || r.Examples[0].Label != fer.Happy || r.Examples[1].ID != "d" ||
		d.Examples[0].Label != fer.Sad {
		t.Errorf("%+v", r.Examples)
	}
	if l, err = table.Apply(Rule{Name: ProbabilitiesRule}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "soft.csv")
	if err := l.Predictions(d).WriteFile(file); err != nil {
		t.Fatal(err)
	}
	soft, err := evaluate.ReadProbabilitiesFile(file, fer.Emotions)
	if err != nil || len(soft) != 3 {
		t.Fatal(soft, err)
	}
	if got := fmt.Sprintf("%.4f %.4f", soft["a"], soft["b"]); got !=
		"[0.0000 0.0000 0.0000 0.6667 0.3333 0.0000 0.0000] [0.0000 0.0000 0.0000 0.0000 0.5000 0.0000 0.5000]" {
		t.Error(got)
	}
	if _, err := table.Apply(Rule{Name: "plurality"}); err == nil ||
		!strings.Contains(err.Error(), "want one of majority") {
		t.Error(err)
	}
	if _, err := (Table{"a": {Unknown: 9}}).Apply(Rule{Name: MajorityRule}); err == nil ||
		!strings.Contains(err.Error(), "none of 1") {
		t.Error(err)
	}
}

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		votes Votes
		label fer.Class
		wrong bool
	}{
		{Votes{Neutral: 5, Fear: 3, Unknown: 2}, fer.Fear, true},
		{Votes{Neutral: 5, Fear: 5}, fer.Fear, false}, // Half say so.
		{Votes{Neutral: 4, Fear: 3, Unknown: 3}, fer.Fear, false},
		{Votes{Contempt: 9, Fear: 1}, fer.Happy, false}, // None of the seven.
		{Votes{Happiness: 10}, fer.Happy, false},
		{Votes{Happiness: 10}, fer.Sad, true},
		{Votes{}, fer.Sad, false},
	} {
		if got := c.votes.Wrong(c.label); got != c.wrong {
			t.Errorf("%v labelled %v: wrong %v", c.votes, c.label, got)
		}
	}
}
