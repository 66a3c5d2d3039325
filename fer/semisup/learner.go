package semisup

import (
	"fmt"
	"io"
	"iter"
	"log"
	"math"
	"path/filepath"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
)

// learner learns with an algorithm: it is what [run.Train] drives.
type learner struct {
	config    Config
	algorithm Algorithm
	warn      func(string)

	job     *run.Job
	part    *Part
	batches *batches
	teacher *gomlx.Exec // nil for none.
	last    []float32   // Thresholds of the newest step.
	state   state
}

// state is what a checkpoint keeps.
type state struct {
	Unlabelled string `json:"unlabelled"` // Hash of the unlabelled images.
	Tally      tally  `json:"tally"`      // Sums over the epoch's steps so far.
	History    []row  `json:"history"`
	Warned     bool   `json:"warned"`
}

func newLearner(config Config, a Algorithm, warn func(string)) *learner {
	if warn == nil {
		warn = func(line string) { log.Print(line) }
	}
	return &learner{config: config, algorithm: a, warn: warn}
}

func (l *learner) Begin(j *run.Job) (stepsPerEpoch int, err error) {
	l.job = j
	if l.part, err = l.config.part(j.Train, l.algorithm); err != nil {
		return 0, err
	}
	if err := keep(j.Dir, l.config, l.part); err != nil {
		return 0, err
	}
	c := l.config
	l.batches = &batches{
		part: l.part, labelled: c.Train.BatchSize, unlabelled: c.Ratio * c.Train.BatchSize, views: l.algorithm.Views,
		augmenter: Augmenter{Augment: c.Train.Augment, Operations: c.Operations, Cutout: c.Cutout}, seed: c.Train.Seed,
	}
	if l.algorithm.Mix {
		l.batches.mix = c.MixAlpha
	}
	if l.algorithm.Teacher != NoTeacher {
		b, err := backend.Get()
		if err != nil {
			return 0, err
		}
		if l.teacher, err = gomlx.NewExec(b, j.Store, l.teacherGraph); err != nil {
			return 0, err
		}
	}
	return c.StepsPerEpoch, nil
}

func (l *learner) State() any { return &l.state }

func (l *learner) Resumed() error {
	hash := l.part.Unlabelled.Hash()
	if l.state.Unlabelled != "" && l.state.Unlabelled != hash {
		return fmt.Errorf("%s was begun on other unlabelled images: resume it on the same ones, or give another folder",
			l.job.Dir)
	}
	l.state.Unlabelled = hash
	return nil
}

func (l *learner) Feeds(from, to int) iter.Seq[run.Feed] {
	return func(yield func(run.Feed) bool) {
		for b := range l.batches.from(from, to) {
			f := run.Feed{Step: b.step, Count: len(b.labels), Indices: b.indices}
			f.Images, f.Labels = pixels(b.images), tensors.FromFlatDataAndDimensions(b.labels, len(b.labels))
			f.Weight = float32(l.weight(b.step))
			if l.algorithm.Views != None {
				f.First, f.Second = pixels(b.first), pixels(b.second)
			}
			if l.algorithm.Mix {
				f.Partners = tensors.FromFlatDataAndDimensions(b.partners, len(b.partners))
				f.Shares = tensors.FromFlatDataAndDimensions(b.shares, len(b.shares))
			}
			if !yield(f) {
				return
			}
		}
	}
}

func pixels(images []uint8) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(images, len(images)/fer.Pixels, fer.Size, fer.Size, 1)
}

// Complete asks the teacher. That of self-training is a snapshot, taken when its round begins.
func (l *learner) Complete(f *run.Feed) error {
	if l.algorithm.Teacher == Snapshot && (f.Step == 0 || l.round(f.Step) != l.round(f.Step-1)) {
		if err := l.snapshot(); err != nil {
			return err
		}
	}
	if l.teacher == nil {
		return nil
	}
	views := []any{f.First}
	if l.algorithm.Mix {
		views = append(views, f.Second)
	}
	opinion, err := l.teacher.Call(views...)
	if err != nil {
		return fmt.Errorf("asking the teacher: %w", err)
	}
	f.Opinion = opinion[0]
	return nil
}

