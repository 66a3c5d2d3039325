package semisup

import (
	"context"
	"errors"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// Options are what a training needs beside its configuration. Nil means none. Its loss is the algorithm's; it takes no
// learner.
type Options struct {
	run.Options
	// Algorithm, if set, is the configuration's: one that isn't among [Algorithms].
	Algorithm *Algorithm
}

// find returns the algorithm of a configuration and, for one of the options, a fingerprint of its loss.
func (o *Options) find(c Config) (a Algorithm, fingerprint string, err error) {
	if o.Algorithm == nil {
		a, err = ByName(c.Algorithm)
		return a, "", err
	}
	a = *o.Algorithm
	if a.Name != c.Algorithm {
		return a, "", fmt.Errorf("configuration: algorithm is %q, and the options have %q", c.Algorithm, a.Name)
	}
	if a.Loss == nil {
		return a, "", fmt.Errorf("algorithm %s has no loss", a.Name)
	}
	fingerprint, err = Fingerprint(c, a)
	return a, fingerprint, err
}

// Fingerprint returns a text of 12 hexadecimal digits that tells an algorithm's loss from another, as configured: see
// [model.Fingerprint].
func Fingerprint(c Config, a Algorithm) (string, error) {
	fingerprint, err := model.FingerprintGraph(func(s *gomlx.Scope, images *Node) {
		flat := Reshape(images, 2, fer.Pixels)
		at := func(i int) *Node {
			return Slice(flat, AxisRange(), AxisRange(i*fer.NumEmotions, (i+1)*fer.NumEmotions))
		}
		in := Inputs{Labelled: at(0), Labels: Softmax(at(1), -1), Threshold: c.Threshold, EMA: c.ThresholdEMA,
			Fairness: c.Fairness, State: stateIn(s)}
		if a.Views != None {
			in.First, in.Second = at(2), at(3)
		}
		if a.Teacher != NoTeacher {
			in.Target = Softmax(at(4), -1)
			if !a.Mix {
				in.First = nil
			} else {
				in.Target = Concatenate([]*Node{in.Target, in.Target}, 0)
			}
		}
		a.Loss(in)
	})
	if err != nil {
		return "", fmt.Errorf("algorithm %s: %w", a.Name, err)
	}
	return fingerprint, nil
}

// Train trains a net with most labels removed and leaves everything about it in the folder dir, or resumes there what
// was interrupted, with the rules of [run.Train].
func Train(ctx context.Context, dir string, config Config, options *Options) (*run.Run, error) {
	if options == nil {
		options = &Options{}
	}
	a, fingerprint, err := options.find(config)
	if err != nil {
		return nil, err
	}
	config.Custom = fingerprint
	if err := config.validate(a); err != nil {
		return nil, err
	}
	if err := claim(dir, config, options.Replace); err != nil {
		return nil, err
	}
	o := options.Options
	o.Learner = newLearner(config, a, o.Warn)
	return run.Train(ctx, dir, config.Train, &o)
}

// part removes labels as configured, and adds the unlabelled images of the further source.
func (c Config) part(train *dataset.Dataset, a Algorithm) (*Part, error) {
	p, err := Remove(train, Kept{c.LabelsPerClass, c.LabelFraction, c.UpTo}, c.Train.Seed)
	if err != nil {
		return nil, err
	}
	if c.Unlabelled != "" {
		more, err := dataset.Open(c.Unlabelled, nil)
		if err != nil {
			photos, err2 := Photos(c.Unlabelled)
			if err2 != nil {
				return nil, fmt.Errorf("unlabelled images: %w", errors.Join(err, err2))
			}
			more = photos
		}
		p.Add(more.Split(fer.Train)) // Its test images stay unseen, too.
	}
	if a.Views != None && p.Unlabelled.Len() == 0 {
		return nil, fmt.Errorf("%s needs unlabelled images, but all %d of %s keep their labels: ask for fewer "+
			"labels, or give an unlabelled source",
			a.Name, p.Labelled.Len(), train.Name)
	}
	return p, nil
}
