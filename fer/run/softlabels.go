package run

import (
	"fmt"
	"path/filepath"

	"ferlab/fer/evaluate"
	"ferlab/internal/check"
)

// SoftLabels are targets from a table, beside the labels: opinions of other nets, votes of several people. The zero
// value is none.
type SoftLabels struct {
	// File is a CSV file with the columns id and a probability for each class, such as a run's predictions.csv, or
	// NumPy's .npz: see [evaluate.ReadProbabilitiesFile]. A record keeps its last element and the SHA-256 of its
	// content.
	File string `json:"file"`
	// Weight is the table's share of the target, in [0, 1]; the label, smoothed, has the rest. An image that isn't in
	// the table has its label alone.
	Weight float64 `json:"weight"`
}

// Validate adds the fields with impossible values.
func (s SoftLabels) Validate(f check.Fields) {
	f.Share("weight", s.Weight)
	f.That((s.Weight > 0) == (s.File != ""), "weight", s.Weight, "above 0 with a file, and 0 without")
}

// softLabels reads the configured table, by image; nil if there is none. It warns of training images that the table
// lacks, and fails if it has none of them.
func (j *Job) softLabels() (map[string][]float64, error) {
	if j.softFile == "" {
		return nil, nil
	}
	table, err := evaluate.ReadProbabilitiesFile(j.softFile, j.Config.Classes)
	if err != nil {
		return nil, fmt.Errorf("soft labels %s: %w", filepath.Base(j.softFile), err)
	}
	lacking, first := 0, ""
	for _, e := range j.Train.Examples {
		if _, ok := table[e.ID]; !ok {
			if lacking++; lacking == 1 {
				first = e.ID
			}
		}
	}
	if lacking == j.Train.Len() {
		return nil, fmt.Errorf("soft labels %s: it has none of the training images, such as %q: is it a table of "+
			"another source?",
			filepath.Base(j.softFile), first)
	}
	if lacking > 0 {
		j.options.warn(fmt.Sprintf("soft labels %s: %d of %d training images are not in it, the first is %q: these "+
			"have their label alone",
			filepath.Base(j.softFile), lacking, j.Train.Len(), first))
	}
	return table, nil
}
