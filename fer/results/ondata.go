package results

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// OnData compares runs on a data set, whatever they were trained on: the accuracy of each on its faces that nets aren't
// trained on, with 95 % bootstrap intervals.
func OnData(data *dataset.Dataset, runs ...*run.Run) (figure.Table, error) {
	split := testSplit(data)
	faces := data.Split(split)
	t := figure.Table{
		Caption: fmt.Sprintf("Accuracy on %s, %s, n=%s, with 95 %% bootstrap intervals; one seed each.",
			source(data.Name), splitName(split), figure.Count(faces.Len())),
		Header: []string{"net", "parameters", "trained on", "accuracy, %", "interval"},
	}
	for _, r := range runs {
		p, err := r.Predict(faces)
		if err != nil {
			return t, err
		}
		a := evaluate.Accuracy(p, evaluate.Bootstrap{})
		t.Rows = append(t.Rows, []string{
			Name(r), figure.Count(r.Record.Parameters), fmt.Sprintf("%s, n=%s", source(r.Record.Source),
				figure.Count(r.Record.TrainImages)),
			fmt.Sprintf("%.1f", 100*a.Value), fmt.Sprintf("%.1f–%.1f", 100*a.Low, 100*a.High),
		})
	}
	return t, nil
}

// testSplit returns the split of a source to try nets on: one that they aren't trained on, if there is any.
func testSplit(data *dataset.Dataset) fer.Split {
	for _, s := range []fer.Split{fer.Public, fer.Test, fer.Private, fer.Validation, fer.Train} {
		if data.Has(s) {
			return s
		}
	}
	return fer.Test
}
