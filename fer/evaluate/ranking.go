package evaluate

import (
	"math"
	"sort"

	"ferlab/fer"
)

// ranking holds what the ranking measures need, sorted once for all resamples.
type ranking struct {
	order    []int  // rows by falling score
	positive []bool // by row: is it what is looked for?
	tied     []bool // by place in order: same score as the place before?
}

// newRanking ranks by the probability of an emotion, which is looked for.
func newRanking(p Predictions, e fer.Class) ranking {
	scores, positive := make([]float64, len(p)), make([]bool, len(p))
	for i, row := range p {
		scores[i], positive[i] = row.Probs[e], row.Label == e
	}
	return rank(scores, positive)
}

func rank(scores []float64, positive []bool) ranking {
	r := ranking{make([]int, len(scores)), positive, make([]bool, len(scores))}
	for i := range scores {
		r.order[i] = i
	}
	sort.SliceStable(r.order, func(a, b int) bool { return scores[r.order[a]] > scores[r.order[b]] })
	for k := 1; k < len(scores); k++ {
		r.tied[k] = scores[r.order[k]] == scores[r.order[k-1]]
	}
	return r
}

// scores returns the area under the ROC curve (ties count half) and the average precision (the step-wise area under the
// precision-recall curve, without interpolation) of a weighted sample; NaN if it lacks positives, and the area also if
// it lacks negatives.
func (r ranking) scores(counts []int) (auc, ap float64) {
	var above, total, area, precision float64 // above: positives ranked so far; total: rows ranked so far
	for k := 0; k < len(r.order); {
		var pos, neg float64
		for first := k; k < len(r.order) && (k == first || r.tied[k]); k++ {
			if i := r.order[k]; r.positive[i] {
				pos += float64(counts[i])
			} else {
				neg += float64(counts[i])
			}
		}
		area += neg * (above + pos/2)
		above += pos
		total += pos + neg
		if pos > 0 {
			precision += pos * above / total
		}
	}
	if above == 0 {
		return math.NaN(), math.NaN()
	}
	return area / (above * (total - above)), precision / above
}
