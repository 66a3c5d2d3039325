package records

import (
	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/votes"
)

// Data is what is known of a data set: FER2013.
type Data struct {
	Source  string    `json:"source"`
	Classes []string  `json:"classes"`
	Splits  []Split   `json:"splits"`
	Means   [][]byte  `json:"means"` // Mean training face of each class, 48×48 grey levels.
	Audit   []Finding `json:"audit"`
	Images  int       `json:"images"` // Audited.
	Groups  Groups    `json:"groups"`
	// People is how often each agrees with FER2013's labels and with one another, on Voted images of People's split.
	People []Person `json:"people"`
	Voted  int      `json:"voted"`
	// Sees says what ten people see: in Sees[i][j] of the images that FER2013 labels class i, more than half see j; the
	// last column holds those of which that is no class. Training split and PublicTest.
	Sees [][]int `json:"sees"`
}

// Split is the number of faces of each class in a split.
type Split struct {
	Name   string `json:"name"`
	Counts []int  `json:"counts"`
}

// Finding is a reason of the audit, with its number of images.
type Finding struct {
	Reason string `json:"reason"`
	Images int    `json:"images"`
}

// Groups are groups of identical images.
type Groups struct {
	All           int `json:"all"`
	Contradicting int `json:"contradicting"`
	Leaking       int `json:"leaking"`
}

// Person says how often one agrees with FER2013's label, and with more than half of nine voters (nil: not measured).
type Person struct {
	Name   string             `json:"name"`
	Label  evaluate.Interval  `json:"label"`
	Others *evaluate.Interval `json:"others,omitempty"`
}

// OpenData reads the record of FER2013.
func OpenData() (*Data, error) { return read[Data](DataFile) }

// MeasureData counts what [Data] holds; table holds the votes for its images.
func MeasureData(d *dataset.Dataset, table votes.Table, nets ...votes.Net) (*Data, error) {
	r := &Data{Source: d.Name, Classes: d.Classes.Names(), Images: d.Len()}
	for _, s := range d.SplitSizes() {
		r.Splits = append(r.Splits, Split{Name: string(s.Split), Counts: d.Split(s.Split).Counts()})
	}
	byClass := make([][]*fer.Image, len(r.Classes))
	for _, e := range d.Split(fer.Train).Examples {
		if d.Classes.Has(e.Label) {
			byClass[e.Label] = append(byClass[e.Label], e.Image)
		}
	}
	for _, images := range byClass {
		m, err := meanImage(images)
		if err != nil {
			return nil, err
		}
		r.Means = append(r.Means, m[:])
	}
	found, err := audit.Images(d)
	if err != nil {
		return nil, err
	}
	for _, reason := range audit.Reasons() {
		if reason != audit.LabelError { // It takes a net.
			r.Audit = append(r.Audit, Finding{string(reason), found.Count(reason)})
		}
	}
	exact := audit.Exact(d)
	r.Groups = Groups{len(exact), len(exact.Contradicting()), len(exact.Leaking())}

	all, n, err := votes.Agreements(table, evaluate.Bootstrap{}, nets...)
	if err != nil {
		return nil, err
	}
	r.Voted = n
	for _, a := range all {
		p := Person{Name: a.Name, Label: a.Label}
		if a.Others.Value == a.Others.Value {
			p.Others = &a.Others
		}
		r.People = append(r.People, p)
	}
	r.Sees = make([][]int, len(r.Classes))
	for i := range r.Sees {
		r.Sees[i] = make([]int, len(r.Classes)+1)
	}
	for _, e := range d.Examples {
		v, ok := table[e.ID]
		if !ok || !d.Classes.Has(e.Label) {
			continue
		}
		seen := len(r.Classes)
		if choice, ok := v.Majority(); ok && d.Classes.Has(choice.Emotion()) {
			seen = int(choice.Emotion())
		}
		r.Sees[e.Label][seen]++
	}
	return r, nil
}
