package run

import (
	"fmt"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/votes"
)

// open returns the training's data, opened if they aren't given, and if votes label them what these make of each image.
func (c Config) open(options *Options) (data *dataset.Dataset, voted *votes.Labels, err error) {
	voting := c.Votes.File != ""
	if data = options.Data; data == nil {
		reading := dataset.Options{Exclude: c.Exclude, Progress: options.Progress, AnyClasses: voting}
		if voting {
			reading.Exclude = "" // The votes are about all images.
		}
		if data, err = dataset.Open(c.Source, &reading); err != nil {
			return nil, nil, err
		}
	}
	if !voting {
		return data, nil, nil
	}
	data, labels, err := c.Votes.Label(data, c.Exclude)
	return data, &labels, err
}

// withClasses returns the configuration with the classes of its source, or of its votes. It is an error if it asks for
// others. Where the source is no more, the classes are those of the run in the folder.
func (c Config) withClasses(dir string, options *Options) (Config, error) {
	var of fer.Classes
	var err error
	switch name := dataset.Name(c.Source); {
	case c.Votes.File != "":
		of = c.Votes.Classes()
	case options.Data != nil:
		of = options.Data.Classes
	default:
		if of, err = dataset.ClassesOf(c.Source); err != nil {
			of = c.Classes // Opening the source says what is wrong.
			var old Config
			if dir != "" && old.ReadFile(filepath.Join(dir, configFile)) == nil {
				of = old.Classes
			}
		}
		if !c.Classes.Equal(fer.Emotions) && !c.Classes.Equal(of) {
			return c, fmt.Errorf("configuration: classes are %s, but those of %s are %s", c.Classes, name, of)
		}
	}
	c.Classes = of
	return c, nil
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
