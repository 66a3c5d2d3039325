package votes

import (
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/internal/check"
)

// Config says whose votes label a data set, instead of its own labels. The zero value is nobody's.
type Config struct {
	// File is what [Open] takes. A run's record keeps its last element and the SHA-256 of its content.
	File string `json:"file"`
	Rule string `json:"rule"` // One of [Rules]; "" without a file.
	// Ignore names choices whose votes are not counted at all. The classes are [fer.FERPlus], the eight of FER+; if
	// contempt is ignored, the seven emotions.
	Ignore  []string `json:"ignore"`
	Singles bool     `json:"singles"` // Keep choices with a single vote.
}

// Validate adds the fields with impossible values.
func (c Config) Validate(f check.Fields) {
	if c.File == "" {
		f.That(c.Rule == "", "rule", c.Rule, "none without a file")
		f.That(len(c.Ignore) == 0, "ignore", c.Ignore, "none without a file")
		f.That(!c.Singles, "singles", c.Singles, "false without a file")
		return
	}
	f.OneOf("rule", c.Rule, Rules()...)
	if _, err := c.rule(); err != nil {
		f.That(false, "ignore", c.Ignore, "some of "+strings.Join(names(), ", "))
	}
}

func (c Config) rule() (Rule, error) {
	r := Rule{Name: c.Rule, Singles: c.Singles, Classes: fer.FERPlus}
	var err error
	if r.Ignore, err = ParseChoices(c.Ignore); err != nil {
		return r, err
	}
	if slices.Contains(r.Ignore, Contempt) {
		r.Classes = fer.Emotions
	}
	return r, r.Check()
}

// Classes are those of the labels.
func (c Config) Classes() fer.Classes {
	r, _ := c.rule() // A wrong rule makes no labels.
	return r.Classes
}

// Label gives a whole data set, as [dataset.Open] gives it, labels by the votes; exclude, if it isn't "", is the path
// of a list of examples to leave out, see [dataset.Dataset.Exclude]. Examples without a label are left out, in every
// split.
func (c Config) Label(d *dataset.Dataset, exclude string) (*dataset.Dataset, Labels, error) {
	fail := func(err error) (*dataset.Dataset, Labels, error) { return nil, Labels{}, err }
	rule, err := c.rule()
	if err != nil {
		return fail(fmt.Errorf("votes: %w", err))
	}
	source, err := Open(c.File)
	if err != nil {
		return fail(err)
	}
	joined, err := source.Join(d)
	if err != nil {
		return fail(err)
	}
	labels, err := joined.Votes.Apply(rule)
	if err != nil {
		return fail(fmt.Errorf("votes: %s: %w", source.Name, err))
	}
	if exclude != "" {
		if d, err = d.Exclude(exclude); err != nil {
			return fail(err)
		}
	}
	return labels.Relabel(d), labels, nil
}
