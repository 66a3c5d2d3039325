package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/notebook"
)

// Options are what a training needs beside its configuration and what doesn't change its outcome. Nil means none.
type Options struct {
	// Net is the net if the configuration's model is "custom".
	Net model.Net
	// Data is the opened source; nil opens Config.Source.
	Data *dataset.Dataset
	// Observer is told of progress; nil for none. See [Watch].
	Observer Observer
	// Replace removes what the folder holds of another run and starts anew. Without it, a run of the same configuration is
	// resumed (or just opened, if complete), and one of another configuration is an error.
	Replace bool
	// Devices, if above 1, is the number of the backend's devices among which every batch is divided; the batch size must be a
	// multiple of it. The weights are those of one device up to rounding.
	Devices int
	// Warn is told, in a line, of what is amiss but mended, such as a damaged checkpoint whose predecessor is taken; nil writes
	// it to the standard logger.
	Warn func(line string)
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

// ErrInterrupted is returned (wrapped) by [Train] when its context is cancelled: the run is saved and can be resumed.
var ErrInterrupted = errors.New("training interrupted")

// Train trains a net and leaves everything about it in the folder dir, or resumes there what was interrupted: the resumed
// training ends with the same weights as an undisturbed one. A complete run of the same configuration is opened as it is.
//
// It saves a checkpoint after every epoch and when ctx is cancelled, which ends it after the step or the batch of evaluation that it
// is at, and stops with an error on a non-finite loss.
func Train(ctx context.Context, dir string, config Config, options *Options) (*Run, error) {
	if options == nil {
		options = &Options{}
	}
	job, err := Begin(dir, config, options)
	if err != nil {
		return nil, err
	}
	defer job.Close()
	if job.Complete {
		r, err := job.Open()
		if err != nil {
			return nil, err
		}
		return r, r.Verify()
	}
	s, err := newSession(job)
	if err != nil {
		return nil, err
	}
	if o := options.Observer; o != nil {
		o.Start(job.Config, s.data.Steps(), s.state.History)
		s.observer = o
	}
	err = s.run(ctx)
	if err == nil {
		err = job.finish(s.trainer.store, s.state)
	}
	if s.observer != nil {
		s.observer.End(err)
	}
	if err != nil {
		return nil, err
	}
	return job.Open()
}

// kept returns the configuration as a run keeps it: of paths, the last element, and no folder of this machine. The source, which
// may be long to read, isn't.
func (c Config) kept(options *Options) (Config, error) {
	if options.Data != nil && c.Exclude != "" {
		return c, fmt.Errorf("configuration: exclude is %q, but the data are given already opened: give it to dataset.Open", c.Exclude)
	}
	c.Source = dataset.Name(c.Source)
	if options.Data != nil {
		c.Source = options.Data.Name
	}
	if c.Exclude != "" {
		sum, err := sumOfFile(c.Exclude)
		if err != nil {
			return c, err
		}
		c.Exclude = filepath.Base(c.Exclude) + "@" + sum
	}
	return c, nil
}

// open returns the training's data, opened if they aren't given.
func (c Config) open(options *Options) (*dataset.Dataset, error) {
	if options.Data != nil {
		return options.Data, nil
	}
	reading := dataset.Options{Exclude: c.Exclude}
	if options.Observer != nil {
		reading.Progress = notebook.Counter("reading")
	}
	return dataset.Open(c.Source, &reading)
}

// prepare locks the folder and makes it ready. There is no lock, and no error, if it holds this very run, done.
func prepare(dir string, config Config, options *Options) (lock *folderLock, err error) {
	if err := os.MkdirAll(filepath.Join(dir, checkpointsDir), 0o755); err != nil {
		return nil, fmt.Errorf("making the run's folder: %w; give a folder that can be written", err)
	}
	held, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if lock == nil {
			held.release()
		}
	}()
	if options.Replace {
		// The record first: without it the run is not complete, whatever is left of it.
		for _, name := range []string{recordFile, checkpointsDir, historyFile, timesFile, predictionsFile, weightsFile, configFile} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, checkpointsDir), 0o755); err != nil {
			return nil, err
		}
	}
	if err := removeTemporary(dir); err != nil {
		return nil, err
	}
	if !exists(dir, configFile) {
		if err := writeJSON(filepath.Join(dir, configFile), config); err != nil {
			return nil, err
		}
		return held, nil
	}
	complete, err := holds(dir, config)
	if err != nil || complete { // Another process was quicker.
		return nil, err
	}
	return held, nil
}

// holds says that a folder holds a run of the configuration, done. A run of another one is an error.
func holds(dir string, config Config) (complete bool, err error) {
	data, err := readFile(os.DirFS(dir), configFile)
	if err != nil {
		return false, err
	}
	var old Config
	if err := old.Read(bytes.NewReader(data)); err != nil {
		return false, fmt.Errorf("%s of %s: %w; replace the run to train it anew, or give another folder", configFile, dir, err)
	}
	if differs := old.differences(config); differs != "" {
		return false, fmt.Errorf("%s holds a run of another configuration (%s): give another folder, or ask to replace it", dir, differs)
	}
	return exists(dir, recordFile), nil
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
		return nil, nil, fmt.Errorf("source %s has no split %q to validate on: set validation to holdout", data.Name, which)
	}
	return train, validation, nil
}

