package evaluate

import (
	"fmt"
	"math"
	"slices"
)

// Point is a place on a precision–recall curve: Found of the first Listed of a ranked list are what is looked for.
type Point struct {
	Listed, Found     int
	Precision, Recall float64 // Found / Listed, and the share that is found of all that is looked for.
}

// PrecisionRecall returns the points of a search that lists the rows by falling score, one for each score that occurs:
// rows of equal score are listed together. positive says which rows are looked for. It is an error if there are none,
// not as many scores as rows, or a score is NaN.
func PrecisionRecall(positive []bool, scores []float64) ([]Point, error) {
	if err := checkSearch(positive, scores); err != nil {
		return nil, err
	}
	all := float64(count(positive))
	var points []Point
	found := 0
	r := rank(scores, positive)
	for k, i := range r.order {
		if positive[i] {
			found++
		}
		if k+1 < len(r.order) && r.tied[k+1] {
			continue
		}
		points = append(points, Point{k + 1, found, float64(found) / float64(k+1), float64(found) / all})
	}
	return points, nil
}

// AveragePrecision returns the average precision of several searches for the same rows, each by its own scores, as
// scikit-learn's average_precision_score does: the step-wise area under the curve of [PrecisionRecall]. beyond[i] is
// that of search i less that of the first, on the same resamples. Errors are those of [PrecisionRecall].
func AveragePrecision(positive []bool, b Bootstrap, searches ...[]float64) (ap, beyond []Interval, err error) {
	if err := b.check(); err != nil {
		return nil, nil, err
	}
	var rankings []ranking
	for i, scores := range searches {
		if err := checkSearch(positive, scores); err != nil {
			return nil, nil, fmt.Errorf("search %d: %w", i+1, err)
		}
		rankings = append(rankings, rank(scores, positive))
	}
	if len(rankings) == 0 {
		return nil, nil, nil
	}
	both := b.intervals(len(positive), func(counts []int) []float64 {
		n := len(rankings)
		values := make([]float64, 2*n)
		for i, r := range rankings {
			_, values[i] = r.scores(counts)
			values[n+i] = values[i] - values[0]
		}
		return values
	})
	return both[:len(searches)], both[len(searches):], nil
}

func checkSearch(positive []bool, scores []float64) error {
	switch {
	case len(scores) != len(positive):
		return fmt.Errorf("%d scores of %d rows", len(scores), len(positive))
	case count(positive) == 0:
		return fmt.Errorf("none of the %d rows is what is looked for", len(positive))
	}
	if i := slices.IndexFunc(scores, math.IsNaN); i >= 0 {
		return fmt.Errorf("the score of row %d is NaN", i+1)
	}
	return nil
}

func count(which []bool) (n int) {
	for _, yes := range which {
		if yes {
			n++
		}
	}
	return n
}
