package results

import (
	"fmt"
	"slices"
	"strings"

	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Ablation compares runs with a base: what was changed, the accuracy with its 95 % bootstrap interval, the difference
// from the base on the same images with its paired interval, and the cost. A difference whose interval holds 0 is a
// tie. It returns an error if the runs' predictions are not of the same images.
func Ablation(base *run.Run, runs ...*run.Run) (figure.Table, error) {
	t := figure.Table{Header: []string{"run", "changed", "epochs", "accuracy, %", "difference, points", "minutes"}}
	p, err := base.Predictions()
	if err != nil {
		return t, err
	}
	t.Caption = fmt.Sprintf("Runs compared with %s: accuracy on %s, n = %d, after the last epoch unless keep=best; "+
		"one seed a run, 95 %% bootstrap intervals",
		base.Name, base.Record.Validation, base.Record.ValidationImages)
	for _, r := range append([]*run.Run{base}, runs...) {
		q, err := r.Predictions()
		if err != nil {
			return t, err
		}
		difference := "–"
		if r != base {
			c, err := evaluate.Compare(q, p, evaluate.Bootstrap{})
			if err != nil {
				return t, fmt.Errorf("%s and %s: %w", r.Name, base.Name, err)
			}
			difference = fmt.Sprintf("%+.2f [%+.2f, %+.2f]", 100*c.Difference.Value, 100*c.Difference.Low,
				100*c.Difference.High)
		}
		a := evaluate.Accuracy(q, evaluate.Bootstrap{})
		t.Rows = append(t.Rows, []string{
			r.Name, strings.Join(changes(base.Config, r.Config), ", "), fmt.Sprint(len(r.History)),
			fmt.Sprintf("%.2f [%.2f, %.2f]", 100*a.Value, 100*a.Low, 100*a.High), difference, fmt.Sprintf("%.0f",
				r.Record.Seconds/60),
		})
	}
	return t, nil
}

// changes are a run's differences from the base without the epochs, which have a column of their own.
func changes(base, c run.Config) []string {
	return slices.DeleteFunc(run.Diff(base, c), func(s string) bool { return strings.HasPrefix(s, "epochs=") })
}
