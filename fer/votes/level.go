package votes

import (
	"math"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// Level is a net's record on images about which people agree alike.
type Level struct {
	// Votes is how many of ten voters chose the choice with the most votes, rounded; [Split] stands for that or fewer.
	Votes  int
	Images int
	// Labels is the share of FER2013's labels that have the most votes, or as many as any other.
	Labels evaluate.Interval
	// Accuracy is the net's by FER2013's labels; Most is the share of its answers that have the most votes.
	Accuracy, Most evaluate.Interval
	// Confidence is the net's mean, Entropy that of its probabilities in nats (ln 7 = 1.95 at most), and People that of
	// the shares of votes for the seven emotions.
	Confidence, Entropy, People evaluate.Interval
}

// Split is the level of images about which no more than half of the voters agree.
const Split = 5

// ByLevel returns a net's record by how far people agree, from unanimous ones down; levels without images are left out.
// Images without a vote for any of the seven emotions don't count.
func ByLevel(t Table, net Net, b evaluate.Bootstrap) ([]Level, error) {
	voted, err := votedImages(t, []Net{net})
	if err != nil {
		return nil, err
	}
	var groups [11]evaluate.Predictions
	for _, row := range voted[0] {
		v := t[row.ID]
		if _, ok := v.Shares(); ok {
			_, each := v.Most()
			k := max(int(math.Round(10*float64(each)/float64(v.Total()))), Split)
			groups[k] = append(groups[k], row)
		}
	}
	var levels []Level
	for k := len(groups) - 1; k >= Split; k-- {
		p := groups[k]
		if len(p) == 0 {
			continue
		}
		mean := func(f func(row evaluate.Prediction, v Votes) float64) evaluate.Interval { return mean(t, p, b, f) }
		levels = append(levels, Level{
			Votes: k, Images: len(p),
			Labels:   mean(func(row evaluate.Prediction, v Votes) float64 { return isMost(v, v.Of(row.Label)) }),
			Accuracy: evaluate.Accuracy(p, b),
			Most: mean(func(row evaluate.Prediction,
				v Votes) float64 {
				return isMost(v, v.Of(row.Predicted()))
			}),
			Confidence: mean(func(row evaluate.Prediction, _ Votes) float64 { return row.Confidence() }),
			Entropy:    mean(func(row evaluate.Prediction, _ Votes) float64 { return Entropy(row.Probs) }),
			People:     mean(func(_ evaluate.Prediction, v Votes) float64 { return v.entropy() }),
		})
	}
	return levels, nil
}

// isMost returns 1 if no choice has more than k votes.
func isMost(v Votes, k int) float64 {
	if _, each := v.Most(); k == each {
		return 1
	}
	return 0
}

func (v Votes) entropy() float64 {
	shares, _ := v.Shares()
	return Entropy(shares)
}

// mean returns the interval of a mean over images.
func mean(t Table, p evaluate.Predictions, b evaluate.Bootstrap,
	f func(evaluate.Prediction, Votes) float64) evaluate.Interval {
	values, ones := make([]float64, len(p)), make([]float64, len(p))
	for i, row := range p {
		values[i], ones[i] = f(row, t[row.ID]), 1
	}
	return b.Ratio(values, ones)
}

// Calibration says whether a net is unsure where people are.
type Calibration struct {
	Images int // Images with votes for any of the seven emotions.
	// LabelLoss and VoteLoss are the mean cross-entropy in nats of FER2013's labels and of the shares of votes under
	// the net's probabilities. Floor is what VoteLoss would be for a net that tells the shares themselves: their mean
	// entropy.
	LabelLoss, VoteLoss, Floor evaluate.Interval
	// Correlation is Pearson's, over images, of the net's entropy with that of the votes.
	Correlation evaluate.Interval
}

// Calibrate compares a net's probabilities with the shares of votes.
func Calibrate(t Table, net Net, b evaluate.Bootstrap) (Calibration, error) {
	voted, err := votedImages(t, []Net{net})
	if err != nil {
		return Calibration{}, err
	}
	var p evaluate.Predictions
	var own, people []float64
	for _, row := range voted[0] {
		if _, ok := t[row.ID].Shares(); ok {
			p = append(p, row)
			own, people = append(own, Entropy(row.Probs)), append(people, t[row.ID].entropy())
		}
	}
	return Calibration{
		Images:    len(p),
		LabelLoss: mean(t, p, b, func(row evaluate.Prediction, _ Votes) float64 { return row.Loss() }),
		VoteLoss:  mean(t, p, b, voteLoss),
		Floor:     mean(t, p, b, func(_ evaluate.Prediction, v Votes) float64 { return v.entropy() }),
		Correlation: b.Of(len(p), func(counts []int) float64 {
			return correlation(own, people, counts)
		}),
	}, nil
}

// voteLoss returns −Σ share · ln p, with probabilities bounded as [evaluate.Prediction.Loss] does.
func voteLoss(row evaluate.Prediction, v Votes) float64 {
	shares, _ := v.Shares()
	sum := 0.0
	for e, share := range shares {
		if share > 0 {
			sum += share * evaluate.Prediction{Label: fer.Class(e), Probs: row.Probs}.Loss()
		}
	}
	return sum
}

// correlation returns Pearson's of a weighted sample, NaN without spread.
func correlation(x, y []float64, counts []int) float64 {
	var n, sx, sy, xx, yy, xy float64
	for i, c := range counts {
		w := float64(c)
		n, sx, sy = n+w, sx+w*x[i], sy+w*y[i]
		xx, yy, xy = xx+w*x[i]*x[i], yy+w*y[i]*y[i], xy+w*x[i]*y[i]
	}
	spread := (n*xx - sx*sx) * (n*yy - sy*sy)
	if !(spread > 0) {
		return math.NaN()
	}
	return (n*xy - sx*sy) / math.Sqrt(spread)
}
