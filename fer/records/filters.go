package records

import (
	"cmp"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/run"
)

// Filters says which filters of a net serve which class: what they answer to real faces.
type Filters struct {
	Net     string  `json:"net"`
	Weights string  `json:"weights"`
	Source  string  `json:"source"`
	Split   string  `json:"split"`
	Faces   int     `json:"faces"`
	Layers  []Layer `json:"layers"`
}

// Layer is a layer's filters.
type Layer struct {
	Name    string `json:"name"`
	Filters int    `json:"filters"`
	Dead    []int  `json:"dead"` // No face makes them positive anywhere.
	// Serves has, for each class, the filter that answers most to its faces beyond the mean of all.
	Serves []Serving `json:"serves"`
}

// Serving is a filter that answers to the faces of a class more than to all, by so many standard deviations.
type Serving struct {
	Class      string  `json:"class"`
	Channel    int     `json:"channel"`
	Deviations float64 `json:"deviations"`
}

// OpenFilters reads the record.
func OpenFilters() (*Filters, error) { return read[Filters](FiltersFile) }

// Of reports whether the record was measured on the run's weights.
func (f *Filters) Of(r *run.Run) bool { return f.Weights == weightsOf(r) }

// MeasureFilters finds, in each layer of convolutions, the filter that serves each class most on faces of a split. No
// filter serves two classes of a layer: the class that it serves more has it.
func MeasureFilters(r *run.Run, source string, split fer.Split, examples []fer.Example) (*Filters, error) {
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	record := &Filters{Net: r.Name, Weights: weightsOf(r), Source: source,
		Split: string(split), Faces: len(examples)}
	for _, name := range m.LayersOf("Conv2D") {
		n, err := m.Channels(name)
		if err != nil {
			return nil, err
		}
		serves, dead, err := serving(m, name, examples)
		if err != nil {
			return nil, err
		}
		record.Layers = append(record.Layers, Layer{Name: name, Filters: n, Dead: dead, Serves: serves})
	}
	return record, nil
}

// ServingOf returns the filter of a layer that serves each class most on examples, the most distinct first.
func ServingOf(m *explain.Model, layer string, examples []fer.Example) ([]Serving, error) {
	serves, _, err := serving(m, layer, examples)
	return serves, err
}

func serving(m *explain.Model, layer string, examples []fer.Example) (serves []Serving, dead []int, err error) {
	seen, err := explain.Observe(m, layer, examples)
	if err != nil {
		return nil, nil, err
	}
	n, err := m.Channels(layer)
	if err != nil {
		return nil, nil, err
	}
	ascents := make([]explain.Ascent, n)
	for c := range ascents {
		ascents[c] = explain.Ascent{Layer: layer, Channel: c}
	}
	var all []Serving
	for _, f := range seen.Filters(ascents) {
		for _, e := range m.Classes.All() {
			all = append(all, Serving{m.Classes.Name(e), f.Channel, math.Round(1000*f.Serves[e]) / 1000})
		}
	}
	slices.SortStableFunc(all, func(a, b Serving) int { return cmp.Compare(b.Deviations, a.Deviations) })
	for _, s := range all {
		if !slices.ContainsFunc(serves, func(t Serving) bool { return t.Class == s.Class || t.Channel == s.Channel }) {
			serves = append(serves, s)
		}
	}
	return serves, seen.Dead(), nil
}
