package semisup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"time"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
)

// Options are what a training needs beside its configuration and what doesn't change its outcome. Nil means none.
type Options struct {
	// Net is the net if the configuration's model is "custom".
	Net model.Net
	// Data is the opened source; nil opens Config.Train.Source.
	Data *dataset.Dataset
	// Observer is told of progress; nil for none. See [run.Watch].
	Observer run.Observer
	// Warn is told what is likely to be wrong; nil logs it.
	Warn func(message string)
	// Replace removes what the folder holds of another run and starts anew, as in [run.Options].
	Replace bool
}

// Train trains a net with most labels removed and leaves everything about it in the folder dir, or resumes there what was
// interrupted: the resumed training ends with the same weights as an undisturbed one. A complete run of the same configuration is
// opened as it is. It saves a checkpoint after every epoch and when ctx is cancelled, and stops with an error on a non-finite
// loss.
func Train(ctx context.Context, dir string, config Config, options *Options) (*run.Run, error) {
	if options == nil {
		options = &Options{}
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if err := claim(dir, config, options.Replace); err != nil {
		return nil, err
	}
	job, err := run.Begin(dir, config.Train, &run.Options{Net: options.Net, Data: options.Data, Observer: options.Observer, Replace: options.Replace})
	if err != nil {
		return nil, err
	}
	defer job.Close()
	if job.Complete {
		return job.Open()
	}
	part, err := config.part(job.Train)
	if err != nil {
		return nil, err
	}
	if err := keep(dir, config, part); err != nil {
		return nil, err
	}
	s, err := newSession(job, config, part, options)
	if err != nil {
		return nil, err
	}
	if s.observer != nil {
		s.observer.Start(job.Config, config.StepsPerEpoch, s.history)
	}
	if err = s.run(ctx); err == nil {
		err = s.writeHistory() // A kill after the last checkpoint left it an epoch behind.
	}
	if err == nil {
		err = job.Finish(s.learner.store, s.history)
	}
	if s.observer != nil {
		s.observer.End(err)
	}
	if err != nil {
		return nil, err
	}
	return job.Open()
}

// part removes labels as configured, and adds the unlabelled images of the further source.
func (c Config) part(train *dataset.Dataset) (*Part, error) {
	p, err := Remove(train, c.LabelsPerClass, c.LabelFraction, c.Train.Seed)
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
	if a, err := Find(c.Algorithm); err != nil || a.Views != None && p.Unlabelled.Len() == 0 {
		return nil, errors.Join(err, fmt.Errorf("%s needs unlabelled images, but all %d of %s keep their labels: ask for fewer labels, or give an unlabelled source",
			c.Algorithm, p.Labelled.Len(), train.Name))
	}
	return p, nil
}

// record is the configuration's own part, as semisup.json keeps it.
func (c Config) record() ([]byte, error) {
	c.Train = run.Config{}
	if c.Unlabelled != "" {
		c.Unlabelled = filepath.Base(c.Unlabelled)
	}
	data, err := json.MarshalIndent(c, "", "  ")
	return append(data, '\n'), err
}

// claim returns an error if the folder holds a run that differs in the configuration's own part.
func claim(dir string, config Config, replace bool) error {
	path := filepath.Join(dir, configFile)
	old, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || replace {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := config.record()
	if err == nil && !bytes.Equal(old, now) {
		err = fmt.Errorf("%s holds a run of another configuration (its %s differs): give another folder, or ask to replace it", dir, configFile)
	}
	return err
}

// keep writes down the configuration's own part and which examples kept their labels.
func keep(dir string, config Config, part *Part) error {
	data, err := config.record()
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(dir, configFile), data); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, labelsFile), part.writeLabels)
}

// session is one training in progress.
type session struct {
	job      *run.Job
	config   Config
	part     *Part
	learner  *learner
	eval     *run.Evaluator
	batches  *batches
	observer run.Observer
	warn     func(string)

	state   state
	step    int // Steps taken within the epoch.
	history []run.Epoch
}

