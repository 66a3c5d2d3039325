package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// LabelErrors finds labels that are probably wrong by confident learning (Northcutt, Jiang & Chuang, "Confident
// learning: estimating uncertainty in dataset labels", JAIR 2021), pruning by noise rate: it estimates how many images
// labelled i are really j, and names that many, those whose probability of j exceeds that of i the most. The
// predictions must be out of sample, such as [KFold]'s: a net knows the labels it was trained on. They must cover at
// least two emotions.
//
// The suggested label is the most probable one, and the score the label's quality: its probability (self-confidence),
// 0…1, low where the label is doubtful. The most doubtful come first. The result is cleanlab's find_label_issues with
// its default filter, ranked by self-confidence; the tests compare them.
func LabelErrors(p evaluate.Predictions) (Findings, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("audit: label errors: %w", err)
	}
	joint, err := ConfidentJoint(p)
	if err != nil {
		return nil, err
	}
	doubtful := make([]bool, len(p))
	for label, rows := range byLabel(p) {
		if len(rows) < 2 {
			continue // A class keeps at least one image.
		}
		wrong := keepOne(joint[label], label)
		for truth := range p.Classes().All() {
			if truth == label {
				continue
			}
			margin := func(i int) float64 { return p[i].Probs[truth] - p[i].Probs[label] }
			ranked := slices.Clone(rows)
			slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(margin(b), margin(a)) })
			for _, i := range ranked[:min(wrong[truth], len(ranked))] {
				doubtful[i] = true
			}
		}
	}
	f := Findings{}
	for i, row := range p {
		if doubtful[i] && row.Probs[row.Label]+tolerance < row.Confidence() {
			name := row.Classes.Name
			f = append(f, Finding{row.ID, name(row.Label), name(row.Predicted()), LabelError, "", row.Probs[row.Label]})
		}
	}
	slices.SortStableFunc(f, func(a, b Finding) int { return cmp.Compare(a.Score, b.Score) })
	return f, nil
}

// tolerance is how much a probability may fall short of another and still count as equal.
const tolerance = 1e-6

// ConfidentJoint estimates how many images with each label (row) really show each emotion (column). An image counts as
// the emotion whose probability reaches the mean that it has over the images labelled so; the most probable one if
// several do; none if none does. The counts are then scaled so that each row sums to the number of its labels, and
// rounded.
func ConfidentJoint(p evaluate.Predictions) (joint [][]int, err error) {
	labels := byLabel(p)
	threshold := make([]float64, len(labels))
	for range labels {
		joint = append(joint, make([]int, len(labels)))
	}
	known := 0
	for e, rows := range labels {
		threshold[e] = 2 // No probability reaches it.
		if len(rows) > 0 {
			known++
			sum := 0.0
			for _, i := range rows {
				sum += p[i].Probs[e]
			}
			threshold[e] = max(sum/float64(len(rows)), 2*tolerance)
		}
	}
	if known < 2 {
		return nil, fmt.Errorf(
			"audit: the predictions have labels of %d classes, want 2 or more to find confusions", known)
	}
	for _, row := range p {
		if e, ok := confident(row, threshold); ok {
			joint[row.Label][e]++
		}
	}
	for e := range joint {
		joint[e][e] = max(joint[e][e], 1)
		sum := 0
		for _, n := range joint[e] {
			sum += n
		}
		scaled := make([]float64, len(labels))
		for k, n := range joint[e] {
			scaled[k] = float64(n) / float64(sum) * float64(len(labels[e]))
		}
		joint[e] = roundTogether(scaled)
	}
	return joint, nil
}

// keepOne returns how many images of a label are really of each emotion, such that at least one is really of the label:
// where none is, the others give way in equal parts.
func keepOne(counts []int, label int) []int {
	if counts[label] > 0 {
		return counts
	}
	others := 0
	for _, n := range counts {
		if n > 0 {
			others++
		}
	}
	counts = slices.Clone(counts)
	part := 1 / max(float64(others)-1, 1)
	for k, n := range counts {
		counts[k] = int(max(float64(n)-part, 0))
	}
	counts[label] = 1
	return counts
}

// confident returns the emotion that a prediction is sure of, given each one's threshold.
func confident(row evaluate.Prediction, threshold []float64) (e fer.Class, ok bool) {
	reached := 0
	for k, v := range row.Probs {
		if v >= threshold[k]-tolerance {
			if reached++; reached == 1 {
				e = fer.Class(k)
			}
		}
	}
	if reached > 1 {
		e = row.Predicted()
	}
	return e, reached > 0
}

// byLabel returns the rows of each label.
func byLabel(p evaluate.Predictions) [][]int {
	rows := make([][]int, p.Classes().Len())
	for i, row := range p {
		rows[row.Label] = append(rows[row.Label], i)
	}
	return rows
}

// roundTogether rounds values to whole numbers whose sum is the rounded sum of the values: those that rounding changed
// the most give way.
func roundTogether(values []float64) []int {
	rounded := make([]int, len(values))
	sum, missing := 0.0, 0
	order := make([]int, len(values))
	for i, v := range values {
		rounded[i], order[i] = int(math.RoundToEven(v)), i
		sum, missing = sum+v, missing-rounded[i]
	}
	missing += int(math.RoundToEven(sum))
	lost := func(i int) float64 { return values[i] - float64(rounded[i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lost(a), lost(b)) })
	for ; missing > 0; missing-- {
		last := len(order) - 1
		rounded[order[last]]++
		order = order[:last]
	}
	for ; missing < 0; missing++ {
		rounded[order[0]]--
		order = order[1:]
	}
	return rounded
}
