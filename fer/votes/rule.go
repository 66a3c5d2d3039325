package votes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
)

// The names of rules.
const (
	// MajorityRule gives an image one label: that with more than half of the votes (the paper's majority voting).
	MajorityRule = "majority"
	// ProbabilitiesRule gives an image the distribution of its votes (the paper's probabilistic label drawing, and its
	// cross-entropy loss).
	ProbabilitiesRule = "probabilities"
	// FERPlusRule is the distribution as FER+'s own training code makes it: of the choices with the most votes, one
	// after the other, those that hold three quarters of the votes, at most three. An image is left out where unknown
	// or no face comes first, where it takes more than three, or where they hold no more than half.
	FERPlusRule = "ferplus"
)

// Rules returns the names of all rules.
func Rules() []string { return []string{MajorityRule, ProbabilitiesRule, FERPlusRule} }

// Rule says how votes become a label. As in FER+'s own code, a choice with a single vote is dropped first, as an
// outlier. Votes for unknown and no face, and for contempt if that is no class, count like others, unless ignored; an
// image whose first choice is one of these has no label, and else the classes share what these had.
type Rule struct {
	Name    string   // One of [Rules].
	Ignore  []Choice // Choices whose votes are not counted at all, such as [Contempt].
	Singles bool     // Keep choices with a single vote.
	// Classes of the labels: [fer.Emotions], the zero value, or [fer.FERPlus].
	Classes fer.Classes
}

// Check returns an error if the rule is none.
func (r Rule) Check() error {
	if !slices.Contains(Rules(), r.Name) {
		return fmt.Errorf("unknown rule %q, want one of %s", r.Name, strings.Join(Rules(), ", "))
	}
	for _, c := range r.Ignore {
		if c < 0 || c >= NumChoices {
			return fmt.Errorf("rule %s ignores choice %d, want 0 … %d", r.Name, int(c), NumChoices-1)
		}
	}
	if !r.Classes.Equal(fer.Emotions) && !r.Classes.Equal(fer.FERPlus) {
		return fmt.Errorf("rule %s is for the classes %s, want %s or %s", r.Name, r.Classes, fer.Emotions, fer.FERPlus)
	}
	return nil
}

// Why an image has no label, beside a choice that is no class.
const (
	split   = "no choice with enough votes"
	nothing = "no votes left to count"
)

// label returns the distribution over the classes, or why there is none.
func (r Rule) label(v Votes) (p []float64, left string) {
	for _, c := range r.Ignore {
		v[c] = 0
	}
	for c, k := range v {
		if k == 1 && !r.Singles {
			v[c] = 0
		}
	}
	if v.Total() == 0 {
		return p, nothing
	}
	switch r.Name {
	case MajorityRule:
		first, ok := v.Majority()
		if !ok {
			return p, split
		}
		var only Votes
		only[first] = v[first]
		v = only
	case FERPlusRule:
		var ok bool
		if v, ok = v.foremost(); !ok {
			return p, split
		}
	}
	if first, _ := v.Most(); !first[0].Class(r.Classes).Valid() {
		return p, first[0].String()
	}
	p, _ = v.sharesOf(r.Classes)
	return p, ""
}

// foremost returns the votes of the choices that [FERPlusRule] keeps.
func (v Votes) foremost() (kept Votes, ok bool) {
	total, passed, n := v.Total(), 0, 0
	for valid := true; 4*passed < 3*total && n < 3 && valid; {
		tied, each := v.Most()
		for _, c := range tied {
			v[c] = 0
			passed += each
			if c == Unknown || c == NoFace {
				valid = false
				if n == 0 {
					kept[c], n = each, 1
				}
				break
			}
			kept[c] = each
			n++
		}
	}
	return kept, 2*kept.Total() > total && n <= 3
}

// Labels are what a rule makes of votes.
type Labels struct {
	// Probabilities of the classes, by example ID: 1 for one of them by the rule majority.
	Probabilities map[string][]float64
	Count         Count
}

// Count says how many images a rule leaves.
type Count struct {
	Rule     Rule
	Images   int            // Images with votes.
	Labelled []int          // Images with a label, by the most probable class.
	Left     map[string]int // Images left out, by the reason: "contempt", "unknown", "NF", or too few votes.
}

// Kept returns the number of images with a label.
func (c Count) Kept() (n int) {
	for _, k := range c.Labelled {
		n += k
	}
	return n
}

// String returns the counts as two lines.
func (c Count) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s leaves %d of %d images:", c.Rule.Name, c.Kept(), c.Images)
	for e, n := range c.Labelled {
		fmt.Fprintf(&b, " %s %d", c.Rule.Classes.Name(fer.Class(e)), n)
	}
	b.WriteString("\nleft out:")
	reasons := slices.SortedFunc(maps.Keys(c.Left), func(x, y string) int {
		return cmp.Or(cmp.Compare(c.Left[y], c.Left[x]), strings.Compare(x, y))
	})
	for _, reason := range reasons {
		fmt.Fprintf(&b, " %d %s;", c.Left[reason], reason)
	}
	if len(reasons) == 0 {
		b.WriteString(" none")
	}
	return strings.TrimSuffix(b.String(), ";") + "\n"
}

// Apply makes labels by a rule. It is an error if the rule is unknown or leaves no image.
func (t Table) Apply(r Rule) (Labels, error) {
	l := Labels{map[string][]float64{}, Count{Rule: r, Images: len(t), Labelled: make([]int, r.Classes.Len()),
		Left: map[string]int{}}}
	if err := r.Check(); err != nil {
		return l, err
	}
	for id, v := range t {
		p, left := r.label(v)
		if left != "" {
			l.Count.Left[left]++
			continue
		}
		l.Probabilities[id] = p
		l.Count.Labelled[evaluate.Prediction{Probs: p}.Predicted()]++
	}
	if len(l.Probabilities) == 0 {
		return l, fmt.Errorf("rule %s leaves none of %d images", r.Name, len(t))
	}
	return l, nil
}

// Predictions returns the probabilities of a data set's examples, in its order, with its own labels: as a file, what
// run.SoftLabels reads. Examples without one are left out.
func (l Labels) Predictions(d *dataset.Dataset) evaluate.Predictions {
	var p evaluate.Predictions
	for _, e := range d.Examples {
		if probs, ok := l.Probabilities[e.ID]; ok {
			p = append(p, evaluate.Prediction{ID: e.ID, Label: e.Label, Probs: probs, Classes: l.Count.Rule.Classes})
		}
	}
	return p
}

// Relabel returns a data set with the most probable classes as labels, the first in class order on a tie, and the
// probabilities as targets unless the rule is majority. Examples without a label are left out, in every split; the
// images are shared with d.
func (l Labels) Relabel(d *dataset.Dataset) *dataset.Dataset {
	relabelled := *d
	relabelled.Examples, relabelled.Classes = nil, l.Count.Rule.Classes
	for _, e := range d.Examples {
		if probs, ok := l.Probabilities[e.ID]; ok {
			e.Label = evaluate.Prediction{Probs: probs}.Predicted()
			if e.Target = nil; l.Count.Rule.Name != MajorityRule {
				e.Target = probs
			}
			relabelled.Examples = append(relabelled.Examples, e)
		}
	}
	return &relabelled
}
