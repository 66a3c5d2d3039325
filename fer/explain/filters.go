package explain

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
)

// Filter is what is known of a channel of a layer.
type Filter struct {
	Ascent                          // The picture it answers to most; its Layer is that before the ReLU.
	Best   []fer.Example            // The examples that it answers to most, the strongest first; empty without data.
	Answer []float64                // Its answers to them.
	Serves [fer.NumEmotions]float64 // Its mean answer to the examples of each class, minus that to all, in standard deviations.
	Dead   bool                     // No position of any image, nor of the picture, is above 0: the ReLU lets nothing through.
}

// Classes returns the classes whose examples the filter answers to more than to the mean example, by at least a fifth of a
// standard deviation, the most first; for a filter without data the class that its picture is taken for.
func (f Filter) Classes() []fer.Emotion {
	if f.Dead {
		return nil
	}
	if len(f.Best) == 0 {
		return []fer.Emotion{f.Predicted}
	}
	var classes []fer.Emotion
	for _, e := range fer.Emotions() {
		if f.Serves[e] >= 0.2 {
			classes = append(classes, e)
		}
	}
	slices.SortStableFunc(classes, func(a, b fer.Emotion) int { return cmp.Compare(f.Serves[b], f.Serves[a]) })
	return classes
}

// bestExamples is how many examples a [Filter] keeps.
const bestExamples = 4

// Filters ascends the channels of a layer, and finds the examples and classes they answer to; examples may be empty.
func Filters(m *Model, layer string, channels []int, examples []fer.Example, o *AscentOptions) ([]Filter, error) {
	ascents, err := Ascend(m, layer, channels, o)
	if err != nil {
		return nil, err
	}
	filters := make([]Filter, len(ascents))
	xs := make([]pixels, len(examples))
	for i, e := range examples {
		if e.Image == nil {
			return nil, fmt.Errorf("example %q has no image", e.ID)
		}
		xs[i] = toPixels(e.Image)
	}
	var r responses
	if len(ascents) > 0 && len(xs) > 0 {
		if r, err = m.responses(ascents[0].Layer, o != nil && o.Middle, xs); err != nil {
			return nil, err
		}
	}
	for i, a := range ascents {
		f := Filter{Ascent: a, Dead: a.Peak <= 0}
		order := make([]int, len(examples))
		for k := range order {
			order[k] = k
			f.Dead = f.Dead && r.peaks[k][a.Channel] <= 0
		}
		slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(r.answers[y][a.Channel], r.answers[x][a.Channel]) })
		for _, k := range order[:min(bestExamples, len(order))] {
			f.Best = append(f.Best, examples[k])
			f.Answer = append(f.Answer, float64(r.answers[k][a.Channel]))
		}
		f.Serves = serves(examples, r.answers, a.Channel)
		filters[i] = f
	}
	return filters, nil
}

// serves returns the mean answer of a channel to each class, standardised over all examples.
func serves(examples []fer.Example, answers [][]float32, channel int) (z [fer.NumEmotions]float64) {
	var sums, counts [fer.NumEmotions]float64
	sum, squares, n := 0.0, 0.0, float64(len(examples))
	for k, e := range examples {
		v := float64(answers[k][channel])
		sum, squares = sum+v, squares+v*v
		if e.Label.Valid() {
			sums[e.Label] += v
			counts[e.Label]++
		}
	}
	if n == 0 {
		return z
	}
	deviation := math.Sqrt(max(squares/n-sum/n*sum/n, 0))
	for c := range z {
		if counts[c] > 0 && deviation > 0 {
			z[c] = (sums[c]/counts[c] - sum/n) / deviation
		}
	}
	return z
}

// BeatsData returns the share of live filters whose picture they answer to at least as strongly as to the best example, and the
// number of live filters.
func BeatsData(filters []Filter) (share float64, live int) {
	for _, f := range filters {
		if f.Dead || len(f.Answer) == 0 {
			continue
		}
		live++
		if f.Activation >= f.Answer[0] {
			share++
		}
	}
	if live > 0 {
		share /= float64(live)
	}
	return share, live
}

// Summarize says how many filters are dead and which, and, if there are examples, what [BeatsData] finds.
func Summarize(filters []Filter) string {
	var dead []string
	examples := false
	for _, f := range filters {
		if f.Dead {
			dead = append(dead, fmt.Sprint(f.Channel))
		}
		examples = examples || len(f.Answer) > 0
	}
	s := fmt.Sprintf("None of %d filters is dead.", len(filters))
	if len(dead) > 0 {
		s = fmt.Sprintf("%d of %d filters are dead: %s.", len(dead), len(filters), strings.Join(dead, ", "))
	}
	if examples {
		share, live := BeatsData(filters)
		s += fmt.Sprintf(" The picture excites the filter at least as much as the best example does for %.1f %% of the %d live ones.", 100*share, live)
	}
	return s
}

// Dead returns the channels of a layer that no example makes positive at any position: the ReLU behind lets nothing of them
// through.
func Dead(m *Model, layer string, examples []fer.Example) ([]int, error) {
	if len(examples) == 0 {
		return nil, errors.New("dead channels are those that no example excites: give some examples")
	}
	layer, err := m.PreActivation(layer)
	if err != nil {
		return nil, err
	}
	var xs []pixels
	for _, e := range examples {
		if e.Image == nil {
			return nil, fmt.Errorf("example %q has no image", e.ID)
		}
		xs = append(xs, toPixels(e.Image))
	}
	r, err := m.responses(layer, false, xs)
	if err != nil {
		return nil, err
	}
	var dead []int
	for c := range r.peaks[0] {
		if !slices.ContainsFunc(r.peaks, func(p []float32) bool { return p[c] > 0 }) {
			dead = append(dead, c)
		}
	}
	return dead, nil
}
