// Package evaluate turns predictions into numbers: accuracy and its kin with intervals, the confusion matrix in words,
// the comparison of two nets on the same images, and how far a net's confidence can be trusted.
//
// Everything starts from [Predictions], which a run leaves as predictions.csv ([ReadFile]). The figures equal those of
// scikit-learn and SciPy; the tests compare them. Intervals are percentile bootstraps ([Bootstrap]) with a fixed seed:
// the same predictions give the same interval, everywhere.
package evaluate

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
)

// Prediction is what a net says about one image.
type Prediction struct {
	// ID is the image's, as in [fer.Example].
	ID string
	// Label is the true class, or [fer.Unlabelled].
	Label fer.Class
	// Probs are the probabilities of the classes, in their order; they sum to 1.
	Probs []float64
	// Classes are those that the net knows; the zero value is [fer.Emotions].
	Classes fer.Classes
}

// Predictions are a net's predictions for a set of images, in any order.
type Predictions []Prediction

// Predicted returns the most probable class, the first of them on a tie.
func (p Prediction) Predicted() fer.Class {
	best := 0
	for i, v := range p.Probs {
		if v > p.Probs[best] {
			best = i
		}
	}
	return fer.Class(best)
}

// Confidence returns the probability of the predicted class.
func (p Prediction) Confidence() float64 { return p.Probs[p.Predicted()] }

// Correct reports whether the predicted class is the label; it is false without a label.
func (p Prediction) Correct() bool { return p.Predicted() == p.Label }

// minProb bounds a probability away from 0 before its logarithm is taken, as scikit-learn's log_loss does: 2⁻⁵².
const minProb = 0x1p-52

// Loss returns the cross-entropy −ln p(label) in nats, or NaN without a label. A probability below 2⁻⁵² counts as 2⁻⁵².
func (p Prediction) Loss() float64 {
	if !p.Label.Valid() {
		return math.NaN()
	}
	return -math.Log(min(max(p.Probs[p.Label], minProb), 1-minProb))
}

// sumTolerance is how far the sum of a row's probabilities may be from 1.
const sumTolerance = 1e-3

// check returns an error that says what is wrong with the row's probabilities or label.
func (p Prediction) check() error {
	if len(p.Probs) != p.Classes.Len() {
		return fmt.Errorf("%d probabilities, want one for each of %s", len(p.Probs), p.Classes)
	}
	sum := 0.0
	for i, v := range p.Probs {
		if math.IsNaN(v) || v < 0 || v > 1+sumTolerance {
			return fmt.Errorf("probability of %s is %v, want a number from 0 to 1", p.Classes.Name(fer.Class(i)), v)
		}
		sum += v
	}
	if math.Abs(sum-1) > sumTolerance {
		return fmt.Errorf("the probabilities sum to %.6g, want 1 ± %g: apply softmax to the logits", sum, sumTolerance)
	}
	if !p.Classes.Has(p.Label) && p.Label != fer.Unlabelled {
		return fmt.Errorf("label is %s, want one of %s, or Unlabelled", p.Classes.Name(p.Label), p.Classes)
	}
	return nil
}

// Classes are those of the first prediction, [fer.Emotions] if there is none.
func (p Predictions) Classes() fer.Classes {
	if len(p) == 0 {
		return fer.Emotions
	}
	return p[0].Classes
}

// ErrEmpty is returned where there is nothing to evaluate.
var ErrEmpty = errors.New("no predictions to evaluate")

// Check returns an error unless p can be evaluated: there is a row, every row has a label and a unique ID, and its
// probabilities are numbers from 0 to 1 that sum to 1 ± 0.001, of the same classes in all rows.
func (p Predictions) Check() error {
	if len(p) == 0 {
		return ErrEmpty
	}
	seen := make(map[string]int, len(p))
	for i, row := range p {
		if err := row.check(); err != nil {
			return fmt.Errorf("prediction %d (%q): %w", i, row.ID, err)
		}
		if !row.Label.Valid() {
			return fmt.Errorf("prediction %d (%q) has no label: evaluate a labelled split", i, row.ID)
		}
		if !row.Classes.Equal(p[0].Classes) {
			return fmt.Errorf("prediction %d (%q) is of the classes %s, the first of %s", i, row.ID, row.Classes,
				p[0].Classes)
		}
		if first, dup := seen[row.ID]; dup {
			return fmt.Errorf("prediction %d has the ID %q of prediction %d: predict each image once", i, row.ID, first)
		}
		seen[row.ID] = i
	}
	return nil
}

// labelled reports whether there is a row and every row has a label.
func (p Predictions) labelled() bool {
	return len(p) > 0 && !slices.ContainsFunc(p, func(row Prediction) bool { return !row.Label.Valid() })
}

// Labelled returns the predictions of images whose label is known.
func (p Predictions) Labelled() Predictions {
	labelled := make(Predictions, 0, len(p))
	for _, row := range p {
		if row.Label.Valid() {
			labelled = append(labelled, row)
		}
	}
	return labelled
}

// Accuracy returns the share of correct predictions, 0…1, or NaN if p is empty or a label is missing.
func (p Predictions) Accuracy() float64 {
	if !p.labelled() {
		return math.NaN()
	}
	correct := 0
	for _, row := range p {
		if row.Correct() {
			correct++
		}
	}
	return float64(correct) / float64(len(p))
}

// TopK returns the share of predictions whose label is among the k most probable classes, 0…1, or NaN as
// [Predictions.Accuracy]. On equal probabilities the class earlier in class order ranks first.
func (p Predictions) TopK(k int) float64 {
	if !p.labelled() {
		return math.NaN()
	}
	hits := 0
	for _, row := range p {
		if row.rank() < k {
			hits++
		}
	}
	return float64(hits) / float64(len(p))
}

// rank returns how many classes rank before the label: 0 if the prediction is correct.
func (p Prediction) rank() int {
	rank := 0
	for i, v := range p.Probs {
		if own := p.Probs[p.Label]; v > own || v == own && i < int(p.Label) {
			rank++
		}
	}
	return rank
}

// MostConfidentWrong returns the n wrong predictions with the highest confidence, highest first: candidates for a wrong
// label. Rows without a label are left out.
func (p Predictions) MostConfidentWrong(n int) Predictions {
	return p.top(n, func(row Prediction) (float64, bool) {
		return row.Confidence(), row.Label.Valid() && !row.Correct()
	})
}

// Worst returns the n predictions with the highest loss, highest first. Rows without a label are left out.
func (p Predictions) Worst(n int) Predictions {
	return p.top(n, func(row Prediction) (float64, bool) { return row.Loss(), row.Label.Valid() })
}

// top returns the n rows of those that score keeps with the highest score, in p's order on ties.
func (p Predictions) top(n int, score func(Prediction) (float64, bool)) Predictions {
	type scored struct {
		Prediction
		score float64
	}
	var kept []scored
	for _, row := range p {
		if s, ok := score(row); ok {
			kept = append(kept, scored{row, s})
		}
	}
	slices.SortStableFunc(kept, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	best := make(Predictions, min(max(n, 0), len(kept)))
	for i := range best {
		best[i] = kept[i].Prediction
	}
	return best
}
