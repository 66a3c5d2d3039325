package report

import (
	"context"
	"fmt"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// MostConfidentWrong shows the n faces of a data set about which a run is wrong with the highest confidence: its blind spots, and
// candidates for a wrong label.
func MostConfidentWrong(r *run.Run, d *dataset.Dataset, n int) (*figure.Figure, error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, err
	}
	var cells []figure.Cell
	for _, row := range p.MostConfidentWrong(n) {
		e, err := d.Find(row.ID)
		if err != nil {
			return nil, err
		}
		cells = append(cells, figure.Cell{Image: e.Image, Caption: fmt.Sprintf("%v, not %v (%.0f %%)", row.Label, row.Predicted(), 100*row.Confidence())})
	}
	return figure.Grid(inRows(cells, 6), figure.GridOptions{Side: 72, Options: figure.Options{
		Title:   "Wrong with the highest confidence",
		Caption: "Each with its label, what " + r.Name + " takes it for, and how sure it is; " + sentence(r.Caption()),
	}})
}

// inRows cuts cells into rows of that many.
func inRows(cells []figure.Cell, columns int) (rows [][]figure.Cell) {
	for len(cells) > columns {
		rows, cells = append(rows, cells[:columns]), cells[columns:]
	}
	return append(rows, cells)
}

// Audit counts what an audit of a data set's images finds.
func Audit(d *dataset.Dataset) (figure.Table, error) {
	t := figure.Table{Caption: "Audit of " + d.Name, Header: []string{"finding", "faces", "of them in train", "%"}}
	found, err := audit.Images(d)
	if err != nil {
		return t, err
	}
	train := found.In(d.Split(fer.Train))
	for _, reason := range audit.Reasons() {
		if reason == audit.LabelError {
			continue // It takes a net.
		}
		n := found.Count(reason)
		t.Rows = append(t.Rows, []string{string(reason), fmt.Sprint(n), fmt.Sprint(train.Count(reason)), fmt.Sprintf("%.2f", 100*float64(n)/float64(d.Len()))})
	}
	return t, nil
}

// Leaks says in a sentence what a run's accuracy is with and without the images of its validation split that are also in the
// training split of the data set.
func Leaks(r *run.Run, d *dataset.Dataset) (string, error) {
	p, err := r.Predictions()
	if err != nil {
		return "", err
	}
	effect, err := audit.MeasureLeaks(p, audit.Exact(d).LeakedIDs(), evaluate.Bootstrap{})
	if err != nil {
		return "", err
	}
	return r.Name + ": " + effect.String(), nil
}

// PlantedErrors is an audit whose truth is known, see [audit.Planted].
type PlantedErrors struct {
	Data     *dataset.Dataset
	Truth    map[string]fer.Emotion // The right label of each example that got a wrong one.
	Findings audit.Findings
	Accuracy float64 // Out of sample, of the nets that doubt the labels.
}

// FindPlantedErrors gives 5 % of 2,000 clear synthetic faces a wrong label and looks for these by confident learning over three
// folds of a slim net. The nets are kept, and opened when it is called again.
func FindPlantedErrors() (*PlantedErrors, error) {
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
	return fmt.Sprintf("Of %d faces %d got a wrong label. The audit doubts %d labels, and is right about %d of them (precision %.0f %%, recall %.0f %%).",
		e.Data.Len(), len(e.Truth), len(e.Findings), hits, 100*float64(hits)/float64(max(len(e.Findings), 1)), 100*float64(hits)/float64(len(e.Truth)))
}

// Figure shows the n labels that are doubted most.
func (e *PlantedErrors) Figure(n int) (*figure.Figure, error) {
	var cells []figure.Cell
	for _, f := range e.Findings[:min(n, len(e.Findings))] {
		x, err := e.Data.Find(f.ID)
		if err != nil {
			return nil, err
		}
		verdict := "its label is right"
		if truth, planted := e.Truth[f.ID]; planted {
			verdict = fmt.Sprintf("truly %v", truth)
		}
		cells = append(cells, figure.Cell{Image: x.Image, Caption: fmt.Sprintf("%v? rather %v; %s", f.Label, f.Suggested, verdict)})
	}
	return figure.Grid(inRows(cells, 6), figure.GridOptions{Side: 72, Options: figure.Options{
		Title:   "The labels that are doubted most",
		Caption: fmt.Sprintf("Label, suggestion and truth of %s, n=%d, of which %d have a wrong label.", e.Data.Name, e.Data.Len(), len(e.Truth)),
	}})
}
