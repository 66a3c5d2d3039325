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

// MostConfidentWrong shows n faces of a data set about which a run is wrong with the highest confidence, each another
// kind of mistake: its blind spots, and candidates for a wrong label.
func MostConfidentWrong(r *run.Run, d *dataset.Dataset, n int) (*figure.Figure, error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, err
	}
	var cells []figure.Cell
	seen := map[[2]fer.Class]bool{}
	for _, row := range p.MostConfidentWrong(len(p)) {
		kind := [2]fer.Class{row.Label, row.Predicted()}
		if seen[kind] || len(cells) == n {
			continue
		}
		seen[kind] = true
		e, err := d.ByID(row.ID)
		if err != nil {
			return nil, err
		}
		cells = append(cells, answered(e.Image, row))
	}
	return figure.Grid(slices.Collect(slices.Chunk(cells, 6)), figure.GridOptions{Side: 84, Options: figure.Options{
		Title: "Wrong with the highest confidence",
		Caption: fmt.Sprintf("The surest of each kind of mistake: the face's label, and what %s says and how sure it "+
			"is. %s", Name(r), measured(r)),
	}})
}

// Audit counts what an audit of a data set's images finds.
func Audit(d *dataset.Dataset) (figure.Table, error) {
	t := figure.Table{Caption: "Audit of this notebook's data: " + source(d.Name),
		Header: []string{"finding", "faces", "in the training split", "%"}}
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
		t.Rows = append(t.Rows, []string{string(reason), figure.Count(n), figure.Count(train.Count(reason)),
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
	all := fmt.Sprintf("%s is right about %s of the %s faces (%s)", Name(r), share(effect.All.Value),
		figure.Count(effect.N), between(effect.All))
	if effect.NLeaked == 0 {
		return all + "; none of them stands in the training set, too.", nil
	}
	return fmt.Sprintf("%s, and about %s without the %d that stand in the training set, too (%s).", all,
		share(effect.Clean.Value), effect.NLeaked, between(effect.Clean)), nil
}
