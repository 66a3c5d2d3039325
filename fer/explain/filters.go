package explain

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
)

// Filter is what is known of a channel of a layer.
type Filter struct {
	Ascent               // The picture it answers to most; its Layer is that before the ReLU.
	Best   []fer.Example // The examples that it answers to most, the strongest first; empty without data.
	Answer []float64     // Its answers to them.
	// Patches are what excites a single position most, the strongest first, each of another example.
	Patches []Patch
	// Its mean answer to the examples of each class, minus that to all, in standard deviations.
	Serves []float64
	// Of are the classes that Serves and Predicted are about.
	Of fer.Classes
	// No position of any image, nor of the picture, is above 0: the ReLU lets nothing through.
	Dead bool
}

// Patch is the part of an example that one position of a filter sees.
type Patch struct {
	fer.Example
	Window image.Rectangle // The part that the position sees, in pixels.
	Value  float64         // The filter's value at that position, before the ReLU.
}

// Crop returns the part as an image of its own.
func (p Patch) Crop() image.Image { return p.Image.Gray().SubImage(p.Window) }

// Classes returns the classes whose examples the filter answers to more than to the mean example, by at least a fifth
// of a standard deviation, the most first; for a filter without data the class that its picture is taken for.
func (f Filter) Classes() []fer.Class {
	if f.Dead {
		return nil
	}
	if len(f.Best) == 0 {
		return []fer.Class{f.Predicted}
	}
	var classes []fer.Class
	for _, e := range f.Of.All() {
		if f.Serves[e] >= 0.2 {
			classes = append(classes, e)
		}
	}
	slices.SortStableFunc(classes, func(a, b fer.Class) int { return cmp.Compare(f.Serves[b], f.Serves[a]) })
	return classes
}

// bestExamples is how many examples, and how many patches, a [Filter] keeps.
const bestExamples = 4

// Filters ascends the channels of a layer, and finds the examples, patches and classes they answer to; examples may be
// empty. Who has observed the examples before (see [Observe]) saves time with [Ascend] and [Observed.Filters].
func Filters(m *Model, layer string, channels []int, examples []fer.Example, o *AscentOptions) ([]Filter, error) {
	seen, err := Observe(m, layer, examples)
	if err != nil {
		return nil, err
	}
	ascents, err := Ascend(m, layer, channels, o)
	if err != nil {
		return nil, err
	}
	return seen.Filters(ascents), nil
}

// Observed says how all channels of a layer answer to examples.
type Observed struct {
	Layer    string // The layer before the ReLU.
	Examples []fer.Example

	classes  fer.Classes
	channels int
	grid     *Grid // nil for a layer without positions.
	r        responses
}

// Observe notes how the channels of a layer, before its ReLU, answer to examples.
func Observe(m *Model, layer string, examples []fer.Example) (*Observed, error) {
	layer, err := m.PreActivation(layer)
	if err != nil {
		return nil, err
	}
	o := &Observed{Layer: layer, Examples: examples, classes: m.Classes}
	if o.channels, err = m.Channels(layer); err != nil {
		return nil, err
	}
	if grid, err := m.Grid(layer); err == nil {
		o.grid = &grid
	}
	xs := make([]pixels, len(examples))
	for i, e := range examples {
		if e.Image == nil {
			return nil, fmt.Errorf("example %q has no image", e.ID)
		}
		xs[i] = toPixels(e.Image)
	}
	if o.r, err = m.responses(layer, xs); err != nil {
		return nil, err
	}
	return o, nil
}

// Dead returns the channels that no example makes positive at any position: the ReLU behind lets nothing of them
// through. Without examples that is unknown, and there are none.
func (o *Observed) Dead() []int {
	var dead []int
	for c := range o.channels {
		if len(o.Examples) > 0 && o.dead(c) {
			dead = append(dead, c)
		}
	}
	return dead
}

// dead reports whether no example makes the channel positive at any position.
func (o *Observed) dead(channel int) bool {
	return !slices.ContainsFunc(o.r.peaks, func(p []float32) bool { return p[channel] > 0 })
}

// Filters joins what the channels of ascents answer to with what they have been observed to answer to.
func (o *Observed) Filters(ascents []Ascent) []Filter {
	filters := make([]Filter, len(ascents))
	for i, a := range ascents {
		f := Filter{Ascent: a, Of: o.classes, Dead: a.Peak <= 0 && o.dead(a.Channel)}
		answers := o.r.answers(a.Middle)
		for _, k := range strongest(answers, a.Channel) {
			f.Best = append(f.Best, o.Examples[k])
			f.Answer = append(f.Answer, float64(answers[k][a.Channel]))
		}
		f.Serves = serves(o.Examples, answers, a.Channel, o.classes)
		if o.grid != nil {
			for _, k := range strongest(o.r.peaks, a.Channel) {
				window := o.grid.Patch(int(o.r.places[k][a.Channel]))
				f.Patches = append(f.Patches, Patch{o.Examples[k], window, float64(o.r.peaks[k][a.Channel])})
			}
		}
		filters[i] = f
	}
	return filters
}

// strongest returns the indices of the examples with the largest values of a channel, in falling order.
func strongest(values [][]float32, channel int) []int {
	order := make([]int, len(values))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(values[y][channel], values[x][channel]) })
	return order[:min(bestExamples, len(order))]
}

// serves returns the mean answer of a channel to each class, standardised over all examples.
func serves(examples []fer.Example, answers [][]float32, channel int, classes fer.Classes) []float64 {
	n := classes.Len()
	z, sums, counts := make([]float64, n), make([]float64, n), make([]float64, n)
	sum, squares, all := 0.0, 0.0, float64(len(examples))
	for k, e := range examples {
		v := float64(answers[k][channel])
		sum, squares = sum+v, squares+v*v
		if classes.Has(e.Label) {
			sums[e.Label] += v
			counts[e.Label]++
		}
	}
	if all == 0 {
		return z
	}
	deviation := math.Sqrt(max(squares/all-sum/all*sum/all, 0))
	for c := range z {
		if counts[c] > 0 && deviation > 0 {
			z[c] = (sums[c]/counts[c] - sum/all) / deviation
		}
	}
	return z
}

// BeatsData returns the share of live filters whose picture they answer to at least as strongly as to the best example,
// and the number of live filters.
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

// Tally says how many filters are dead and which, and, if there are examples, what [BeatsData] finds.
func Tally(filters []Filter) string {
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
		s += fmt.Sprintf(" The picture excites the filter at least as much as the best example does for %.1f %% of "+
			"the %d live ones.", 100*share, live)
	}
	return s
}
