package semisup

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Part is a training set of which a part keeps its labels.
type Part struct {
	// Labelled are the examples that keep them, in the order of the training set.
	Labelled *dataset.Dataset
	// Unlabelled are the others: every Label is [fer.Unlabelled], and the ID is a number, since paths may name the
	// class.
	Unlabelled *dataset.Dataset
	// Truth knows the labels that were removed, for the audit of pseudo-labels only.
	Truth *Truth
}

// Truth answers how many guesses are right, and nothing else.
type Truth struct{ labels []fer.Class }

// Right counts the right ones among guesses about unlabelled examples, given by index, and how many of them have a
// truth that is known: images from another source have none.
func (t *Truth) Right(indices []int, guesses []fer.Class) (right, known int) {
	for k, i := range indices {
		if i >= len(t.labels) || !t.labels[i].Valid() {
			continue
		}
		known++
		if t.labels[i] == guesses[k] {
			right++
		}
	}
	return right, known
}

// Kept says how many labels a training set keeps: PerClass of each class, or, if that is 0, a fraction of each, in
// (0, 1], rounded and at least one.
type Kept struct {
	PerClass int
	Fraction float64
	// UpTo lets a class with fewer images than PerClass keep the labels of all; it is an error else.
	UpTo bool
}

// Remove takes the labels of a training set away except for some of every class, chosen by the seed. It is an error
// that names the class if one has too few examples.
func Remove(train *dataset.Dataset, kept Kept, seed uint64) (*Part, error) {
	switch {
	case kept.PerClass < 0:
		return nil, fmt.Errorf("labels per class is %d, want 1 or more", kept.PerClass)
	case kept.PerClass > 0 && kept.Fraction != 0:
		return nil, fmt.Errorf("both labels per class (%d) and a fraction (%g) are asked for: set one of them to 0",
			kept.PerClass, kept.Fraction)
	case kept.PerClass == 0 && !(kept.Fraction > 0 && kept.Fraction <= 1):
		return nil, fmt.Errorf("the fraction of labels to keep is %g, want above 0 and at most 1", kept.Fraction)
	case train.Len() == 0:
		return nil, errors.New("removing labels of an empty training set")
	}
	classes := make([][]int, train.Classes.Len())
	for i, e := range train.Examples {
		if train.Classes.Has(e.Label) {
			classes[e.Label] = append(classes[e.Label], i)
		}
	}
	keep := make([]bool, train.Len())
	for class, indices := range classes {
		n := kept.PerClass
		if n == 0 && len(indices) > 0 {
			n = max(1, int(math.Round(kept.Fraction*float64(len(indices)))))
		}
		if kept.UpTo && len(indices) > 0 {
			n = min(n, len(indices))
		}
		if n > len(indices) {
			return nil, fmt.Errorf("%d labels of each class are asked for, but %s has %d training images of class "+
				"%s: ask for at most that many, or set up_to",
				n, train.Name, len(indices), train.Classes.Name(fer.Class(class)))
		}
		rng := rand.New(rand.NewPCG(seed, 0x1abe1<<8|uint64(class)))
		for _, k := range rng.Perm(len(indices))[:n] {
			keep[indices[k]] = true
		}
	}
	p := &Part{Labelled: &dataset.Dataset{Name: train.Name, Kind: train.Kind, Classes: train.Classes},
		Unlabelled: &dataset.Dataset{Name: train.Name, Kind: train.Kind, Classes: train.Classes}, Truth: new(Truth)}
	for i, e := range train.Examples {
		if keep[i] {
			p.Labelled.Examples = append(p.Labelled.Examples, e)
			continue
		}
		p.Truth.labels = append(p.Truth.labels, e.Label)
		p.addUnlabelled(e.Image)
	}
	return p, nil
}

// Add gives the part more unlabelled images, from another source: their labels and names are left behind.
func (p *Part) Add(more *dataset.Dataset) {
	for _, e := range more.Examples {
		p.addUnlabelled(e.Image)
	}
}

func (p *Part) addUnlabelled(m *fer.Image) {
	p.Unlabelled.Examples = append(p.Unlabelled.Examples, fer.Example{
		ID: fmt.Sprint(p.Unlabelled.Len()), Image: m, Label: fer.Unlabelled, Split: fer.Train,
	})
}

// writeLabels writes labels.csv: id and label of every labelled example.
func (p *Part) writeLabels(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"id", "label"})
	for _, e := range p.Labelled.Examples {
		c.Write([]string{e.ID, p.Labelled.Classes.Name(e.Label)})
	}
	c.Flush()
	return c.Error()
}
