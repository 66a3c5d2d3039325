package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
)

// Job is a run folder that is open for a training: what a [Learner] is given.
type Job struct {
	Dir    string
	Config Config
	Net    model.Net
	Store  *gomlx.Store
	// Train and Validation are the examples to train on and to measure the history on.
	Train, Validation *dataset.Dataset

	complete bool // The folder holds this very run, done. There are no examples then.
	started  time.Time
	options  *Options
	lock     *folderLock
	teachers []*Run
	from     *Run
	softFile string // The table of soft labels, where it is now.
}

// begin opens a folder for a training and locks it. The lock is the caller's to release.
func begin(dir string, config Config, options *Options) (*Job, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if err := options.agree(config); err != nil {
		return nil, err
	}
	j := &Job{Dir: dir, started: time.Now(), options: options, softFile: config.SoftLabels.File}
	var err error
	if config, err = config.withClasses(dir, options); err != nil {
		return nil, err
	}
	if j.Net, err = config.Config.Net(options.Net); err != nil {
		return nil, err
	}
	if err := j.identify(config); err != nil {
		return nil, err
	}
	if complete, err := holds(dir, j.Config); err == nil && complete && !options.Replace {
		j.complete = true // A complete run needs no lock, nor a folder that can be written.
		return j, j.current(config)
	}
	data, err := config.open(options)
	if err != nil {
		return nil, err
	}
	if j.lock, err = prepare(dir, j.Config, options); err != nil {
		return nil, err
	}
	if j.complete = j.lock == nil; j.complete {
		return j, nil
	}
	if j.Train, j.Validation, err = j.Config.split(data); err != nil {
		j.lock.release()
		return nil, err
	}
	writeStamp(dir, config.Source, options)
	return j, nil
}

// agree returns an error if the configuration and the options contradict each other.
func (o *Options) agree(c Config) error {
	switch {
	case (c.Optimizer == model.Custom) != (o.Optimizer != nil):
		return fmt.Errorf("configuration: optimizer is %q, want \"custom\" with an optimizer in the options, and "+
			"only then", c.Optimizer)
	case o.Augment != nil && c.Augment != (dataset.Augment{}):
		return fmt.Errorf("configuration: augment is %+v, want none with an augmentation in the options", c.Augment)
	case o.Data != nil && c.Exclude != "":
		return fmt.Errorf("configuration: exclude is %q, but the data are given already opened: give it to "+
			"dataset.Open", c.Exclude)
	}
	return nil
}

// identify sets the configuration as the run keeps it: of paths the last element, of what a file, a run or code of
// one's own says its checksum, and no folder of this machine. It doesn't read the source, which may take long.
func (j *Job) identify(c Config) (err error) {
	c.Version = ConfigVersion
	c.Source = dataset.Name(c.Source)
	if j.options.Data != nil {
		c.Source = j.options.Data.Name
	}
	for _, file := range []struct {
		key  string
		path *string
	}{{"exclude", &c.Exclude}, {"soft_labels.file", &c.SoftLabels.File}, {"votes.file", &c.Votes.File}} {
		if *file.path == "" {
			continue
		}
		switch info, err := os.Stat(*file.path); {
		case err != nil:
			return fmt.Errorf("configuration: %s is %q: %w; set it to the path of your copy", file.key, *file.path,
				errors.Unwrap(err))
		case info.IsDir():
			return fmt.Errorf("%s is a folder, whose content a record can't name: give a file, such as a zip of it",
				*file.path)
		}
		sum, err := sumOfFile(*file.path)
		if err != nil {
			return err
		}
		*file.path = filepath.Base(*file.path) + "@" + sum
	}
	recorded := make([]string, len(c.Distill.Teachers))
	for i, name := range c.Distill.Teachers {
		r, id, err := j.options.identified("teacher", name)
		if err != nil {
			return err
		}
		j.teachers, recorded[i] = append(j.teachers, r), id
	}
	c.Distill.Teachers = recorded
	if c.From.Run != "" {
		if j.from, c.From.Run, err = j.options.identified("the run to start from", c.From.Run); err != nil {
			return err
		}
	}
	if c.Custom, err = j.options.custom(c, j.Net); err != nil {
		return err
	}
	j.Config = c
	return nil
}

// Recorded returns the configuration as a run of it records it, with the fingerprints of what the options give as code.
// Two trainings with the same one are the same.
func (c Config) Recorded(options *Options) (Config, error) {
	j := &Job{options: options}
	var err error
	if c, err = c.withClasses("", options); err != nil {
		return c, err
	}
	if j.Net, err = c.Config.Net(options.Net); err != nil {
		return c, err
	}
	err = j.identify(c)
	return j.Config, err
}

// open opens the complete run.
func (j *Job) open() (*Run, error) {
	r, err := Open(j.Dir)
	if err != nil {
		return nil, err
	}
	return r.WithNet(j.Net), nil
}

// current returns an error if a complete run was trained on other images or labels than its source has now. What is
// known to be unchanged since isn't read again, and a source that isn't there can't be.
func (j *Job) current(c Config) error {
	if j.options.Data == nil && sameStamp(j.Dir, c.Source) {
		return nil
	}
	r, err := Open(j.Dir)
	if err != nil {
		return nil // Opening it says what is wrong.
	}
	if j.options.Data == nil && dataset.IsFile(c.Source) {
		if _, err := os.Stat(c.Source); err != nil {
			j.options.warn(fmt.Sprintf("run %s: complete since %s, opened without its source: there is no %s", j.Dir,
				r.Record.Started.Format(time.DateOnly), c.Source))
			return nil
		}
	}
	data, err := c.open(j.options)
	if err != nil {
		return err
	}
	train, validation, err := j.Config.split(data)
	if err != nil {
		return err
	}
	for what, hashes := range map[string][2]string{"training": {train.Hash(), r.Record.TrainHash},
		"validation": {validation.Hash(), r.Record.ValidationHash}} {
		if hashes[0] != hashes[1] && hashes[1] != "" {
			return fmt.Errorf("%s holds a complete run on other images or labels (%s) than %s has now: give another "+
				"folder, or ask to replace it", j.Dir, what, data.Name)
		}
	}
	writeStamp(j.Dir, c.Source, j.options)
	return nil
}
