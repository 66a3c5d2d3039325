package results

import (
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// MostConfidentWrong shows the n faces of a data set about which a run is wrong with the highest confidence: its blind
// spots, and candidates for a wrong label.
func MostConfidentWrong(r *run.Run, d *dataset.Dataset, n int) (*figure.Figure, error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, err
	}
	var cells []figure.Cell
	for _, row := range p.MostConfidentWrong(n) {
		e, err := d.ByID(row.ID)
		if err != nil {
			return nil, err
		}
		cells = append(cells, figure.Cell{Image: e.Image, Caption: fmt.Sprintf("%s, not %s (%.0f %%)",
			row.Classes.Name(row.Label), row.Classes.Name(row.Predicted()), 100*row.Confidence())})
	}
	return figure.Grid(slices.Collect(slices.Chunk(cells, 6)), figure.GridOptions{Side: 72, Options: figure.Options{
		Title:   "Wrong with the highest confidence",
		Caption: "Each with its label, what " + r.Name + " takes it for, and how sure it is; " + sentence(r.Caption()),
	}})
}

// Audit counts what an audit of a data set's images finds.
func Audit(d *dataset.Dataset) (figure.Table, error) {
	t := figure.Table{Caption: "Audit of " + d.Name, Header: []string{"finding", "faces", "of them in train", "%"}}
	if d.Len() == 0 {
		return t, fmt.Errorf("audit of %q: it is empty", d.Name)
	}
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
		t.Rows = append(t.Rows, []string{string(reason), fmt.Sprint(n), fmt.Sprint(train.Count(reason)),
			fmt.Sprintf("%.2f", 100*float64(n)/float64(d.Len()))})
	}
	return t, nil
}

// Leaks says in a sentence what a run's accuracy is with and without the images of its validation split that are also
// in the training split of the data set.
func Leaks(r *run.Run, d *dataset.Dataset) (string, error) {
	if d.Len() == 0 {
		return "", fmt.Errorf("leaks of %q: it is empty", d.Name)
	}
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
