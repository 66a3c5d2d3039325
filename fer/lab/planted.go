package lab

import (
	"context"
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
)

// PlantedErrors is an audit whose truth is known, see [audit.Planted].
type PlantedErrors struct {
	Data     *dataset.Dataset
	Truth    map[string]fer.Class // The right label of each example that got a wrong one.
	Findings audit.Findings
	Accuracy float64 // Out of sample, of the nets that doubt the labels.
}

// PlantErrors gives 5 % of 2,000 clear synthetic faces a wrong label and looks for these by confident learning over
// three folds of a slim net. The nets are kept, and opened when it is called again.
func PlantErrors() (*PlantedErrors, error) {
	n, c := 2000, audit.Slim()
	if Small() {
		n, c.Epochs = 350, 1
	}
	e := new(PlantedErrors)
	e.Data, e.Truth = audit.Planted(n, 0.05, 1)
	folds, err := crossfit.Train(context.Background(), e.Data, 3, c, Folder(fmt.Sprintf("label-errors-%d", n)), nil)
	if err != nil {
		return nil, err
	}
	p, err := crossfit.Predict(e.Data, folds)
	if err != nil {
		return nil, err
	}
	e.Accuracy = p.Accuracy()
	e.Findings, err = audit.LabelErrors(p)
	return e, err
}

// String says how many planted errors were found.
func (e *PlantedErrors) String() string {
	hits := 0
	for _, f := range e.Findings {
		if _, planted := e.Truth[f.ID]; planted {
			hits++
		}
	}
	return fmt.Sprintf("Of %s faces %d got a wrong label. The audit doubts %d labels, and is right about %d of them "+
		"(precision %.0f %%, recall %.0f %%).",
		figure.Count(e.Data.Len()), len(e.Truth), len(e.Findings), hits, 100*float64(hits)/float64(max(len(e.Findings),
			1)), 100*float64(hits)/float64(len(e.Truth)))
}

// Figure shows the n labels that are doubted most.
func (e *PlantedErrors) Figure(n int) (*figure.Figure, error) {
	var cells []figure.Cell
	for _, f := range e.Findings[:min(n, len(e.Findings))] {
		x, err := e.Data.ByID(f.ID)
		if err != nil {
			return nil, err
		}
		truth := f.Label
		if class, planted := e.Truth[f.ID]; planted {
			truth = fer.Emotions.Name(class)
		}
		cells = append(cells, figure.Cell{Image: x.Image, Caption: fmt.Sprintf("label: %s\naudit: %s\ntruth: %s",
			f.Label, f.Suggested, truth)})
	}
	return figure.Grid(slices.Collect(slices.Chunk(cells, 6)), figure.GridOptions{Side: 96, Options: figure.Options{
		Title: "The labels that are doubted most",
		Caption: fmt.Sprintf("Label, what the audit suggests, and truth; clear drawn faces, n=%s, of which %d have a "+
			"wrong label.", figure.Count(e.Data.Len()), len(e.Truth)),
	}})
}
