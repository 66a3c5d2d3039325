package evaluate

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
)

// Comparison says whether two nets differ in accuracy on the same images.
type Comparison struct {
	N    int     // Images.
	A, B float64 // Accuracies.
	// Difference is A − B with its paired bootstrap interval: both nets are resampled on the same images.
	Difference Interval
	// OnlyA and OnlyB count the images that only A or only B gets right.
	OnlyA, OnlyB int
	// P is the two-sided p-value of McNemar's exact test: the chance of a split of OnlyA + OnlyB at least as uneven if
	// either net were as likely as the other to be the one that is right.
	P         float64
	Bootstrap Bootstrap
}

// Compare compares two nets on the same images, which are matched by ID in any order. It returns an error if
// [Predictions.Check] does, or if the IDs or labels of a and b differ.
func Compare(a, b Predictions, boot Bootstrap) (Comparison, error) {
	for name, p := range map[string]Predictions{"first": a, "second": b} {
		if err := p.Check(); err != nil {
			return Comparison{}, fmt.Errorf("%s predictions: %w", name, err)
		}
	}
	if err := boot.check(); err != nil {
		return Comparison{}, err
	}
	if len(a) != len(b) {
		return Comparison{}, fmt.Errorf("%d and %d predictions: compare nets on the same images", len(a), len(b))
	}
	if !a.Classes().Equal(b.Classes()) {
		return Comparison{}, fmt.Errorf("the first predictions are of %s, the second of %s: compare nets of the same "+
			"classes", a.Classes(), b.Classes())
	}
	other := make(map[string]Prediction, len(b))
	for _, row := range b {
		other[row.ID] = row
	}
	c := Comparison{N: len(a), A: a.Accuracy(), B: b.Accuracy(), Bootstrap: boot.withDefaults()}
	gain := make([]float64, len(a)) // 1 if only A is right, −1 if only B is
	for i, row := range a {
		match, ok := other[row.ID]
		if !ok {
			return Comparison{}, fmt.Errorf("image %q is only in the first predictions: compare nets on the same "+
				"images", row.ID)
		}
		if match.Label != row.Label {
			return Comparison{}, fmt.Errorf("image %q is labelled %s in the first and %s in the second predictions",
				row.ID, a.Classes().Name(row.Label), b.Classes().Name(match.Label))
		}
		gain[i] = indicator(row.Correct()) - indicator(match.Correct())
		switch {
		case gain[i] > 0:
			c.OnlyA++
		case gain[i] < 0:
			c.OnlyB++
		}
	}
	c.Difference = boot.mean(gain)
	c.P = mcnemar(c.OnlyA, c.OnlyB)
	return c, nil
}

// mcnemar returns the p-value of the exact (binomial) test of a : b against 1 : 1.
func mcnemar(a, b int) float64 {
	if a == b {
		return 1 // also where the nets never disagree
	}
	return math.Min(1, 2*distuv.Binomial{N: float64(a + b), P: 0.5}.CDF(float64(min(a, b))))
}

// Tie reports whether the images do not tell the two nets apart: the p-value is at least 1 − Level, or the interval of
// the difference holds 0.
func (c Comparison) Tie() bool {
	return c.P >= 1-c.Bootstrap.Level || c.Difference.Contains(0)
}

// Verdict says it in a sentence: "cnn beats dnn by 27.1 points [25.0, 29.2] …" or "cnn and dnn tie: …".
func (c Comparison) Verdict(nameA, nameB string) string {
	p := fmt.Sprintf("p = %.2g", c.P)
	if c.P < 0.001 {
		p = "p < 0.001"
	}
	evidence := fmt.Sprintf("%.1f %% and %.1f %% of %d images; %s alone is right about %d, %s alone about %d; "+
		"McNemar %s", 100*c.A, 100*c.B, c.N, nameA, c.OnlyA, nameB, c.OnlyB, p)
	d := c.Difference
	if c.Tie() {
		return fmt.Sprintf("%s and %s tie: the difference of %s may be chance (%s)", nameA, nameB, inPoints(d),
			evidence)
	}
	verb := "beats"
	if d.Value < 0 {
		verb, d = "loses to", Interval{-d.Value, -d.High, -d.Low}
	}
	return fmt.Sprintf("%s %s %s by %s (%s)", nameA, verb, nameB, inPoints(d), evidence)
}

// inPoints writes a difference as "−1.7 points [−3.4, 0.0]".
func inPoints(d Interval) string {
	text := fmt.Sprintf("%.1f points [%.1f, %.1f]", 100*d.Value, 100*d.Low, 100*d.High)
	return strings.NewReplacer("-0.0", "0.0", "-", "−").Replace(text)
}

// String returns the verdict on "A" and "B".
func (c Comparison) String() string { return c.Verdict("A", "B") }
