package audit

import (
	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Group is two or more examples with the same or nearly the same image, in the data set's order.
type Group struct {
	Examples []fer.Example
	Classes  fer.Classes // The labels' classes.
	// Similarity is 1 for equal pixels; else the lowest correlation that joined two of the images, see [Near].
	Similarity float64
}

// Groups are the groups of a data set, in the order of their first examples. An example is in one group at most.
type Groups []Group

// Exact returns the groups of examples with equal pixels, see [dataset.Distinct].
func Exact(d *dataset.Dataset) Groups {
	var groups Groups
	for _, copies := range dataset.Distinct(d) {
		if len(copies) > 1 {
			groups = append(groups, newGroup(d, copies, 1))
		}
	}
	return groups
}

func newGroup(d *dataset.Dataset, indices []int, similarity float64) Group {
	g := Group{Classes: d.Classes, Similarity: similarity}
	for _, i := range indices {
		g.Examples = append(g.Examples, d.Examples[i])
	}
	return g
}

// Contradicts reports whether two of the group's examples have different labels.
func (g Group) Contradicts() bool {
	label := fer.Unlabelled
	for _, e := range g.Examples {
		if label.Valid() && e.Label.Valid() && e.Label != label {
			return true
		}
		if e.Label.Valid() {
			label = e.Label
		}
	}
	return false
}

// Leaks reports whether the group has an example in the training split and one in another: what a net was trained on
// helps it in the test.
func (g Group) Leaks() bool {
	train, other := false, false
	for _, e := range g.Examples {
		train, other = train || e.Split == fer.Train, other || e.Split != fer.Train
	}
	return train && other
}

// Contradicting returns the groups that contradict themselves.
func (gs Groups) Contradicting() Groups { return gs.keep(Group.Contradicts) }

// Leaking returns the groups that leak.
func (gs Groups) Leaking() Groups { return gs.keep(Group.Leaks) }

func (gs Groups) keep(which func(Group) bool) Groups {
	var kept Groups
	for _, g := range gs {
		if which(g) {
			kept = append(kept, g)
		}
	}
	return kept
}

// Findings lists the groups as a table to act on. Of a contradiction every example is listed, since nothing says which
// label is right; a strict majority's label is suggested. Of a leak the training images are listed, so that the test
// stays as it is. Of the duplicates in one split all but the first are.
func (gs Groups) Findings() Findings {
	var f Findings
	for _, g := range gs {
		contradiction, leak, duplicate := Contradiction, Leak, Duplicate
		if g.Similarity < 1 {
			contradiction, leak, duplicate = NearContradiction, NearLeak, NearDuplicate
		}
		contradicts, leaks, majority := g.Contradicts(), g.Leaks(), g.majority()
		first := map[fer.Split]string{}
		for _, e := range g.Examples {
			add := func(reason Reason, suggested fer.Class, of string) {
				f = append(f, Finding{e.ID, nameOf(g.Classes, e.Label), nameOf(g.Classes, suggested), reason, of,
					g.Similarity})
			}
			if contradicts && e.Label.Valid() {
				add(contradiction, majority, g.find(func(o fer.Example) bool {
					return o.Label.Valid() &&
						o.Label != e.Label
				}))
			}
			if leaks && e.Split == fer.Train {
				add(leak, fer.Unlabelled, g.find(func(o fer.Example) bool { return o.Split != fer.Train }))
			}
			if of, again := first[e.Split]; again {
				add(duplicate, fer.Unlabelled, of)
			} else {
				first[e.Split] = e.ID
			}
		}
	}
	return f.sorted()
}

// find returns the ID of the first example of that kind; there is one.
func (g Group) find(which func(fer.Example) bool) string {
	for _, e := range g.Examples {
		if which(e) {
			return e.ID
		}
	}
	return ""
}

// majority returns the label of more than half of the labelled examples, or Unlabelled.
func (g Group) majority() fer.Class {
	counts := make([]int, g.Classes.Len())
	total := 0
	for _, e := range g.Examples {
		if e.Label.Valid() {
			counts[e.Label]++
			total++
		}
	}
	for label, n := range counts {
		if 2*n > total {
			return fer.Class(label)
		}
	}
	return fer.Unlabelled
}
