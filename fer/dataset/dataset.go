// Package dataset opens sources of labelled faces, splits them, and turns them into augmented batches.
//
// [Open] reads any of these, recognised by content and not by name:
//
//   - the built-in synthetic faces of [ferlab/fer/synth] (path "" or "synthetic");
//   - FER2013 as Kaggle packs it, a zip or a folder of train/<class>/* and test/<class>/*, JPEG, PNG or other pictures;
//   - one's own faces, a zip or a folder of train/<class>/* and test/<class>/*, whatever the classes are called;
//   - FER+ as its scripts write it, a folder or a zip of FER2013Train/*, FER2013Valid/* and FER2013Test/*, without
//     labels;
//   - fer2013.csv or icml_face_data.csv (columns emotion, pixels, Usage);
//   - the train.csv (emotion, pixels) and test.csv (pixels) of Kaggle's competition;
//   - the course's train.csv (label, feature) and test.csv (id, feature);
//   - a zip or a folder that holds these CSV files.
//
// The order of the examples depends on the source alone: image trees are sorted by ID, so that a zip and the same zip
// unpacked give the same data set, and CSV files keep the order of their rows.
package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"ferlab/fer"
)

// Kind says what a data set was read from.
type Kind string

// The kinds of sources. A folder or zip that holds CSV files is still a [Folder] or a [Zip].
const (
	Synthetic Kind = "synthetic" // built-in faces, see [SyntheticOptions]
	Folder    Kind = "folder"    // a folder on disk
	Zip       Kind = "zip"       // a zip archive
	CSV       Kind = "csv"       // a single CSV file
)

// Dataset is a list of examples and where they came from.
type Dataset struct {
	// Name is "synthetic", or the last element of the source's path: "fer2013.zip".
	Name     string
	Kind     Kind
	Classes  fer.Classes // The examples' labels are of these; the seven emotions unless the source has others.
	Examples []fer.Example
	// Bad lists what [Options].SkipBad left out of the source.
	Bad []BadEntry
}

// Len returns the number of examples.
func (d *Dataset) Len() int { return len(d.Examples) }

// Labels returns the label of every example, in order.
func (d *Dataset) Labels() []fer.Class {
	labels := make([]fer.Class, len(d.Examples))
	for i, e := range d.Examples {
		labels[i] = e.Label
	}
	return labels
}

// Counts returns the number of examples of each class; unlabelled ones count nowhere.
func (d *Dataset) Counts() []int {
	counts := make([]int, d.Classes.Len())
	for _, e := range d.Examples {
		if d.Classes.Has(e.Label) {
			counts[e.Label]++
		}
	}
	return counts
}

// Has reports whether any example belongs to the split.
func (d *Dataset) Has(split fer.Split) bool {
	return slices.ContainsFunc(d.Examples, func(e fer.Example) bool { return e.Split == split })
}

// SplitSize is the number of examples of a split.
type SplitSize struct {
	Split fer.Split
	Size  int
}

// SplitSizes returns the splits that d has, in the order train, validation, public, private, test, with their sizes.
func (d *Dataset) SplitSizes() []SplitSize {
	var sizes []SplitSize
	for _, s := range []fer.Split{fer.Train, fer.Validation, fer.Public, fer.Private, fer.Test} {
		if n := d.Split(s).Len(); n > 0 {
			sizes = append(sizes, SplitSize{s, n})
		}
	}
	return sizes
}

// Split returns the examples that belong to any of the given splits, in their order. The images are shared with d. It
// is empty if there are none (see [Dataset.Has]).
func (d *Dataset) Split(splits ...fer.Split) *Dataset {
	part := d.empty()
	for _, e := range d.Examples {
		if slices.Contains(splits, e.Split) {
			part.Examples = append(part.Examples, e)
		}
	}
	return part
}

// empty returns d without its examples.
func (d *Dataset) empty() *Dataset {
	return &Dataset{Name: d.Name, Kind: d.Kind, Classes: d.Classes, Bad: d.Bad}
}

// ByID returns the example with the given ID, or an error if there is none.
func (d *Dataset) ByID(id string) (*fer.Example, error) {
	for i := range d.Examples {
		if d.Examples[i].ID == id {
			return &d.Examples[i], nil
		}
	}
	if d.Len() == 0 {
		return nil, fmt.Errorf("data set %s is empty: it has no example %q", d.Name, id)
	}
	return nil, fmt.Errorf("data set %s has no example %q; its first of %d is %q", d.Name, id, d.Len(),
		d.Examples[0].ID)
}

// Holdout draws a stratified validation set: of every class the same fraction, in (0, 1), rounded to whole examples,
// chosen by the seed. It returns the rest and the held-out part, both in d's order; the latter's examples get the split
// [fer.Validation]. The images are shared with d. It is an error if an example is unlabelled, or if a class of d would
// be empty in either part.
func Holdout(d *Dataset, fraction float64, seed uint64) (rest, held *Dataset, err error) {
	if !(fraction > 0 && fraction < 1) {
		return nil, nil, fmt.Errorf("holdout fraction is %g, want more than 0 and less than 1", fraction)
	}
	if d.Len() == 0 {
		return nil, nil, errors.New("holdout of an empty data set")
	}
	classes := make([][]int, d.Classes.Len())
	for i, e := range d.Examples {
		if !d.Classes.Has(e.Label) {
			return nil, nil, fmt.Errorf("holdout needs labels, but example %q is %s", e.ID, d.Classes.Name(e.Label))
		}
		classes[e.Label] = append(classes[e.Label], i)
	}
	chosen := make([]bool, d.Len())
	for class, indices := range classes {
		if len(indices) == 0 {
			continue
		}
		n := int(math.Round(fraction * float64(len(indices))))
		if n == 0 || n == len(indices) {
			return nil, nil, fmt.Errorf("holdout of %g would put %d of the %d examples of class %s aside and leave "+
				"a part without any",
				fraction, n, len(indices), d.Classes.Name(fer.Class(class)))
		}
		rng := rand.New(rand.NewPCG(seed, uint64(class)))
		for _, k := range rng.Perm(len(indices))[:n] {
			chosen[indices[k]] = true
		}
	}
	rest, held = d.empty(), d.empty()
	for i, e := range d.Examples {
		if chosen[i] {
			e.Split = fer.Validation
			held.Examples = append(held.Examples, e)
		} else {
			rest.Examples = append(rest.Examples, e)
		}
	}
	return rest, held, nil
}

// Hash returns the hexadecimal SHA-256 of all IDs, labels, targets and pixels in order, and of the classes' names
// unless they are the seven emotions: it names the data in a run's provenance, wherever they were read from.
func (d *Dataset) Hash() string {
	h := sha256.New()
	own := !d.Classes.Equal(fer.Emotions)
	if own {
		fmt.Fprintf(h, "%q\n", d.Classes.Names())
	}
	var header []byte
	for _, e := range d.Examples {
		header = binary.LittleEndian.AppendUint64(header[:0], uint64(len(e.ID)))
		header = append(append(header, e.ID...), byte(e.Label))
		if own {
			header = append(header, byte(e.Label>>8))
		}
		for _, share := range e.Target {
			header = binary.LittleEndian.AppendUint64(header, math.Float64bits(share))
		}
		h.Write(header)
		h.Write(e.Image[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
