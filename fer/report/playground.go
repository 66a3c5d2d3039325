package report

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// TrainNet trains a net of the reader's own on the source of the notebooks with [Config], changed by settings such as "epochs=8"
// (see [run.Config.Set]), or opens the run if the very same net has been trained with the very same settings before. A net or
// setting that has changed in anything is another run, so that a cell which is changed and run again shows what it says.
func TrainNet(name string, net model.Net, settings ...string) (*run.Run, error) {
	config := Config("custom")
	for _, s := range settings {
		if err := config.Set(s); err != nil {
			return nil, err
		}
	}
	fingerprint, err := model.Fingerprint(net)
	if err != nil {
		return nil, fmt.Errorf("net %s: %w", name, err)
	}
	asked, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(Folder("nets"), fmt.Sprintf("%s-%x", fingerprint, sha256.Sum256(asked))[:20], name)
	return run.Train(context.Background(), folder, config, &run.Options{Net: net, Observer: run.Watch(name)})
}

// OnSource compares runs on the current source, whatever they were trained on: the accuracy of each on its faces that none of the
// notebooks trains on, with 95 % bootstrap intervals.
func OnSource(runs ...*run.Run) (figure.Table, error) {
	data, err := Data()
	if err != nil {
		return figure.Table{}, err
	}
	split := testSplit(data)
	faces := data.Split(split)
	t := figure.Table{
		Caption: fmt.Sprintf("Accuracy on %s, split %s, n=%d, with 95 %% bootstrap intervals; 1 seed each.", data.Name, split, faces.Len()),
		Header:  []string{"net", "parameters", "trained on", "accuracy, %", "interval"},
	}
	for _, r := range runs {
		p, err := r.Predict(faces)
		if err != nil {
			return t, err
		}
		a := evaluate.Accuracy(p, evaluate.Bootstrap{})
		t.Rows = append(t.Rows, []string{
			r.Name, fmt.Sprint(r.Record.Parameters), fmt.Sprintf("%s, n=%d", r.Record.Source, r.Record.TrainImages),
			fmt.Sprintf("%.1f", 100*a.Value), fmt.Sprintf("%.1f–%.1f", 100*a.Low, 100*a.High),
		})
	}
	return t, nil
}

// testSplit returns the split of a source to try nets on: one that they aren't trained on, if there is any.
func testSplit(data *dataset.Dataset) fer.Split {
	for _, s := range []fer.Split{fer.Public, fer.Test, fer.Private, fer.Train} {
		if data.Has(s) {
			return s
		}
	}
	return fer.Test
}
