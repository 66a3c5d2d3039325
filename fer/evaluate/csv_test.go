package evaluate

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ferlab/fer"
)

// random returns n predictions of a made-up net that is right more often than not.
func random(n int, seed uint64) Predictions {
	rng := rand.New(rand.NewPCG(seed, 1))
	p := make(Predictions, n)
	for i := range p {
		label := rng.IntN(fer.NumEmotions)
		p[i] = Prediction{ID: strings.Repeat("x", i%3) + string(rune('a'+i%26)) + "/" + string(rune('0'+i%10)) +
			strings.Repeat("y", i), Label: fer.Class(label)}
		logits := pad()
		for k := range logits {
			logits[k] = rng.NormFloat64()
		}
		logits[label] += 1
		p[i].Probs = softmax(logits)
	}
	return p
}

// pad returns seven probabilities, the last of them 0 unless given.
func pad(p ...float64) []float64 { return append(p, make([]float64, fer.NumEmotions-len(p))...) }

func softmax(logits []float64) []float64 {
	probs, sum := pad(), 0.0
	for k, v := range logits {
		probs[k] = math.Exp(v)
		sum += probs[k]
	}
	for k := range probs {
		probs[k] /= sum
	}
	return probs
}

func TestCSVRoundTripsEveryBit(t *testing.T) {
	want := random(50, 1)
	want[3].Label = fer.Unlabelled
	want[4].ID = `train/happy, "quoted".png`
	want[5].Probs = []float64{1, 0, 0, 0, 0, 0, 1e-300}
	path := filepath.Join(t.TempDir(), "predictions.csv")
	if err := want.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatal("what was read differs from what was written")
	}
}

func TestReadCSVNamesLineAndColumn(t *testing.T) {
	const head = "id,label,angry,disgust,fear,happy,sad,surprise,neutral\n"
	const good = "a,happy,0,0,0,1,0,0,0\n"
	for name, test := range map[string]struct{ in, want string }{
		"empty file":     {"", "empty"},
		"other header":   {"id,label,angry\n", "line 1: the header"},
		"short row":      {head + good + "b,sad,1\n", "line 3, 3 columns, want 9"},
		"unknown label":  {head + good + "b,bored,0,0,0,1,0,0,0\n", `line 3, column label: unknown emotion "bored"`},
		"empty id":       {head + ",sad,0,0,0,1,0,0,0\n", "line 2, column id is empty"},
		"repeated id":    {head + good + good, `line 3, column id: "a" stands in line 2`},
		"not a number":   {head + "b,sad,0,0,zero,1,0,0,0\n", `line 2, column fear: "zero"`},
		"NaN":            {head + "b,sad,0,0,0,1,0,NaN,0\n", "probability of surprise is NaN"},
		"negative":       {head + "b,sad,0,0,-0.1,1,0,0.1,0\n", "probability of fear is -0.1"},
		"sum":            {head + "b,sad,0,0,0.1,1,0,0,0\n", "sum to 1.1"},
		"unclosed quote": {head + "\"b,sad,0,0,0,1,0,0,0\n", "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCSV(strings.NewReader(test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
		})
	}
	if p, err := ReadCSV(strings.NewReader(head + good)); err != nil || len(p) != 1 {
		t.Fatalf("good file: %v, %v", p, err)
	}
}

func TestWriteCSVRefusesWhatReadCSVWould(t *testing.T) {
	p := random(3, 2)
	p[1].Probs[0] = math.NaN()
	if err := p.WriteCSV(new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "prediction 1") {
		t.Fatalf("NaN written: %v", err)
	}
}

func TestCheck(t *testing.T) {
	if err := random(5, 1).Check(); err != nil {
		t.Fatal(err)
	}
	spoil := func(f func(p Predictions)) error {
		p := random(5, 1)
		f(p)
		return p.Check()
	}
	for want, err := range map[string]error{
		"no predictions":   Predictions(nil).Check(),
		"no label":         spoil(func(p Predictions) { p[2].Label = fer.Unlabelled }),
		"label is class 9": spoil(func(p Predictions) { p[2].Label = 9 }),
		"NaN":              spoil(func(p Predictions) { p[2].Probs[1] = math.NaN() }),
		"sum to":           spoil(func(p Predictions) { p[2].Probs[1] += 0.01 }),
		"has the ID":       spoil(func(p Predictions) { p[2].ID = p[1].ID }),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestArgmaxTakesTheFirstOnTies(t *testing.T) {
	p := Prediction{Label: fer.Happy, Probs: []float64{0.1, 0.3, 0, 0.3, 0.3, 0, 0}}
	if got := p.Predicted(); got != fer.Disgust {
		t.Errorf("predicted class %d, want disgust", got)
	}
	if got := p.rank(); got != 1 {
		t.Errorf("rank %d, want 1", got)
	}
}

func TestAccuracyOfNothingIsUndefined(t *testing.T) {
	unlabelled := random(4, 1)
	unlabelled[0].Label = fer.Unlabelled
	for _, p := range []Predictions{nil, unlabelled} {
		if got := p.Accuracy(); !math.IsNaN(got) {
			t.Errorf("accuracy %v, want NaN", got)
		}
		if got := Accuracy(p, Bootstrap{}); !math.IsNaN(got.Value) {
			t.Errorf("interval %v, want NaN", got)
		}
	}
}
