package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
)

func TestBootstrapIsDeterministic(t *testing.T) {
	p := random(200, 1)
	first, err := Evaluate(p, Bootstrap{Samples: 100, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Evaluate(p, Bootstrap{Samples: 100, Seed: 7})
	if !reflect.DeepEqual(first, again) {
		t.Error("the same seed gave other measures")
	}
	other, _ := Evaluate(p, Bootstrap{Samples: 100, Seed: 8})
	if first.NLL == other.NLL {
		t.Error("another seed gave the same interval")
	}
	if first.NLL.Value != other.NLL.Value {
		t.Error("the seed changed the value itself")
	}
}

// TestIntervalCovers draws test sets from a net whose true accuracy is known and counts how often the interval holds
// it.
func TestIntervalCovers(t *testing.T) {
	const trials, n, truth = 400, 200, 0.65
	rng := rand.New(rand.NewPCG(1, 2))
	held := 0
	for trial := range trials {
		p := make(Predictions, n)
		for i := range p {
			p[i] = Prediction{ID: fmt.Sprint(i), Label: fer.Happy, Probs: pad()}
			predicted := fer.Sad
			if rng.Float64() < truth {
				predicted = fer.Happy
			}
			p[i].Probs[predicted] = 1
		}
		if Accuracy(p, Bootstrap{Samples: 300, Seed: uint64(trial)}).Contains(truth) {
			held++
		}
	}
	if share := float64(held) / trials; share < 0.91 || share > 0.98 {
		t.Errorf("the 95 %% interval held the truth in %.1f %% of trials", 100*share)
	}
}

func TestBootstrapOutOfRange(t *testing.T) {
	for _, b := range []Bootstrap{{Samples: -1}, {Level: 1}, {Level: -0.5}} {
		if _, err := Evaluate(random(9, 1), b); err == nil {
			t.Errorf("%+v accepted", b)
		}
		if got := Accuracy(random(9, 1), b); !math.IsNaN(got.Low) {
			t.Errorf("%+v gave the interval %v", b, got)
		}
	}
}

func TestCompareMatchesByID(t *testing.T) {
	a, b := random(300, 1), random(300, 1)
	for i := range b { // a worse net on the same images
		b[i].Probs = softmax([]float64{float64(i % 5), 1, float64(i % 3), 1, 0, 0, 0.5})
	}
	want, err := Compare(a, b, Bootstrap{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	shuffled := slices.Clone(b)
	slices.Reverse(shuffled)
	got, err := Compare(a, shuffled, Bootstrap{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("order matters: %+v, want %+v", got, want)
	}
	if want.Tie() || !strings.HasPrefix(want.Verdict("cnn", "dnn"), "cnn beats dnn by ") {
		t.Errorf("verdict %q", want.Verdict("cnn", "dnn"))
	}
	if diff := a.Accuracy() - b.Accuracy(); math.Abs(want.Difference.Value-diff) > 1e-15 {
		t.Errorf("difference %v, want %v", want.Difference.Value, diff)
	}
	reverse, _ := Compare(b, a, Bootstrap{Seed: 3})
	if !strings.HasPrefix(reverse.Verdict("dnn", "cnn"), "dnn loses to cnn by ") {
		t.Errorf("verdict %q", reverse.Verdict("dnn", "cnn"))
	}
}

func TestCompareCallsATieATie(t *testing.T) {
	a := random(300, 1)
	same, err := Compare(a, a, Bootstrap{})
	if err != nil {
		t.Fatal(err)
	}
	if !same.Tie() || same.P != 1 || same.Difference != (Interval{}) {
		t.Errorf("a net against itself: %+v", same)
	}
	b := slices.Clone(a)
	changed := 0
	for i := range b { // three more right: within chance
		if !b[i].Correct() && changed < 3 {
			b[i].Probs = pad()
			b[i].Probs[b[i].Label] = 1
			changed++
		}
	}
	c, _ := Compare(a, b, Bootstrap{})
	if c.OnlyA != 0 || c.OnlyB != 3 || !c.Tie() || !strings.HasPrefix(c.Verdict("cnn", "dnn"), "cnn and dnn tie") {
		t.Errorf("three images of difference: %s", c)
	}
}

func TestCompareRefusesOtherImages(t *testing.T) {
	a := random(10, 1)
	short, renamed, relabelled := a[:9], slices.Clone(a), slices.Clone(a)
	renamed[4].ID = "another"
	relabelled[4].Label = (a[4].Label + 1) % fer.NumEmotions
	for want, b := range map[string]Predictions{"10 and 9": short, "is only in the first": renamed,
		"is labelled": relabelled, "no predictions": nil} {
		if _, err := Compare(a, b, Bootstrap{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	c := newConfusion(fer.Emotions)
	c.Images[fer.Fear] = []int{60, 2, 250, 20, 84, 40, 40} // 496
	c.Images[fer.Disgust] = []int{20, 30, 0, 0, 5, 0, 0}
	c.Images[fer.Happy][fer.Happy] = 100
	var got []string
	for _, m := range c.Mistakes(0) {
		got = append(got, m.String())
	}
	want := []string{
		"disgust is taken for angry in 36 % of cases (20 of 55, 95 % interval 25–50 %)",
		"fear is taken for sad in 17 % of cases (84 of 496, 95 % interval 14–20 %)",
		"fear is taken for angry in 12 % of cases (60 of 496, 95 % interval 10–15 %)",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if all := c.Mistakes(-1); len(all) != 8 {
		t.Errorf("%d kinds of mistake in all, want 8", len(all))
	}
}

func TestNormalisedRowsSumToOne(t *testing.T) {
	for i, row := range random(200, 1).Confusion().Normalised() {
		sum := 0.0
		for _, v := range row {
			sum += v
		}
		near(t, fmt.Sprintf("sum of row %d", i), sum, 1, 1e-12)
	}
}

// TestTemperatureFindsTheTruth draws labels from known probabilities, sharpens those by a known temperature, and asks
// for it back.
func TestTemperatureFindsTheTruth(t *testing.T) {
	const truth = 2.5
	rng := rand.New(rand.NewPCG(5, 6))
	p := make(Predictions, 20000)
	for i := range p {
		logits := pad()
		for k := range logits {
			logits[k] = 2 * rng.NormFloat64()
		}
		p[i] = Prediction{ID: fmt.Sprint(i), Probs: softmax(logits), Label: fer.Neutral}
		for k, u := 0, rng.Float64(); k < fer.NumEmotions; k++ {
			if u -= p[i].Probs[k]; u < 0 {
				p[i].Label = fer.Class(k)
				break
			}
		}
	}
	if e := p.ECE(); e > 0.02 {
		t.Errorf("ECE of a calibrated net %v", e)
	}
	sharp := Scale(p, 1/truth)
	if e := sharp.ECE(); e < 0.15 {
		t.Errorf("ECE of an overconfident net %v", e)
	}
	got, err := Temperature(sharp)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "temperature", got, truth, 0.03)
	back := Scale(sharp, truth)
	for i := range p {
		for k := range p[i].Probs {
			if math.Abs(back[i].Probs[k]-p[i].Probs[k]) > 1e-9 {
				t.Fatalf("row %d: %v, want %v", i, back[i].Probs, p[i].Probs)
			}
		}
		if sharp[i].Predicted() != p[i].Predicted() {
			t.Fatal("scaling changed a prediction")
		}
	}
}

func TestTemperatureWithoutMinimum(t *testing.T) {
	perfect, hopeless := random(50, 1), random(50, 1)
	for i := range perfect {
		perfect[i].Label = perfect[i].Predicted()
		for k, v := range hopeless[i].Probs {
			if v < hopeless[i].Probs[hopeless[i].Label] {
				hopeless[i].Label = fer.Class(k)
			}
		}
	}
	for want, p := range map[string]Predictions{"perfect": perfect, "chance": hopeless, "no predictions": nil} {
		if got, err := Temperature(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("temperature %v, error %v, want one with %q", got, err, want)
		}
	}
}

func TestReliabilityCountsEveryRowOnce(t *testing.T) {
	p := random(500, 1)
	p[0].Probs = pad(1) // the last bin's upper end
	total := 0
	for _, bin := range p.Reliability() {
		total += bin.Count
		if bin.Count > 0 && (bin.Confidence <= bin.Low || bin.Confidence > bin.High+1e-12) {
			t.Errorf("mean confidence %v outside of its bin (%v, %v]", bin.Confidence, bin.Low, bin.High)
		}
	}
	if total != len(p) {
		t.Errorf("%d rows in the bins, want %d", total, len(p))
	}
}

func TestWorstAndMostConfidentWrong(t *testing.T) {
	p := random(200, 1)
	worst := p.Worst(5)
	if len(worst) != 5 || !slices.IsSortedFunc(worst, func(a,
		b Prediction) int {
		return -compare(a.Loss(), b.Loss())
	}) {
		t.Errorf("worst: %v", worst)
	}
	for _, row := range p {
		if row.Loss() > worst[0].Loss() {
			t.Errorf("%q has a loss above the worst", row.ID)
		}
	}
	wrong := p.MostConfidentWrong(1000)
	if want := len(p) - int(math.Round(p.Accuracy()*float64(len(p)))); len(wrong) != want {
		t.Errorf("%d wrong, want %d", len(wrong), want)
	}
	if !slices.IsSortedFunc(wrong, func(a, b Prediction) int { return -compare(a.Confidence(), b.Confidence()) }) {
		t.Error("not sorted by confidence")
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func ExampleConfusion_Mistakes() {
	c := newConfusion(fer.Emotions)
	c.Images[fer.Fear] = []int{40, 2, 270, 20, 84, 40, 40}
	for _, mistake := range c.Mistakes(0.1) {
		fmt.Println(mistake)
	}
	// Output: fear is taken for sad in 17 % of cases (84 of 496, 95 % interval 14–20 %)
}

func ExampleCompare() {
	answer := func(id string, label, predicted fer.Class) Prediction {
		p := Prediction{ID: id, Label: label, Probs: pad()}
		p.Probs[predicted] = 1
		return p
	}
	a := Predictions{answer("1", fer.Happy, fer.Happy), answer("2", fer.Sad, fer.Sad), answer("3", fer.Fear, fer.Sad)}
	b := Predictions{answer("3", fer.Fear, fer.Sad), answer("2", fer.Sad, fer.Neutral),
		answer("1", fer.Happy, fer.Happy)}
	c, err := Compare(a, b, Bootstrap{})
	if err != nil {
		fmt.Println(err)
		return
	}
	inShort, counts, _ := strings.Cut(c.Verdict("cnn", "dnn"), " (")
	fmt.Println(inShort)
	fmt.Println("(" + counts)
	// Output:
	// cnn and dnn tie: the difference of 33.3 points [0.0, 100.0] may be chance
	// (66.7 % and 33.3 % of 3 images; cnn alone is right about 1, dnn alone about 0; McNemar p = 1)
}

func TestTieNeedsOnlyOneDoubt(t *testing.T) {
	level := Bootstrap{}.withDefaults()
	for _, test := range []struct {
		p         float64
		low, high float64
		want      bool
	}{
		{0.01, 0.002, 0.03, false},
		{0.01, -0.03, -0.002, false},
		{0.06, 0.002, 0.03, true},  // the exact test doubts
		{0.01, -0.001, 0.03, true}, // the interval doubts
	} {
		c := Comparison{P: test.p, Difference: Interval{(test.low + test.high) / 2, test.low, test.high},
			Bootstrap: level}
		if got := c.Tie(); got != test.want {
			t.Errorf("p = %v and an interval from %v to %v: tie %v, want %v", test.p, test.low, test.high, got,
				test.want)
		}
	}
}

func ExampleEvaluate() {
	var p Predictions
	for i, predicted := range []fer.Class{fer.Happy, fer.Happy, fer.Sad, fer.Sad, fer.Neutral, fer.Sad} {
		row := Prediction{ID: fmt.Sprint(i), Label: []fer.Class{fer.Happy, fer.Sad, fer.Neutral}[i/2], Probs: pad()}
		for k := range row.Probs {
			row.Probs[k] = 0.05
		}
		row.Probs[predicted] = 0.7
		p = append(p, row)
	}
	r, err := Evaluate(p, Bootstrap{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("accuracy %.3f, recall of sad %.2f\n", r.Accuracy.Value, r.Classes[fer.Sad].Recall.Value)
	// Output: accuracy 0.833, recall of sad 1.00
}
