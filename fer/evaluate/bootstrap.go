package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is an estimate with its interval; see [Bootstrap]. All three are NaN where the estimate is undefined.
type Interval struct{ Value, Low, High float64 }

// String returns "0.6712 [0.6556, 0.6865]".
func (i Interval) String() string { return fmt.Sprintf("%.4f [%.4f, %.4f]", i.Value, i.Low, i.High) }

// Contains reports whether Low ≤ v ≤ High.
func (i Interval) Contains(v float64) bool { return i.Low <= v && v <= i.High }

var undefined = Interval{math.NaN(), math.NaN(), math.NaN()}

// Bootstrap says how intervals are drawn: the images are resampled with replacement, the statistic is taken of each
// resample, and the interval runs between the quantiles (1 − Level)/2 and (1 + Level)/2 of those (Efron's percentile
// bootstrap). It speaks of the choice of test images, not of the net's seed. The zero value is ready for use.
type Bootstrap struct {
	Samples int     // Resamples; 0 means 2000.
	Level   float64 // Coverage, 0…1 exclusive; 0 means 0.95.
	Seed    uint64  // Same seed, same interval.
}

func (b Bootstrap) withDefaults() Bootstrap {
	if b.Samples == 0 {
		b.Samples = 2000
	}
	if b.Level == 0 {
		b.Level = 0.95
	}
	return b
}

func (b Bootstrap) check() error {
	if b.Samples < 0 || b.Level < 0 || b.Level >= 1 || math.IsNaN(b.Level) {
		return fmt.Errorf("bootstrap of %d samples at level %v: want samples ≥ 0 and 0 ≤ level < 1 (0 means the "+
			"default)", b.Samples, b.Level)
	}
	return nil
}

// statistics computes values from a weighted sample: counts[i] says how often image i is in it. A value that the sample
// leaves undefined is NaN.
type statistics func(counts []int) []float64

// intervals returns the interval of each statistic over n images. Resamples in which a statistic is undefined (a rare
// class was not drawn) do not count for it.
func (b Bootstrap) intervals(n int, stats statistics) []Interval {
	b = b.withDefaults()
	counts := make([]int, n)
	for i := range counts {
		counts[i] = 1
	}
	values := stats(counts)
	drawn := make([][]float64, len(values))
	rng := rand.New(rand.NewPCG(b.Seed, 0))
	for range b.Samples {
		clear(counts)
		for range n {
			counts[rng.IntN(n)]++
		}
		for k, v := range stats(counts) {
			if !math.IsNaN(v) {
				drawn[k] = append(drawn[k], v)
			}
		}
	}
	result := make([]Interval, len(values))
	for k, v := range values {
		if math.IsNaN(v) || len(drawn[k]) == 0 {
			result[k] = undefined
			continue
		}
		slices.Sort(drawn[k])
		result[k] = Interval{v, quantile(drawn[k], (1-b.Level)/2), quantile(drawn[k], (1+b.Level)/2)}
	}
	return result
}

// quantile interpolates linearly between order statistics, as numpy.quantile does by default (R's type 7).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (at-float64(i))*(sorted[j]-sorted[i])
}

// mean returns the interval of the mean of one value an image.
func (b Bootstrap) mean(values []float64) Interval {
	return b.Of(len(values), func(counts []int) float64 { return weightedMean(values, counts) })
}

// Of returns the interval of any statistic of n images. counts says how often each image is in a resample; the
// statistic is NaN where it is undefined. The interval is NaN without images, or if b is out of range.
func (b Bootstrap) Of(n int, statistic func(counts []int) float64) Interval {
	if b.check() != nil || n == 0 {
		return undefined
	}
	return b.intervals(n, func(counts []int) []float64 { return []float64{statistic(counts)} })[0]
}

// Ratio returns the interval of Σ parts[i] / Σ wholes[i], which has a part and a whole for each image, such as the
// voters that agree and all voters. It is NaN if the wholes sum to 0, if there are not as many parts, or if b is out of
// range.
func (b Bootstrap) Ratio(parts, wholes []float64) Interval {
	if len(parts) != len(wholes) {
		return undefined
	}
	return b.Of(len(parts), func(counts []int) float64 {
		part, whole := 0.0, 0.0
		for i, c := range counts {
			part += float64(c) * parts[i]
			whole += float64(c) * wholes[i]
		}
		if whole == 0 {
			return math.NaN()
		}
		return part / whole
	})
}

func weightedMean(values []float64, counts []int) float64 {
	sum, n := 0.0, 0
	for i, c := range counts {
		sum += float64(c) * values[i]
		n += c
	}
	return sum / float64(n)
}

// Accuracy returns the accuracy with its interval, all NaN if p is empty, a label is missing or b is out of range.
func Accuracy(p Predictions, b Bootstrap) Interval {
	if !p.labelled() {
		return undefined
	}
	return b.mean(p.each(func(row Prediction) float64 { return indicator(row.Correct()) }))
}

// each returns one value a row.
func (p Predictions) each(f func(Prediction) float64) []float64 {
	values := make([]float64, len(p))
	for i, row := range p {
		values[i] = f(row)
	}
	return values
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
