package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrInterrupted is returned (wrapped) by [Train] when its context is cancelled: the run is saved and can be resumed.
var ErrInterrupted = errors.New("training interrupted")

// Train trains a net and leaves everything about it in the folder dir, or resumes there what was interrupted: the
// resumed training ends with the same weights as an undisturbed one. A complete run of the same configuration, and of
// the same images and labels, is opened as it is.
//
// It saves a checkpoint at an epoch's end, as often as takes no more than 3 % of its time, and when ctx is cancelled,
// which ends it after the step or the batch of evaluation that it is at. A loss that isn't finite is an error.
func Train(ctx context.Context, dir string, config Config, options *Options) (*Run, error) {
	if options == nil {
		options = &Options{}
	}
	job, err := begin(dir, config, options)
	if err != nil {
		return nil, err
	}
	defer job.lock.release()
	if job.complete {
		r, err := job.open()
		if err != nil {
			return nil, err
		}
		return r, r.Verify()
	}
	s, err := newSession(job)
	if err != nil {
		return nil, err
	}
	if s.observer != nil {
		s.observer.Start(job.Config, s.perEpoch, s.state.History)
	}
	err = s.run(ctx)
	if err == nil {
		err = s.learner.Saved() // A kill after the last checkpoint left its files an epoch behind.
	}
	if err == nil {
		err = job.finish(job.Store, s.state)
	}
	if s.observer != nil {
		s.observer.End(err)
	}
	if err != nil {
		return nil, err
	}
	return job.open()
}

// session is one training in progress: the one loop of all learners.
type session struct {
	*Job
	learner  Learner
	stepper  *stepper
	eval     *evaluator
	perEpoch int // Steps of an epoch.
	state    state
	observer Observer

	saved      time.Time     // When the last checkpoint was.
	saveCost   time.Duration // How long that took.
	savedEpoch int           // The complete epochs that it holds.

	epochBegun time.Time
	stepping   time.Duration // The part of the epoch's time spent in steps.
}

func newSession(job *Job) (*session, error) {
	s := &session{Job: job, learner: job.options.Learner, observer: job.options.Observer}
	if s.learner == nil {
		s.learner = &supervised{}
	}
	var err error
	if job.Store, err = job.Config.NewStore(); err != nil {
		return nil, err
	}
	if err := job.start(); err != nil {
		return nil, err
	}
	if s.perEpoch, err = s.learner.Begin(job); err != nil {
		return nil, err
	}
	if size, n := min(job.Config.BatchSize, job.Train.Len()), job.options.Devices; n > 1 && size%n != 0 {
		return nil, fmt.Errorf("a batch of %d images can't be divided among %d devices: change batch_size", size, n)
	}
	if s.stepper, err = newStepper(job, s.learner); err != nil {
		return nil, err
	}
	if s.eval, err = newEvaluator(job.Config, job.Net, job.Store); err != nil {
		return nil, err
	}
	hash := job.Train.Hash()
	saved, ok, err := resume(job.Dir, job.Config, hash, job.Store, job.options.warn)
	if err != nil {
		return nil, err
	}
	s.state = state{Config: &job.Config, Data: hash}
	if ok {
		s.state, s.savedEpoch = saved, saved.Epoch
		s.state.Config = &job.Config // Checkpoints had none once.
		if len(saved.Extra) > 0 {
			if err := json.Unmarshal(saved.Extra, s.learner.State()); err != nil {
				return nil, fmt.Errorf("checkpoint of %s: %w", job.Dir, err)
			}
		}
	}
	return s, s.learner.Resumed()
}

func (s *session) steps() int { return s.Config.Epochs * s.perEpoch }

