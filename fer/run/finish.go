package run

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/model"
	"ferlab/internal/atomicfile"
)

// finish writes what a complete training leaves: weights, predictions and, last, the record, which marks the run
// complete.
func (j *Job) finish(store *gomlx.Store, s state) error {
	history := s.History
	r := Record{
		Name:   filepath.Base(j.Dir),
		Source: j.Config.Source, Started: j.started.UTC().Truncate(time.Millisecond),
		Validation: j.Validation.Examples[0].Split, ValidationImages: j.Validation.Len(),
		ValidationHash: j.Validation.Hash(), TrainImages: j.Train.Len(), TrainHash: s.Data,
		SelectedEpoch: len(history), Selection: fmt.Sprintf("last epoch (%d), not chosen by any accuracy",
			len(history)),
	}
	if j.Config.Keep == "best" {
		r.SelectedEpoch = s.Best
		r.Selection = fmt.Sprintf("epoch %d of %d, the one of highest accuracy on %s", s.Best, len(history),
			r.Validation)
		if _, err := loadCheckpoint(checkpointPath(j.Dir, checkpointName(s.Best, 0)), store); err != nil {
			return fmt.Errorf("the best checkpoint of %s: %w; replace the run to train it anew", j.Dir, err)
		}
	}
	if err := j.writeHistory(history); err != nil { // A kill after the last checkpoint left it an epoch behind.
		return err
	}
	chosen := history[r.SelectedEpoch-1]
	r.Accuracy, r.Loss = chosen.ValidationAccuracy, chosen.ValidationLoss
	weights, err := model.EncodeWeights(store, j.Config.weightsScope(), map[string]string{
		"model": j.Config.Model, "classes": strings.Join(j.Config.Classes.Names(), ","),
		"input": "float32 [batch, 48, 48, 1] in [0, 1]",
	})
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(j.Dir, weightsFile), weights); err != nil {
		return err
	}
	kept, err := model.DecodeWeights(weights)
	if err != nil {
		return err
	}
	for v := range kept.IterVariables() {
		r.Parameters += v.Shape().Size()
	}
	predictions, err := j.predictions(kept)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(filepath.Join(j.Dir, predictionsFile), predictions.WriteCSV); err != nil {
		return err
	}
	r.Temperature = fitTemperature(predictions)
	if r.Seconds, err = totalTime(filepath.Join(j.Dir, timesFile)); err != nil {
		return err
	}
	r.provenance()
	record, err := r.seal(j.Dir)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(j.Dir, recordFile), record)
}

// fitTemperature fits the temperature of a run on its validation predictions (Guo et al. 2017); 0 if none fits, as for
// a net no better than chance. It is one number chosen on these images, so calibration measured on the same images
// after scaling is optimistic: fit on one half of them and measure on the other to judge it.
func fitTemperature(p evaluate.Predictions) float64 {
	t, err := evaluate.Temperature(p)
	if err != nil {
		return 0
	}
	return t
}

func (j *Job) predictions(store *gomlx.Store) (evaluate.Predictions, error) {
	p, err := model.NewPredictor(j.Net, store, model.Float32)
	if err != nil {
		return nil, err
	}
	return predict(p, j.Config.Classes, j.Validation, 1)
}

// predict runs a predictor over the views of a data set, the images as they are if there are none, and averages.
func predict(p *model.Predictor, classes fer.Classes, d *dataset.Dataset, temperature float64,
	views ...dataset.View) (evaluate.Predictions, error) {
	if len(views) == 0 {
		views = []dataset.View{{}}
	}
	all := make([]evaluate.Predictions, len(views))
	images := make([]*fer.Image, d.Len())
	for v, view := range views {
		for i, e := range d.Examples {
			images[i] = view.Apply(e.Image)
		}
		probs, err := p.Probabilities(images, temperature)
		if err != nil {
			return nil, err
		}
		for i, e := range d.Examples {
			all[v] = append(all[v], evaluate.Prediction{ID: e.ID, Label: e.Label, Probs: probs[i], Classes: classes})
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return evaluate.Average(all...)
}

func (j *Job) writeHistory(history []Epoch) error {
	return atomicfile.Write(filepath.Join(j.Dir, historyFile),
		func(w io.Writer) error { return writeHistory(w, history) })
}