// snapshot copies the average of the weights to the teacher of self-training. Before the first step there is none: the
// net's initial weights, made on demand, serve as well, since the first round's weight is 0.
func (l *learner) snapshot() error {
	store := l.job.Store
	for v := range store.Scope("/" + model.AverageScope).IterVariables() {
		value, err := v.Value()
		if err != nil {
			return err
		}
		if value, err = value.LocalClone(); err != nil {
			return err
		}
		path := "/" + snapshotScope + v.Path()[len("/"+model.AverageScope):]
		if old := store.GetVariable(path); old != nil {
			err = old.SetValue(value)
		} else {
			_, err = store.CreateVariable(path, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// weight is that of the unsupervised loss at a step.
func (l *learner) weight(step int) float64 {
	w := l.config.Weight
	if l.algorithm.Teacher == Snapshot && l.round(step) == 0 {
		return 0
	}
	steps := l.config.Train.Epochs * l.config.StepsPerEpoch
	if t := float64(step) / (l.config.RampUp * float64(steps)); l.algorithm.Ramped && t < 1 {
		w *= math.Exp(-5 * (1 - t) * (1 - t))
	}
	return w
}

// round is the round of self-training of a step, from 0. Rounds begin with an epoch.
func (l *learner) round(step int) int {
	return step / l.config.StepsPerEpoch * l.config.Rounds / l.config.Train.Epochs
}

// Stepped counts the pseudo-labels that counted, and those that were right.
func (l *learner) Stepped(f run.Feed, out run.Outputs[any]) {
	t := &l.state.Tally
	t.Steps++
	t.Supervised += float64(out.Supervised.([]float32)[0])
	t.Unsupervised += float64(out.Unsupervised.([]float32)[0])
	if out.Guesses == nil {
		return
	}
	mask, guesses := out.Mask.([]float32), out.Guesses.([]int32)
	l.last = out.Thresholds.([]float32)
	t.Seen += len(mask)
	var counted []int
	var labels []fer.Class
	for i, m := range mask {
		if m != 0 {
			counted, labels = append(counted, f.Indices[i]), append(labels, fer.Class(guesses[i]))
		}
	}
	right, known := l.part.Truth.Right(counted, labels)
	t.Counted, t.Right, t.Known = t.Counted+len(counted), t.Right+right, t.Known+known
}

func (l *learner) EndEpoch(e run.Epoch) error {
	t := l.state.Tally
	own := Epoch{
		Epoch: e.Epoch, Supervised: t.Supervised / float64(t.Steps), Unsupervised: math.NaN(), Weight: math.NaN(),
		MaskRate: ratio(float64(t.Counted), float64(t.Seen)), PseudoAccuracy: ratio(float64(t.Right), float64(t.Known)),
		Thresholds: make([]float64, l.job.Config.Classes.Len()),
	}
	for i := range own.Thresholds {
		own.Thresholds[i] = math.NaN()
		if len(l.last) > 0 && l.last[i] > 0 {
			own.Thresholds[i] = float64(l.last[i])
		}
	}
	if l.algorithm.Views != None {
		own.Unsupervised, own.Weight = t.Unsupervised/float64(t.Steps), l.weight(e.Step-1)
	}
	l.state.History = append(l.state.History, pack(own))
	l.state.Tally = tally{}
	l.watchMask()
	return nil
}

// Saved writes semisup.csv.
func (l *learner) Saved() error {
	return atomicfile.Write(filepath.Join(l.job.Dir, historyFile),
		func(w io.Writer) error { return writeHistory(w, l.epochs(), l.job.Config.Classes) })
}

// stuck is the number of epochs without any pseudo-label after which a training warns.
const stuck = 3

// watchMask warns, once, if no unlabelled image has counted for some epochs.
func (l *learner) watchMask() {
	epochs, active := l.epochs(), 0
	for i := len(epochs) - 1; i >= 0 && epochs[i].Weight > 0; i-- {
		if epochs[i].MaskRate != 0 { // NaN, too: no algorithm with a mask.
			return
		}
		active++
	}
	if l.state.Warned || active == 0 || active < min(stuck, l.config.Train.Epochs) {
		return
	}
	l.state.Warned = true
	l.warn(fmt.Sprintf("%s: the mask rate has been 0 for %d epochs: no unlabelled image reaches the threshold of "+
		"%g, and the net learns from the labelled ones alone; lower threshold, or use freematch",
		l.config.Algorithm, active, l.config.Threshold))
}

// epochs returns the history.
func (l *learner) epochs() []Epoch {
	list := make([]Epoch, len(l.state.History))
	for i, r := range l.state.History {
		list[i].Epoch, list[i].Thresholds = i+1, make([]float64, len(r)-len(columns)+1)
		for k, v := range list[i].values() {
			if *v = math.NaN(); r[k] != nil {
				*v = *r[k]
			}
		}
	}
	return list
}

// row is an Epoch whose NaNs JSON can hold: null.
type row []*float64

func pack(e Epoch) (r row) {
	for _, v := range e.values() {
		if math.IsNaN(*v) {
			v = nil
		}
		r = append(r, v)
	}
	return r
}
