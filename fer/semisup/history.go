package semisup

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/internal/bounded"
)

// Epoch is a row of semisup.csv: what an epoch of a training did with the unlabelled images, means over its steps. What
// an algorithm doesn't have is NaN.
type Epoch struct {
	Epoch        int
	Supervised   float64 // Loss of the labelled images.
	Unsupervised float64 // Loss of the unlabelled images, before its weight.
	Weight       float64 // Weight of the unsupervised loss at the last step.
	MaskRate     float64 // Share of the unlabelled images that counted.
	// PseudoAccuracy is the share of right pseudo-labels among those that counted. It is for the audit only: nothing in
	// the training reads it.
	PseudoAccuracy float64
	Thresholds     []float64 // By class: confidence from which a class's pseudo-labels count, at the last step.
}

const (
	configFile  = "semisup.json"
	labelsFile  = "labels.csv"
	historyFile = "semisup.csv"
)

// columns are those before the thresholds of the classes.
var columns = []string{"epoch", "supervised_loss", "unsupervised_loss", "weight", "mask_rate", "pseudo_accuracy"}

func header(classes fer.Classes) []string {
	h := slices.Clone(columns)
	for _, name := range classes.Names() {
		h = append(h, "threshold_"+name)
	}
	return h
}

func (e *Epoch) values() []*float64 {
	v := []*float64{&e.Supervised, &e.Unsupervised, &e.Weight, &e.MaskRate, &e.PseudoAccuracy}
	for i := range e.Thresholds {
		v = append(v, &e.Thresholds[i])
	}
	return v
}

func writeHistory(w io.Writer, history []Epoch, classes fer.Classes) error {
	c := csv.NewWriter(w)
	c.Write(header(classes))
	for _, e := range history {
		row := []string{strconv.Itoa(e.Epoch)}
		for _, v := range e.values() {
			row = append(row, format(*v))
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// format writes a number so that it reads back to the same bits; nothing for NaN.
func format(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// History reads the semisup.csv of the run in a folder. Its errors name the row.
func History(dir string) ([]Epoch, error) {
	f, err := os.Open(filepath.Join(dir, historyFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := bounded.NewCSV(f)
	rows, err := c.ReadAll()
	if err == nil && len(rows) == 0 {
		err = errors.New("it is empty")
	}
	if err == nil && len(rows[0]) <= len(columns) {
		err = fmt.Errorf("line 1: %d columns, want %s and a threshold of each class", len(rows[0]),
			strings.Join(columns, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	var history []Epoch
	for i, row := range rows[1:] {
		e := Epoch{Thresholds: make([]float64, len(row)-len(columns))}
		if e.Epoch, err = strconv.Atoi(row[0]); err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", f.Name(), i+1, err)
		}
		for k, v := range e.values() {
			if row[k+1] == "" {
				*v = math.NaN()
			} else if *v, err = strconv.ParseFloat(row[k+1], 64); err != nil {
				return nil, fmt.Errorf("%s, row %d, column %s: %w", f.Name(), i+1, rows[0][k+1], err)
			}
		}
		history = append(history, e)
	}
	return history, nil
}

// tally adds up the steps of an epoch. It is saved with the run.
type tally struct {
	Steps        int     `json:"steps"`
	Supervised   float64 `json:"supervised"`
	Unsupervised float64 `json:"unsupervised"`
	Seen         int     `json:"seen"`    // Unlabelled images.
	Counted      int     `json:"counted"` // Those of them that counted.
	Right        int     `json:"right"`   // Those of the counted whose pseudo-label is right.
	Known        int     `json:"known"`   // Those of the counted whose truth is known.
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}
