package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
)

// member is a net of the flag -run: a run, or what a net predicted.
type member struct {
	name   string
	run    *run.Run             // nil for a file.
	stored evaluate.Predictions // nil for a run.
}

type ensemble []member

// members opens what the flag -run names.
func members(value string) (all ensemble, err error) {
	names, err := cli.List("-run", value)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		m := member{name: name}
		if strings.EqualFold(filepath.Ext(name), ".csv") {
			m.stored, err = evaluate.ReadFile(name)
		} else {
			m.run, err = pretrained.Find(name)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// firstRun returns the first member that is a run; nil if none is.
func (e ensemble) firstRun() *run.Run {
	for _, m := range e {
		if m.run != nil {
			return m.run
		}
	}
	return nil
}

// predictions returns what each net says of the data, or of its own validation images if data is nil, and the name of
// these: they must be of the split, if that isn't "".
func (e ensemble) predictions(data *dataset.Dataset, split string, precision model.Precision,
	views []dataset.View) (all []evaluate.Predictions, own string, err error) {
	for _, m := range e {
		p := m.stored
		switch {
		case m.run == nil && data != nil:
			err = m.isOf(data)
		case m.run != nil && data != nil:
			p, err = m.run.WithPrecision(precision).Predict(data, views...)
		case m.run != nil:
			own = string(m.run.Record.Validation)
			if split != "" && split != own {
				return nil, "", fmt.Errorf("-split %s needs -source: the own predictions of run %s are of its split %s",
					split, m.run.Name, own)
			}
			p, err = m.run.Predictions()
		}
		if err != nil {
			return nil, "", err
		}
		all = append(all, p)
	}
	return all, cmp.Or(own, split, "stored"), nil
}

// isOf returns an error unless a file's predictions are of the data's images, with the same labels.
func (m member) isOf(data *dataset.Dataset) error {
	labels := make(map[string]fer.Class, data.Len())
	for _, e := range data.Examples {
		labels[e.ID] = e.Label
	}
	if len(m.stored) != len(labels) {
		return fmt.Errorf("%s has predictions of %d images, and the data are %d: name their split with -split", m.name,
			len(m.stored), len(labels))
	}
	for i, p := range m.stored {
		if label, ok := labels[p.ID]; !ok || label != p.Label {
			return fmt.Errorf("%s, row %d: image %q with this label isn't in the data: name their split with -split",
				m.name, i+2, p.ID)
		}
	}
	return nil
}
