package evaluate

import (
	"math"
	"sort"

	"ferlab/fer"
)

// ranking holds what the ranking measures of one emotion against the rest need, sorted once for all resamples.
type ranking struct {
	order    []int  // rows by falling probability of the emotion
	positive []bool // by row: is it labelled as the emotion?
	tied     []bool // by place in order: same probability as the place before?
}

func newRanking(p Predictions, e fer.Emotion) ranking {
	r := ranking{make([]int, len(p)), make([]bool, len(p)), make([]bool, len(p))}
	for i := range p {
		r.order[i], r.positive[i] = i, p[i].Label == e
	}
	sort.SliceStable(r.order, func(a, b int) bool { return p[r.order[a]].Probs[e] > p[r.order[b]].Probs[e] })
	for k := 1; k < len(p); k++ {
		r.tied[k] = p[r.order[k]].Probs[e] == p[r.order[k-1]].Probs[e]
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
