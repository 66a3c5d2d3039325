package votes

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

var quick = evaluate.Bootstrap{Samples: 50}

// madeUp returns votes about n images, and a net's predictions for them and three more.
func madeUp(n int) (Table, Net) {
	rng := rand.New(rand.NewPCG(3, 0))
	t, net := Table{}, Net{Name: "net"}
	for i := range n + 3 {
		row := evaluate.Prediction{ID: fmt.Sprint(i), Label: fer.Class(rng.IntN(fer.NumEmotions)),
			Probs: make([]float64, fer.NumEmotions)}
		sum := 0.0
		for e := range row.Probs {
			row.Probs[e] = math.Pow(rng.Float64(), 4)
			sum += row.Probs[e]
		}
		for e := range row.Probs {
			row.Probs[e] /= sum
		}
		net.Predictions = append(net.Predictions, row)
		if i < n {
			var v Votes
			favour, loyal := rng.IntN(NumChoices), rng.Float64()
			for range 10 {
				if rng.Float64() < loyal {
					v[favour]++
				} else {
					v[rng.IntN(NumChoices)]++
				}
			}
			t[row.ID] = v
		}
	}
	return t, net
}

// Agreement is what counting voter by voter gives.
func TestAgreementsByCounting(t *testing.T) {
	table, net := madeUp(80)
	all, n, err := Agreements(table, quick, net)
	if err != nil || n != 80 || len(all) != 4 {
		t.Fatal(n, len(all), err)
	}
	// Voter by voter: who says what, and what the nine others say.
	emotionOf := []fer.Class{fer.Neutral, fer.Happy, fer.Surprise, fer.Sad, fer.Angry, fer.Disgust, fer.Fear, -1, -1,
		-1}
	type tally struct{ hits, of float64 }
	counted := map[string]*tally{}
	count := func(what string, hit bool, weight float64) {
		if counted[what] == nil {
			counted[what] = &tally{}
		}
		if counted[what].of += weight; hit {
			counted[what].hits += weight
		}
	}
	for _, row := range net.Predictions[:80] {
		var voters []int
		for c, k := range table[row.ID] {
			for range k {
				voters = append(voters, c)
			}
		}
		answer := row.Predicted()
		count("old label", true, 1)
		count("net label", answer == row.Label, 1)
		for i, own := range voters {
			heard := map[int]int{}
			for j, other := range voters {
				if i != j {
					heard[other]++
					count("voter voter", own == other, 1)
				}
			}
			count("voter label", emotionOf[own] == row.Label, 1)
			count("old voter", emotionOf[own] == row.Label, 1)
			count("net voter", emotionOf[own] == answer, 1)
			for c, k := range heard {
				if k >= 5 && emotionOf[c] >= 0 { // Five of nine.
					for _, of := range []string{"", fer.Emotions.Name(emotionOf[c])} {
						count("voter others"+of, own == c, 1)
						count("old others"+of, row.Label == emotionOf[c], 1)
						count("net others"+of, answer == emotionOf[c], 1)
					}
				}
			}
		}
	}
	compared := 0
	compare := func(what string, got evaluate.Interval) {
		c, ok := counted[what]
		if !ok {
			c = &tally{math.NaN(), 1}
		}
		want := c.hits / c.of
		if math.IsNaN(want) != math.IsNaN(got.Value) || math.Abs(got.Value-want) > 1e-12 || got.Low > got.Value ||
			got.High < got.Value {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
		compared++
	}
	for i, who := range map[int]string{0: "voter", 2: "old", 3: "net"} {
		compare(who+" label", all[i].Label)
		compare(who+" voter", all[i].Voter)
		compare(who+" others", all[i].Others)
		for e, got := range all[i].ByEmotion {
			compare(who+" others"+fer.Emotions.Name(fer.Class(e)), got)
		}
	}
	if compared != 30 || !math.IsNaN(all[1].Others.Value) {
		t.Errorf("compared %d, ten against nine %v", compared, all[1].Others)
	}
}

// Few images, known by hand.
func TestAgreementsByHand(t *testing.T) {
	sad := []float64{fer.Sad: 1, fer.Neutral: 0}
	net := Net{"net", evaluate.Predictions{{ID: "a", Label: fer.Sad, Probs: sad},
		{ID: "b", Label: fer.Happy, Probs: sad},
		{ID: "c", Label: fer.Fear, Probs: sad}, {ID: "none", Label: fer.Fear, Probs: sad}}}
	table := Table{"a": {Sadness: 10}, "b": {Sadness: 5, Happiness: 5}, "c": {Sadness: 8, Contempt: 2}}
	all, n, err := Agreements(table, quick, net)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	for i, want := range []Agreement{
		{Name: OneVoter, Label: evaluate.Interval{Value: 0.5},
			Voter: evaluate.Interval{Value: (1 + 2*5.0/10*4/9 + 0.8*7/9 + 0.2/9) / 3}},
		{Name: AllTen, Label: evaluate.Interval{Value: 0.5}, Voter: evaluate.Interval{Value: 2.3 / 3}},
		{Name: OldLabel, Label: evaluate.Interval{Value: 1}, Voter: evaluate.Interval{Value: 0.5}},
		{Name: "net", Label: evaluate.Interval{Value: 1.0 / 3}, Voter: evaluate.Interval{Value: 2.3 / 3}},
	} {
		got := all[i]
		if got.Name != want.Name || math.Abs(got.Label.Value-want.Label.Value) > 1e-12 ||
			math.Abs(got.Voter.Value-want.Voter.Value) > 1e-12 {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	// The nine others of each voter of "b" see the other emotion with five.
	if got := all[0].Others.Value; math.Abs(got-1.8/3) > 1e-12 {
		t.Errorf("one voter agrees with the others in %v, want 0.6", got)
	}

	levels, err := ByLevel(table, net, quick)
	if err != nil || len(levels) != 3 {
		t.Fatal(levels, err)
	}
	for i, want := range []Level{{Votes: 10, Images: 1}, {Votes: 8, Images: 1}, {Votes: 5, Images: 1}} {
		if levels[i].Votes != want.Votes || levels[i].Images != want.Images {
			t.Errorf("%+v, want %+v", levels[i], want)
		}
	}
	if l := levels[2]; l.Labels.Value != 1 || l.Most.Value != 1 || l.Accuracy.Value != 0 ||
		math.Abs(l.People.Value-math.Ln2) > 1e-12 ||
		l.Entropy.Value != 0 || l.Confidence.Value != 1 {
		t.Errorf("%+v", l)
	}
}

// A net that tells the shares of votes has the least loss, and is unsure where people are.
func TestCalibrate(t *testing.T) {
	table, net := madeUp(60)
	own, err := Calibrate(table, net, quick)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range net.Predictions {
		if shares, ok := table[row.ID].Shares(); ok {
			net.Predictions[i].Probs = shares
		}
	}
	best, err := Calibrate(table, net, quick)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(best.VoteLoss.Value-best.Floor.Value) > 1e-9 || math.Abs(best.Correlation.Value-1) > 1e-9 ||
		best.Floor != own.Floor {
		t.Errorf("%+v", best)
	}
	if own.VoteLoss.Value <= own.Floor.Value || math.Abs(own.Correlation.Value) > 0.4 || own.Images > 60 {
		t.Errorf("%+v", own)
	}
}

func TestPeopleErrors(t *testing.T) {
	table, net := madeUp(5)
	other := Net{"other", append(evaluate.Predictions{}, net.Predictions...)}
	other.Predictions[2].ID = "x"
	for _, bad := range []struct {
		nets []Net
		t    Table
		want string
	}{
		{nil, table, "no net"},
		{[]Net{{Name: "empty"}}, table, "net empty: no predictions"},
		{[]Net{net, other}, table, `other lacks image "2"`},
		{[]Net{net, {"fewer", net.Predictions[1:]}}, table, "compare nets on the same images"},
		{[]Net{net}, Table{"y": {Fear: 10}}, `none of the 8 predicted images has votes, such as "0"`},
	} {
		if _, _, err := Agreements(bad.t, quick, bad.nets...); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%v, want %s", err, bad.want)
		}
	}
}
