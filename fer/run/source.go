package run

import (
	"fmt"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/votes"
)

// Open opens the configuration's source, without what it excludes and labelled by its votes if it has any; count says
// then how many images these leave. Options.Exclude doesn't count.
func (c Config) Open(o dataset.Options) (data *dataset.Dataset, count *votes.Count, err error) {
	o.Exclude = c.Exclude
	if c.Votes.File == "" {
		data, err = dataset.Open(c.Source, &o)
		return data, nil, err
	}
	o.Exclude, o.AnyClasses = "", true // The votes are about all images.
	if data, err = dataset.Open(c.Source, &o); err != nil {
		return nil, nil, err
	}
	data, labels, err := c.Votes.Label(data, c.Exclude)
	return data, &labels.Count, err
}

// open returns the training's data, opened if they aren't given.
func (c Config) open(options *Options) (*dataset.Dataset, error) {
	if options.Data != nil {
		return options.Data, nil
	}
	data, count, err := c.Open(dataset.Options{Progress: options.Progress})
	if count != nil && err == nil {
		options.warn(fmt.Sprintf("votes %s: %v", filepath.Base(c.Votes.File), *count))
	}
	return data, err
}

// ForSource returns the configuration with the classes of its source, or of its votes.
func (c Config) ForSource() (Config, error) { return c.withClasses("", &Options{}) }

// withClasses returns the configuration with the classes of its source, or of its votes. It is an error if it asks for
// others. Where the source is no more, the classes are those of the run in the folder.
func (c Config) withClasses(dir string, options *Options) (Config, error) {
	var of fer.Classes
	var err error
	switch {
	case options.Data != nil:
		of = options.Data.Classes
		if c.Votes.File != "" && !of.Equal(c.Votes.Classes()) {
			return c, fmt.Errorf("configuration: votes make %s, but the classes of the data that are given already "+
				"opened are %s: label them first, see Config.Open", c.Votes.Classes(), of)
		}
	case c.Votes.File != "":
		of = c.Votes.Classes()
	default:
		if of, err = dataset.ClassesOf(c.Source); err != nil {
			of = c.Classes // Opening the source says what is wrong.
			var old Config
			if dir != "" && old.ReadFile(filepath.Join(dir, configFile)) == nil {
				of = old.Classes
			}
		}
	}
	if !c.Classes.Equal(fer.Emotions) && !c.Classes.Equal(of) {
		return c, fmt.Errorf("configuration: classes are %s, but those of %s are %s", c.Classes, dataset.Name(c.Source),
			of)
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