// state is what a checkpoint keeps beside the store and the history.
type state struct {
	Unlabelled string  `json:"unlabelled"` // Hash of the unlabelled images.
	Tally      tally   `json:"tally"`      // Of the epoch's steps so far.
	History    []row   `json:"history"`
	Warned     bool    `json:"warned"`
	last       outcome // Of the newest step.
}

// row is an Epoch whose NaNs JSON can hold: null.
type row []*float64

func newSession(job *run.Job, config Config, part *Part, o *Options) (*session, error) {
	l, err := newLearner(config, job.Net)
	if err != nil {
		return nil, err
	}
	s := &session{job: job, config: config, part: part, learner: l, observer: o.Observer, warn: o.Warn}
	if s.warn == nil {
		s.warn = func(message string) { log.Print(message) }
	}
	s.batches = &batches{
		part: part, labelled: config.Train.BatchSize, unlabelled: config.Ratio * config.Train.BatchSize, views: l.algorithm.Views,
		augmenter: Augmenter{Augment: config.Train.Augment, Operations: config.Operations, Cutout: config.Cutout}, seed: config.Train.Seed,
	}
	if s.eval, err = job.Evaluator(l.store); err != nil {
		return nil, err
	}
	if l.algorithm.Mix {
		s.batches.mix = config.MixAlpha
	}
	if s.step, s.history, err = job.Load(l.store, &s.state); err != nil {
		return nil, err
	}
	hash := part.Unlabelled.Hash()
	if s.state.Unlabelled != "" && s.state.Unlabelled != hash {
		return nil, fmt.Errorf("%s was begun on other unlabelled images: resume it on the same ones, or give another folder", job.Dir)
	}
	s.state.Unlabelled = hash
	return s, nil
}

func (s *session) run(ctx context.Context) error {
	perEpoch := s.config.StepsPerEpoch
	begun := time.Now()
	for b := range s.batches.from(len(s.history)*perEpoch+s.step, s.learner.steps) {
		if ctx.Err() != nil {
			return s.interrupted()
		}
		if err := s.take(b); err != nil {
			return err
		}
		if s.step < perEpoch {
			continue
		}
		if err := s.endEpoch(time.Since(begun)); err != nil {
			return err
		}
		begun = time.Now()
	}
	return nil
}

// take trains on one batch.
func (s *session) take(b batch) error {
	o, err := s.learner.step(b)
	if err != nil {
		return err
	}
	if math.IsNaN(o.total) || math.IsInf(o.total, 0) {
		return fmt.Errorf("the loss is %v at epoch %d, step %d (supervised %v, unsupervised %v): the run stands at its last good checkpoint; lower train.learning_rate or weight, in a new folder",
			o.total, len(s.history)+1, s.step+1, o.supervised, o.unsupervised)
	}
	t := &s.state.Tally
	t.Steps++
	t.Total, t.Supervised, t.Unsupervised, t.Correct = t.Total+o.total, t.Supervised+o.supervised, t.Unsupervised+o.unsupervised, t.Correct+o.right
	t.Labelled += len(b.labels)
	t.Seen += len(o.mask)
	counted, guesses := b.indices[:0:0], o.guesses[:0:0]
	for i, m := range o.mask {
		if m != 0 {
			counted, guesses = append(counted, b.indices[i]), append(guesses, o.guesses[i])
		}
	}
	right, known := s.part.Truth.Right(counted, guesses)
	t.Counted, t.Right, t.Known = t.Counted+len(counted), t.Right+right, t.Known+known
	s.state.last = o
	s.step++
	if s.observer != nil {
		s.observer.Step(len(s.history)+1, s.step-1, t.Total/float64(t.Steps), t.Correct/float64(t.Labelled))
	}
	return nil
}

