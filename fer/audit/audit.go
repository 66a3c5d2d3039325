// Package audit looks for what is wrong with a data set: images that occur twice, also across the training and test
// splits, labels that contradict each other or that a net doubts, and images that show nothing or hardly a face.
// [Images] finds what can be seen in the images alone, [LabelErrors] the labels that nets doubt, such as those of
// package ferlab/fer/crossfit.
//
// All findings have one form, [Findings]: a table that a person reads, shortens and hands to dataset.Options.Exclude or
// run.Config.Exclude. No finding is a proof; each has a reason and a score to judge it by.
package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Reason is what a finding is about.
type Reason string

// The reasons. The first three come exact, of the same pixels, and near, of nearly the same image.
const (
	Duplicate         Reason = "duplicate"                // An earlier image of the same split is the same.
	Leak              Reason = "leak"                     // A training image is also in another split.
	Contradiction     Reason = "contradicting label"      // The same image has another label elsewhere.
	NearDuplicate     Reason = "near duplicate"           // As Duplicate, of nearly the same image.
	NearLeak          Reason = "near leak"                // As Leak, of nearly the same image.
	NearContradiction Reason = "near contradicting label" // As Contradiction, of nearly the same image.
	BlankImage        Reason = "blank"                    // Hardly any contrast, see [Blank].
	UnusualImage      Reason = "unusual"                  // Far from all other images, see [Unusual].
	LabelError        Reason = "label error"              // A net doubts the label, see [LabelErrors].
)

// Reasons returns all reasons in the order in which findings are listed.
func Reasons() []Reason {
	return []Reason{Contradiction, Leak, Duplicate, NearContradiction, NearLeak, NearDuplicate, BlankImage,
		UnusualImage, LabelError}
}

// Finding is one doubtful example. An example may have several findings, for different reasons.
type Finding struct {
	ID    string // As in [fer.Example].
	Label string // The name of its class in the data set; empty if it has none.
	// Suggested is the label that the evidence speaks for; empty if it speaks for none.
	Suggested string
	Reason    Reason
	Of        string // The other example's ID where two are compared, else empty.
	// Score says how strong the finding is. For duplicates, leaks and contradictions it is the similarity, 1 for equal
	// pixels; for the others see their functions.
	Score float64
}

// Findings is a table of doubtful examples.
type Findings []Finding

// Count returns how many findings there are for a reason.
func (f Findings) Count(reason Reason) int { return len(f.Of(reason)) }

// Of returns the findings for the given reasons, in their order.
func (f Findings) Of(reasons ...Reason) Findings {
	return f.keep(func(x Finding) bool { return slices.Contains(reasons, x.Reason) })
}

// In returns the findings about examples of a data set, such as one split: test images are better left in, so that a
// net that is trained without the findings is measured on the same images as one trained with them.
func (f Findings) In(d *dataset.Dataset) Findings {
	ids := make(map[string]bool, d.Len())
	for _, e := range d.Examples {
		ids[e.ID] = true
	}
	return f.keep(func(x Finding) bool { return ids[x.ID] })
}

func (f Findings) keep(which func(Finding) bool) Findings {
	kept := Findings{}
	for _, x := range f {
		if which(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// String returns the number of findings and of examples for each reason that occurs, a line each.
func (f Findings) String() string {
	var b strings.Builder
	for _, reason := range Reasons() {
		if n := f.Count(reason); n > 0 {
			fmt.Fprintf(&b, "%6d  %s\n", n, reason)
		}
	}
	ids := map[string]bool{}
	for _, x := range f {
		ids[x.ID] = true
	}
	fmt.Fprintf(&b, "%6d  examples in all\n", len(ids))
	return b.String()
}

// sorted orders findings by reason, in the order of [Reasons], and leaves the order within each.
func (f Findings) sorted() Findings {
	slices.SortStableFunc(f, func(a, b Finding) int {
		return cmp.Compare(slices.Index(Reasons(), a.Reason), slices.Index(Reasons(), b.Reason))
	})
	return f
}

// Images returns all findings that need no net: exact and near duplicates, leaks and contradictions, blank and unusual
// images. 30,000 images take some seconds.
func Images(d *dataset.Dataset) (Findings, error) {
	near, err := Near(d, nil)
	if err != nil {
		return nil, err
	}
	unusual, err := Unusual(d, 0)
	if err != nil {
		return nil, err
	}
	exact := Exact(d).Findings()
	return slices.Concat(exact, near.Findings().beyond(exact), Blank(d, 0), unusual).sorted(), nil
}

// beyond leaves out findings of nearly the same images about examples of which exact ones say as much.
func (f Findings) beyond(exact Findings) Findings {
	type key struct {
		id     string
		reason Reason
	}
	known := map[key]bool{}
	for _, x := range exact {
		known[key{x.ID, "near " + x.Reason}] = true
	}
	return f.keep(func(x Finding) bool { return !known[key{x.ID, x.Reason}] })
}

// nameOf returns the name of a label, empty for none.
func nameOf(classes fer.Classes, label fer.Class) string {
	if !label.Valid() {
		return ""
	}
	return classes.Name(label)
}
