package audit

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// Relabel returns soft labels for the images of findings with a suggested label, as run.SoftLabels takes them with a
// weight of 1: the suggestion has the target that the label had. smoothing is the share of it that is spread over all
// classes, in [0, 1), as run.Config.LabelSmoothing is. An image with two different suggestions keeps the first.
func (f Findings) Relabel(classes fer.Classes, smoothing float64) (evaluate.Predictions, error) {
	if !(smoothing >= 0 && smoothing < 1) {
		return nil, fmt.Errorf("audit: relabel: smoothing is %v, want it in [0, 1)", smoothing)
	}
	var table evaluate.Predictions
	seen := map[string]bool{}
	for _, x := range f {
		if x.Suggested == "" || seen[x.ID] {
			continue
		}
		seen[x.ID] = true
		row := evaluate.Prediction{ID: x.ID, Label: fer.Unlabelled, Classes: classes}
		for _, class := range classes.All() {
			p := smoothing / float64(classes.Len())
			switch classes.Name(class) {
			case x.Suggested:
				p += 1 - smoothing
			case x.Label:
				row.Label = class
			}
			row.Probs = append(row.Probs, p)
		}
		table = append(table, row)
	}
	if err := table.Check(); err != nil {
		return nil, fmt.Errorf("audit: relabel: a suggestion is of another data set's classes: %w", err)
	}
	return table, nil
}
