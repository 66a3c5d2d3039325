package lab

import (
	"fmt"
	"path/filepath"

	"ferlab/fer/figure"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

// Sweep compares the recorded trainings of the DNN that each changed one thing: docs/accuracy/dnn-sweep.
func Sweep() (figure.Table, error) {
	folder := filepath.Join(root(), "docs", "accuracy", "dnn-sweep")
	paths, err := filepath.Glob(filepath.Join(folder, "trial*"))
	if err != nil {
		return figure.Table{}, err
	}
	var runs []*run.Run
	for _, path := range paths {
		r, err := run.Open(path)
		if err != nil {
			return figure.Table{}, err
		}
		runs = append(runs, r)
	}
	if len(runs) < 2 {
		return figure.Table{}, fmt.Errorf("%s holds %d recorded trainings, want several", folder, len(runs))
	}
	return results.Steps(runs[0], runs[1:]...), nil
}
