package evaluate

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"

	"ferlab/fer"
)

// fixtures are scikit-learn's and SciPy's values; see testdata/make_fixtures.py.
type fixtures struct {
	Cases []struct {
		Name   string
		Labels []int
		Probs  [][]float64

		Confusion        [][]int
		Accuracy         float64
		BalancedAccuracy float64 `json:"balanced_accuracy"`
		MacroF1          float64 `json:"macro_f1"`
		Kappa            float64
		Top2             *float64 // nil where probabilities tie
		MacroAUC         *float64 `json:"macro_auc"` // nil where a class is absent
		NLL              float64
		Brier            float64
		ECE              float64
		Precision        []float64
		Recall           []float64
		F1               []float64
		Support          []int
		AUC              []*float64 // nil where the class is absent
		AP               []*float64
		Temperature      float64
		TemperatureNLL   float64 `json:"temperature_nll"`
	}
	McNemar []struct {
		A, B int
		P    float64
	}
	Wilson []struct {
		K, N      int
		Low, High float64
	}
	AccuracyInterval [2]float64 `json:"accuracy_interval"`
}

func readFixtures(t *testing.T) (f fixtures) {
	t.Helper()
	data, err := os.ReadFile("testdata/scikit-learn.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}

func fixturePredictions(labels []int, probs [][]float64) Predictions {
	p := make(Predictions, len(labels))
	for i := range p {
		p[i] = Prediction{fmt.Sprint(i), fer.Class(labels[i]), probs[i], fer.Emotions}
	}
	return p
}

func TestReportEqualsScikitLearn(t *testing.T) {
	const tolerance = 1e-12
	for _, c := range readFixtures(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			p := fixturePredictions(c.Labels, c.Probs)
			r, err := Evaluate(p, Bootstrap{Samples: 50})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(r.Confusion.Images, c.Confusion) {
				t.Errorf("confusion\n%v\nwant\n%v", r.Confusion.Images, c.Confusion)
			}
			near(t, "accuracy", r.Accuracy.Value, c.Accuracy, tolerance)
			near(t, "accuracy without interval", p.Accuracy(), c.Accuracy, tolerance)
			near(t, "balanced accuracy", r.BalancedAccuracy.Value, c.BalancedAccuracy, tolerance)
			near(t, "macro F1", r.MacroF1.Value, c.MacroF1, tolerance)
			near(t, "kappa", r.Kappa.Value, c.Kappa, tolerance)
			near(t, "NLL", r.NLL.Value, c.NLL, tolerance)
			near(t, "Brier", r.Brier.Value, c.Brier, tolerance)
			near(t, "ECE", r.ECE, c.ECE, tolerance)
			if c.Top2 != nil {
				near(t, "top-2 accuracy", r.Top2.Value, *c.Top2, tolerance)
				near(t, "TopK(2)", p.TopK(2), *c.Top2, tolerance)
			}
			if c.MacroAUC != nil {
				near(t, "macro AUC", r.MacroAUC.Value, *c.MacroAUC, tolerance)
			}
			for e, class := range r.Classes {
				name := class.Name
				if class.Support != c.Support[e] {
					t.Errorf("support of %s %d, want %d", name, class.Support, c.Support[e])
				}
				if class.Support == 0 { // undefined, which scikit-learn calls 0
					for what, v := range map[string]Interval{"recall": class.Recall, "AUC": class.AUC, "AP": class.AP} {
						if !math.IsNaN(v.Value) {
							t.Errorf("%s of absent %s = %v, want NaN", what, name, v)
						}
					}
					continue
				}
				near(t, "precision of "+name, class.Precision.Value, c.Precision[e], tolerance)
				near(t, "recall of "+name, class.Recall.Value, c.Recall[e], tolerance)
				near(t, "F1 of "+name, class.F1.Value, c.F1[e], tolerance)
				near(t, "AUC of "+name, class.AUC.Value, *c.AUC[e], tolerance)
				near(t, "AP of "+name, class.AP.Value, *c.AP[e], tolerance)
			}
		})
	}
}

func TestTemperatureEqualsSciPy(t *testing.T) {
	for _, c := range readFixtures(t).Cases {
		p := fixturePredictions(c.Labels, c.Probs)
		got, err := Temperature(p)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		// Near its minimum a loss is flat: SciPy finds the place to the square root of the precision.
		near(t, c.Name+": temperature", got, c.Temperature, 1e-6)
		near(t, c.Name+": NLL at the temperature", Scale(p, got).NLL(), c.TemperatureNLL, 1e-12)
	}
}

func TestMcNemarEqualsSciPy(t *testing.T) {
	for _, c := range readFixtures(t).McNemar {
		if got := mcnemar(c.A, c.B); math.Abs(got-c.P) > 1e-9*c.P {
			t.Errorf("p of %d : %d = %.12g, want %.12g", c.A, c.B, got, c.P)
		}
	}
}

func TestWilsonEqualsSciPy(t *testing.T) {
	for _, c := range readFixtures(t).Wilson {
		got := Wilson(c.K, c.N)
		near(t, fmt.Sprintf("low end of %d/%d", c.K, c.N), got.Low, c.Low, 1e-12)
		near(t, fmt.Sprintf("high end of %d/%d", c.K, c.N), got.High, c.High, 1e-12)
	}
}

func TestAccuracyIntervalIsSciPys(t *testing.T) {
	f := readFixtures(t)
	got := Accuracy(fixturePredictions(f.Cases[0].Labels, f.Cases[0].Probs), Bootstrap{Samples: 20000})
	// Both ends are quantiles of 20,000 random draws that move in steps of 1/300.
	near(t, "low", got.Low, f.AccuracyInterval[0], 1.01/300)
	near(t, "high", got.High, f.AccuracyInterval[1], 1.01/300)
}