// run trains to the last epoch.
func (s *session) run(ctx context.Context) error {
	if s.state.Epoch == s.Config.Epochs {
		return nil
	}
	s.epochBegun = time.Now()
	if s.state.Step == s.perEpoch { // Interrupted before the epoch's evaluation.
		if err := s.endEpoch(ctx); err != nil {
			return err
		}
	}
	for feed := range s.learner.Feeds(s.state.Epoch*s.perEpoch+s.state.Step, s.steps()) {
		if ctx.Err() != nil {
			return s.interrupted()
		}
		if err := s.step(feed); err != nil {
			return err
		}
		if (feed.Step+1)%s.perEpoch == 0 {
			if err := s.catchUp(); err != nil {
				return err
			}
			if err := s.endEpoch(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// step trains on one feed.
func (s *session) step(feed Feed) error {
	return s.take(func() ([]taken, error) { return s.stepper.step(feed, s.steps()) })
}

// catchUp reads what steps returned that wasn't read: then the state is that of the weights.
func (s *session) catchUp() error { return s.take(s.stepper.flush) }

// take times a call of the stepper, adds the steps that it returns to the state and tells the observer.
func (s *session) take(call func() ([]taken, error)) error {
	begun := time.Now()
	known, err := call()
	s.stepping += time.Since(begun)
	if err != nil {
		return err
	}
	for _, one := range known {
		if err := s.finite("loss", one.Loss, one.step); err != nil {
			return err
		}
		s.state.Sums.add(one.sums)
		s.state.Step++
		if s.observer != nil {
			loss, accuracy := s.state.Sums.means()
			s.observer.Step(s.state.Epoch+1, s.state.Step-1, loss, accuracy)
		}
	}
	return nil
}

// finite returns an error if a loss isn't finite.
func (s *session) finite(what string, loss float64, step int) error {
	if !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		return nil
	}
	return fmt.Errorf("the %s is %v at epoch %d, step %d (learning rate %.3g): the run stands at its last good "+
		"checkpoint, after epoch %d; lower learning_rate, in a new folder",
		what, loss, step/s.perEpoch+1, step%s.perEpoch+1, s.Config.LearningRateAt(step,
			s.steps()), s.savedEpoch)
}

// endEpoch evaluates the weights after an epoch's last step and saves them.
func (s *session) endEpoch(ctx context.Context) error {
	last := (s.state.Epoch+1)*s.perEpoch - 1
	e := Epoch{Epoch: s.state.Epoch + 1, Step: last + 1, LearningRate: s.Config.LearningRateAt(last, s.steps())}
	e.TrainLoss, e.TrainAccuracy = s.state.Sums.means()
	trained := time.Now()
	var err error
	if e.ValidationLoss, e.ValidationAccuracy, err = s.eval.evaluate(ctx, s.Validation.Examples); err != nil {
		if ctx.Err() != nil {
			return s.interrupted()
		}
		return err
	}
	if err := s.finite("validation loss", e.ValidationLoss, last); err != nil {
		return err
	}
	if s.state.Best == 0 || e.ValidationAccuracy > s.state.History[s.state.Best-1].ValidationAccuracy {
		s.state.Best = e.Epoch
	}
	evaluated := time.Now()
	s.state.Epoch, s.state.Step, s.state.Sums = e.Epoch, 0, sums{}
	s.state.History = append(s.state.History, e)
	if err := s.learner.EndEpoch(e); err != nil {
		return err
	}
	if s.due() {
		if err := s.save(); err != nil {
			return err
		}
	}
	if err := s.writeHistory(s.state.History); err != nil {
		return err
	}
	if err := s.learner.Saved(); err != nil {
		return err
	}
	waiting := trained.Sub(s.epochBegun) - s.stepping
	if err := s.time(e.Epoch, time.Since(s.epochBegun), waiting, evaluated.Sub(trained)); err != nil {
		return err
	}
	s.epochBegun, s.stepping = time.Now(), 0
	if s.observer != nil {
		s.observer.Epoch(s.state.History)
	}
	return nil
}

// saveShare is the largest share of a training's time that checkpoints take. What a kill loses is trained again, to the
// same bits, and takes no longer than 33 checkpoints.
const saveShare = 0.03

// due reports whether an epoch's end is to be saved: if the time allows it, and if the run's weights might be those.
func (s *session) due() bool {
	return s.saveCost.Seconds() <= saveShare*time.Since(s.saved).Seconds() || s.state.Epoch == s.Config.Epochs ||
		s.Config.Keep == "best" && s.state.Best == s.state.Epoch
}

// save writes a checkpoint.
func (s *session) save() (err error) {
	if s.state.Extra, err = json.Marshal(s.learner.State()); err != nil {
		return err
	}
	begun := time.Now()
	err = saveCheckpoint(s.Dir, s.Store, s.state)
	s.saved, s.saveCost, s.savedEpoch = time.Now(), time.Since(begun), s.state.Epoch
	return err
}

func (s *session) interrupted() error {
	if err := s.catchUp(); err != nil {
		return err
	}
	if err := s.save(); err != nil {
		return fmt.Errorf("%w, and saving failed: %w", ErrInterrupted, err)
	}
	return fmt.Errorf("%w in epoch %d of %d and saved in %s: start the same training on the same folder to resume it",
		ErrInterrupted, s.state.Epoch+1, s.Config.Epochs, s.Dir)
}