// endEpoch evaluates and saves.
func (s *session) endEpoch(spent time.Duration) error {
	n, t, o := len(s.history)+1, s.state.Tally, s.state.last
	last := n*s.config.StepsPerEpoch - 1
	e := run.Epoch{Epoch: n, Step: last + 1, LearningRate: s.job.Config.LearningRateAt(last, s.learner.steps)}
	e.TrainLoss, e.TrainAccuracy = t.Total/float64(t.Steps), t.Correct/float64(t.Labelled)
	var err error
	if e.ValidationLoss, e.ValidationAccuracy, err = s.eval.Evaluate(s.job.Validation.Examples); err != nil {
		return err
	}
	own := Epoch{
		Epoch: n, Supervised: t.Supervised / float64(t.Steps), Unsupervised: math.NaN(), Weight: math.NaN(),
		MaskRate: ratio(float64(t.Counted), float64(t.Seen)), PseudoAccuracy: ratio(float64(t.Right), float64(t.Known)),
	}
	for i := range own.Thresholds {
		own.Thresholds[i] = math.NaN()
		if len(o.thresholds) > 0 && o.thresholds[i] > 0 {
			own.Thresholds[i] = float64(o.thresholds[i])
		}
	}
	if s.learner.algorithm.Views != None {
		own.Unsupervised, own.Weight = t.Unsupervised/float64(t.Steps), s.learner.weight(last)
	}
	s.history = append(s.history, e)
	s.state.History = append(s.state.History, pack(own))
	s.state.Tally, s.step = tally{}, 0
	s.watchMask()
	if err := s.job.Save(s.learner.store, 0, s.history, s.state); err != nil {
		return err
	}
	if err := s.writeHistory(); err != nil {
		return err
	}
	if err := s.job.Time(n, spent); err != nil {
		return err
	}
	if s.observer != nil {
		s.observer.Epoch(s.history)
	}
	return nil
}

func (s *session) writeHistory() error {
	return atomicfile.Write(filepath.Join(s.job.Dir, historyFile), func(w io.Writer) error { return writeHistory(w, s.epochs()) })
}

// stuck is the number of epochs without any pseudo-label after which a training warns.
const stuck = 3

// watchMask warns, once, if no unlabelled image has counted for some epochs.
func (s *session) watchMask() {
	epochs, active := s.epochs(), 0
	for i := len(epochs) - 1; i >= 0 && epochs[i].Weight > 0; i-- {
		if epochs[i].MaskRate != 0 { // NaN, too: no algorithm with a mask.
			return
		}
		active++
	}
	if s.state.Warned || active == 0 || active < min(stuck, s.config.Train.Epochs) {
		return
	}
	s.state.Warned = true
	s.warn(fmt.Sprintf("%s: the mask rate has been 0 for %d epochs: no unlabelled image reaches the threshold of %g, and the net learns from the labelled ones alone; lower threshold, or use freematch",
		s.config.Algorithm, active, s.learner.threshold()))
}

func (s *session) interrupted() error {
	if err := s.job.Save(s.learner.store, s.step, s.history, s.state); err != nil {
		return fmt.Errorf("%w, and saving failed: %w", run.ErrInterrupted, err)
	}
	return fmt.Errorf("%w in epoch %d of %d and saved in %s: start the same training on the same folder to resume it",
		run.ErrInterrupted, len(s.history)+1, s.config.Train.Epochs, s.job.Dir)
}

// epochs returns the history's own part.
func (s *session) epochs() []Epoch {
	list := make([]Epoch, len(s.state.History))
	for i, r := range s.state.History {
		list[i].Epoch = i + 1
		for k, v := range list[i].values() {
			if *v = math.NaN(); r[k] != nil {
				*v = *r[k]
			}
		}
	}
	return list
}

func pack(e Epoch) (r row) {
	for _, v := range e.values() {
		if math.IsNaN(*v) {
			v = nil
		}
		r = append(r, v)
	}
	return r
}
