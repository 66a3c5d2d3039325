// Package crossfit asks nets about images that they were not trained on: k nets, each trained on the other parts of a
// data set (k-fold cross-fitting). An audit needs such opinions, and so does a net that is to learn from opinions
// instead of labels alone: a teacher that saw an image repeats its label, right or wrong (Dao et al. 2021).
package crossfit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/run"
)

// Fold is one of k parts of a data set, each held out once while a net trains on the others.
type Fold struct{ Train, Held *dataset.Dataset }

// Folds cuts a data set into k ≥ 2 parts in which each class is shared out evenly, by the seed. Examples with equal
// pixels stay together, so that no net is asked about an image that it was trained on. The examples of Train have the
// split [fer.Train] and those of Held [fer.Test], whatever they had; all keep d's order. It is an error if an example
// is unlabelled or a class has fewer than k distinct images.
func Folds(d *dataset.Dataset, k int, seed uint64) ([]Fold, error) {
	if k < 2 {
		return nil, fmt.Errorf("crossfit: %d folds, want 2 or more", k)
	}
	if d.Len() == 0 {
		return nil, errors.New("crossfit: folds of an empty data set")
	}
	images := make([][][]int, d.Classes.Len()) // distinct ones, by the label of their first example
	for _, copies := range dataset.Distinct(d) {
		for _, i := range copies {
			if e := d.Examples[i]; !e.Label.Valid() {
				return nil, fmt.Errorf("crossfit: folds need labels, but example %q has none", e.ID)
			}
		}
		label := d.Examples[copies[0]].Label
		images[label] = append(images[label], copies)
	}
	fold := make([]int, d.Len())
	for label, of := range images {
		if n := len(of); n > 0 && n < k {
			return nil, fmt.Errorf("crossfit: %d folds of %d distinct images labelled %s: want fewer folds", k, n,
				d.Classes.Name(fer.Class(label)))
		}
		for place, at := range rand.New(rand.NewPCG(seed, uint64(label))).Perm(len(of)) {
			for _, i := range of[at] {
				fold[i] = (place + label) % k
			}
		}
	}
	folds := make([]Fold, k)
	for f := range folds {
		train, held := *d, *d
		train.Examples, held.Examples = nil, nil
		for i, e := range d.Examples {
			if fold[i] == f {
				e.Split = fer.Test
				held.Examples = append(held.Examples, e)
			} else {
				e.Split = fer.Train
				train.Examples = append(train.Examples, e)
			}
		}
		folds[f] = Fold{&train, &held}
	}
	return folds, nil
}

// Trained is a fold with the net that was trained on its part Train.
type Trained struct {
	Fold
	Run *run.Run
}

// Train trains a net on each of the k [Folds] of a data set, by the configuration's seed. They train in the folders
// dir/fold-1 … as [run.Train] does: interrupted ones are resumed and complete ones opened. Every split of d takes part
// alike; give it d.Split(fer.Train) to leave the others alone. The configuration decides the net and its training; its
// source and validation don't count, and it must keep the last epoch, since a best one would be chosen by the labels of
// the held part. options may be nil; its Data is not used.
func Train(ctx context.Context, d *dataset.Dataset, k int, config run.Config, dir string,
	options *run.Options) ([]Trained, error) {
	folds, err := foldsOf(d, k, config)
	if err != nil {
		return nil, err
	}
	trained := make([]Trained, k)
	for f := range folds {
		if trained[f], err = trainFold(ctx, d, folds, f, config, dir, options); err != nil {
			return nil, err
		}
	}
	return trained, nil
}

// TrainOne is [Train] of one net alone, that of fold f in [0, k), so that several processes or machines share the work.
func TrainOne(ctx context.Context, d *dataset.Dataset, f, k int, config run.Config, dir string,
	options *run.Options) (Trained, error) {
	folds, err := foldsOf(d, k, config)
	if err != nil {
		return Trained{}, err
	}
	if f < 0 || f >= k {
		return Trained{}, fmt.Errorf("crossfit: fold %d of %d, want 1 to %d", f+1, k, k)
	}
	return trainFold(ctx, d, folds, f, config, dir, options)
}

// foldsOf returns the folds for a configuration, which must keep the last epoch.
func foldsOf(d *dataset.Dataset, k int, config run.Config) ([]Fold, error) {
	if config.Keep != "last" {
		return nil, fmt.Errorf("crossfit: the configuration keeps the %s epoch, want keep=last: the labels of the "+
			"held part must not choose it", config.Keep)
	}
	return Folds(d, k, config.Seed)
}

// trainFold trains the net of one of d's folds.
func trainFold(ctx context.Context, d *dataset.Dataset, folds []Fold, f int, config run.Config, dir string,
	options *run.Options) (Trained, error) {
	config.Validation = string(fer.Test)
	var o run.Options
	if options != nil {
		o = *options
	}
	both := *d
	both.Examples = append(append([]fer.Example(nil), folds[f].Train.Examples...), folds[f].Held.Examples...)
	o.Data = &both
	r, err := run.Train(ctx, filepath.Join(dir, fmt.Sprintf("fold-%d", f+1)), config, &o)
	if err != nil {
		return Trained{}, fmt.Errorf("crossfit: fold %d of %d: %w", f+1, len(folds), err)
	}
	return Trained{folds[f], r}, nil
}

// Predict returns predictions for every example of the data set d that the folds were made of, in its order, each by
// the net that was not trained on it, with the net's own confidence; with views, averaged over these (see
// [dataset.TTA]).
func Predict(d *dataset.Dataset, folds []Trained, views ...dataset.View) (evaluate.Predictions, error) {
	byID := make(map[string]evaluate.Prediction, d.Len())
	for _, f := range folds {
		var p evaluate.Predictions
		var err error
		if len(views) == 0 {
			p, err = f.Run.Predictions()
		} else {
			p, err = f.Run.PredictRaw(f.Held, views...)
		}
		if err != nil {
			return nil, err
		}
		for _, row := range p {
			byID[row.ID] = row
		}
	}
	all := make(evaluate.Predictions, d.Len())
	for i, e := range d.Examples {
		row, ok := byID[e.ID]
		if !ok {
			return nil, fmt.Errorf("crossfit: no fold predicted example %q: are IDs unique?", e.ID)
		}
		all[i] = row
	}
	return all, nil
}