// session is one training in progress.
type session struct {
	*Job
	data     dataset.Epochs
	trainer  *trainer
	state    state
	observer Observer
}

func newSession(job *Job) (*session, error) {
	config, train := &job.Config, job.Train
	s := &session{Job: job}
	s.data = dataset.Epochs{Examples: train.Examples, Size: min(config.BatchSize, train.Len()), Augment: config.Augment, Seed: config.Seed}
	if n := job.devices; n > 1 && s.data.Size%n != 0 {
		return nil, fmt.Errorf("a batch of %d images can't be divided among %d devices: change batch_size", s.data.Size, n)
	}
	var err error
	if s.trainer, err = newTrainer(*config, job.Net, job.teachers, job.devices, s.data.Steps(), classWeights(train.Examples)); err != nil {
		return nil, err
	}
	hash := train.Hash()
	saved, ok, err := resume(job.Dir, *config, hash, s.trainer.store, job.warn)
	if err != nil {
		return nil, err
	}
	if s.state = (state{Config: config, Data: hash}); ok {
		s.state = saved
		s.state.Config = config // Checkpoints had none once.
	}
	return s, nil
}

// run trains to the last epoch.
func (s *session) run(ctx context.Context) error {
	for s.state.Epoch < s.Config.Epochs {
		if err := s.epoch(ctx); err != nil {
			return err
		}
	}
	return nil
}

// epoch trains the rest of the current epoch and evaluates it.
func (s *session) epoch(ctx context.Context) error {
	begun, steps := time.Now(), s.data.Steps()
	rate := 0.0
	var stepping time.Duration
	for batch := range s.data.Batches(s.state.Epoch, s.state.Step) {
		if ctx.Err() != nil {
			return s.interrupted()
		}
		step := s.state.Epoch*steps + batch.Step
		rate = s.Config.LearningRateAt(step, s.trainer.totalSteps())
		stepBegun := time.Now()
		part, err := s.trainer.step(batch, step)
		stepping += time.Since(stepBegun)
		if err != nil {
			return err
		}
		if math.IsNaN(part.Loss) || math.IsInf(part.Loss, 0) {
			return fmt.Errorf("the loss is %v at epoch %d, step %d (learning rate %.3g): the run stands at its last good checkpoint, after epoch %d; lower learning_rate, in a new folder",
				part.Loss, s.state.Epoch+1, batch.Step+1, rate, len(s.state.History))
		}
		s.state.Sums.add(part)
		s.state.Step = batch.Step + 1
		if s.observer != nil {
			loss, accuracy := s.state.Sums.means()
			s.observer.Step(s.state.Epoch+1, batch.Step, loss, accuracy)
		}
	}
	e := Epoch{Epoch: s.state.Epoch + 1, Step: (s.state.Epoch + 1) * steps, LearningRate: s.Config.LearningRateAt((s.state.Epoch+1)*steps-1, s.trainer.totalSteps())}
	e.TrainLoss, e.TrainAccuracy = s.state.Sums.means()
	trained := time.Now()
	var err error
	if e.ValidationLoss, e.ValidationAccuracy, err = s.trainer.evaluate(ctx, s.Validation.Examples); err != nil {
		if ctx.Err() != nil {
			return s.interrupted()
		}
		return err
	}
	evaluating := time.Since(trained)
	if s.state.Best == 0 || e.ValidationAccuracy > s.state.History[s.state.Best-1].ValidationAccuracy {
		s.state.Best = e.Epoch
	}
	s.state.Epoch, s.state.Step, s.state.Sums = e.Epoch, 0, sums{}
	s.state.History = append(s.state.History, e)
	if err := saveCheckpoint(s.Dir, s.trainer.store, s.state); err != nil {
		return err
	}
	if err := s.writeHistory(s.state.History); err != nil {
		return err
	}
	if err := s.Time(e.Epoch, time.Since(begun), trained.Sub(begun)-stepping, evaluating); err != nil {
		return err
	}
	if s.observer != nil {
		s.observer.Epoch(s.state.History)
	}
	return nil
}

func (s *session) interrupted() error {
	if err := saveCheckpoint(s.Dir, s.trainer.store, s.state); err != nil {
		return fmt.Errorf("%w, and saving failed: %w", ErrInterrupted, err)
	}
	return fmt.Errorf("%w in epoch %d of %d and saved in %s: start the same training on the same folder to resume it",
		ErrInterrupted, s.state.Epoch+1, s.Config.Epochs, s.Dir)
}

// appendTime adds an epoch's wall-clock times to times.csv. Times differ from run to run, so they are kept apart from the
// history, which doesn't.
func appendTime(path string, epoch int, times []time.Duration) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	row := strconv.Itoa(epoch)
	for _, t := range times {
		row += "," + strconv.FormatFloat(t.Seconds(), 'f', 2, 64)
	}
	_, err = fmt.Fprintln(f, row)
	return errors.Join(err, f.Close())
}
