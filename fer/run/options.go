package run

import (
	"log"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
)

// Options are what a training needs beside its configuration. Nil means none. What changes the outcome, code of one's
// own, is named in the recorded configuration; see [Config].Custom.
type Options struct {
	// Net is the net if the configuration's model is "custom".
	Net model.Net
	// Loss, if set, takes the place of cross-entropy.
	Loss *Loss
	// Optimizer is the optimizer if the configuration's is "custom".
	Optimizer *Optimizer
	// Augment, if set, takes the place of the configured augmentation.
	Augment *Augmentation
	// Learner, if set, takes the place of supervised learning. It must be another one for each training.
	Learner Learner

	// Data is the source, opened and labelled as [Config.Open] does; nil opens it.
	Data *dataset.Dataset
	// Find opens the runs that the configuration names, teachers and the one to start from; nil is [Open].
	Find func(name string) (*Run, error)
	// Observer is told of progress; nil for none. See [Watch].
	Observer Observer
	// Replace removes what the folder holds of another run and starts anew. Without it, a run of the same configuration
	// is resumed (or just opened, if complete), and one of another configuration is an error.
	Replace bool
	// Devices, if above 1, is the number of the backend's devices among which every batch is divided; the batch size
	// must be a multiple of it. The weights are those of one device up to rounding.
	Devices int
	// Warn is told, in a line, of what is amiss but mended, such as a damaged checkpoint whose predecessor is taken;
	// nil writes it to the standard logger.
	Warn func(line string)
	// Progress is told how much of a source has been read; nil for none.
	Progress func(done, total int)
}

func (o *Options) warn(line string) {
	if o.Warn == nil {
		log.Print(line)
		return
	}
	o.Warn(line)
}

// Observer is told how a training goes. Its methods are called in turn from the training's own goroutine.
type Observer interface {
	// Start is called once, with the epochs already done if the training resumes.
	Start(config Config, stepsPerEpoch int, history []Epoch)
	// Step is called after every step with the step's index in its epoch and the epoch's mean loss and accuracy so far.
	Step(epoch, step int, loss, accuracy float64)
	// Epoch is called after every epoch with the whole history.
	Epoch(history []Epoch)
	// End is called once, whatever the outcome.
	End(err error)
}
