package evaluate

import (
	"errors"
	"math"
)

// Bins is the number of confidence bins of [Predictions.ECE] and [Predictions.Reliability], as in Guo et al. 2017.
const Bins = 15

// Bin holds the predictions whose confidence is in (Low, High].
type Bin struct {
	Low, High  float64
	Count      int
	Confidence float64 // Mean confidence; NaN in an empty bin.
	Accuracy   float64 // Share of correct predictions; NaN in an empty bin.
}

// Reliability sorts the labelled predictions into [Bins] bins of equal width by confidence. In a calibrated net each
// bin's accuracy is its confidence.
func (p Predictions) Reliability() []Bin {
	bins := make([]Bin, Bins)
	for i := range bins {
		bins[i].Low, bins[i].High = float64(i)/Bins, float64(i+1)/Bins
	}
	for _, row := range p {
		if !row.Label.Valid() {
			continue
		}
		confidence := row.Confidence()
		i := 0
		for i < Bins-1 && confidence > bins[i].High {
			i++
		}
		bins[i].Count++
		bins[i].Confidence += confidence
		bins[i].Accuracy += indicator(row.Correct())
	}
	for i := range bins {
		bins[i].Confidence /= float64(bins[i].Count)
		bins[i].Accuracy /= float64(bins[i].Count)
	}
	return bins
}

// ECE returns the expected calibration error, 0…1: the mean distance of confidence and accuracy over the bins of
// [Predictions.Reliability], weighted by their counts (Naeini et al. 2015; Guo et al. 2017). NaN if no row has a label.
func (p Predictions) ECE() float64 {
	sum, n := 0.0, 0
	for _, bin := range p.Reliability() {
		if bin.Count > 0 {
			sum += float64(bin.Count) * math.Abs(bin.Accuracy-bin.Confidence)
			n += bin.Count
		}
	}
	return sum / float64(n)
}

// Brier returns the mean squared distance of the probabilities from the truth (1 for the label, 0 for the rest), summed
// over the classes: 0 at best, 2 at worst (Brier 1950). NaN if p is empty or a label is missing.
func (p Predictions) Brier() float64 { return p.mean(Prediction.brier) }

// NLL returns the mean of [Prediction.Loss] in nats, 0 at best. NaN if p is empty or a label is missing.
func (p Predictions) NLL() float64 { return p.mean(Prediction.Loss) }

func (p Predictions) mean(f func(Prediction) float64) float64 {
	if !p.labelled() {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range p.each(f) {
		sum += v
	}
	return sum / float64(len(p))
}

func (p Prediction) brier() float64 {
	sum := 0.0
	for i, v := range p.Probs {
		d := v - indicator(i == int(p.Label))
		sum += d * d
	}
	return sum
}

// The temperatures that [Temperature] looks among.
const minTemperature, maxTemperature = 0.01, 100

// Temperature fits the temperature T > 0 that minimises the mean negative log-likelihood of softmax(ln(p)/T) on p,
// which should be predictions for images that the net was not trained on, and not the test images either (Guo et al.
// 2017). T > 1 says that the net is overconfident. It returns an error if [Predictions.Check] does, or if there is no
// minimum from 0.01 to 100: all predictions are right, or no better than chance.
func Temperature(p Predictions) (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	// The loss is convex in β = 1/T, so its slope has one zero, found by bisection to the last bit.
	low, high := 1.0/maxTemperature, 1.0/minTemperature
	if p.slope(low) >= 0 {
		return 0, errors.New("no temperature fits: the predictions are no better than chance")
	}
	if p.slope(high) <= 0 {
		return 0, errors.New("no temperature fits: the predictions are all but perfect, fit on held-out images")
	}
	for {
		middle := (low + high) / 2
		if middle == low || middle == high {
			return 1 / middle, nil
		}
		if p.slope(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
}

// slope returns the derivative of the negative log-likelihood of softmax(β·ln p) after β, times the number of rows.
func (p Predictions) slope(beta float64) float64 {
	sum := 0.0
	for _, row := range p {
		for i, q := range row.scaled(beta) {
			sum += (q - indicator(i == int(row.Label))) * logProb(row.Probs[i])
		}
	}
	return sum
}

// scaled returns softmax(β·ln p).
func (p Prediction) scaled(beta float64) []float64 {
	q := make([]float64, len(p.Probs))
	top := logProb(p.Confidence()) // keeps the exponentials in range
	sum := 0.0
	for i, v := range p.Probs {
		q[i] = math.Exp(beta * (logProb(v) - top))
		sum += q[i]
	}
	for i := range q {
		q[i] /= sum
	}
	return q
}

// logProb returns ln v. A probability that float32 rounded to 0 counts as the smallest that it holds.
func logProb(v float64) float64 { return math.Log(max(v, math.SmallestNonzeroFloat32)) }

// Scale returns p with each row's probabilities replaced by softmax(ln(p)/T). It changes no predicted class. T is
// positive; see [Temperature].
func Scale(p Predictions, t float64) Predictions {
	scaled := make(Predictions, len(p))
	for i, row := range p {
		scaled[i] = row
		scaled[i].Probs = row.scaled(1 / t)
	}
	return scaled
}
