package run

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// open returns the training's data, opened if they aren't given.
func (c Config) open(options *Options) (*dataset.Dataset, error) {
	if options.Data != nil {
		return options.Data, nil
	}
	reading := dataset.Options{Exclude: c.Exclude, Progress: options.Progress}
	return dataset.Open(c.Source, &reading)
}

// split returns the training and validation examples.
func (c Config) split(data *dataset.Dataset) (train, validation *dataset.Dataset, err error) {
	which := c.Validation
	if which == "auto" {
		which = "holdout"
		for _, s := range []fer.Split{fer.Public, fer.Validation} {
			if data.Has(s) {
				which = string(s)
			}
		}
	}
	train = data.Split(fer.Train)
	if train.Len() == 0 {
		return nil, nil, fmt.Errorf("source %s has no training images", data.Name)
	}
	if which == "holdout" {
		return dataset.Holdout(train, c.HoldoutFraction, c.Seed)
	}
	if validation = data.Split(fer.Split(which)); validation.Len() == 0 {
		return nil, nil, fmt.Errorf("source %s has no split %q to validate on: set validation to holdout",
			data.Name, which)
	}
	return train, validation, nil
}
