package semisup

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// A training that was interrupted in the middle of an epoch ends with the bits of an undisturbed one: with a teacher
// that is a snapshot, taken at the epoch's begin, and with thresholds that are averages.
func TestResumedRunIsTheSame(t *testing.T) {
	for _, algorithm := range []string{"pseudolabel", "freematch"} {
		t.Run(algorithm, func(t *testing.T) {
			c, whole, resumed := tiny(algorithm), t.TempDir(), t.TempDir()
			if algorithm == "pseudolabel" {
				c.Threshold = 0.15 // Or nothing would count so early.
			}
			train(t, whole, c, nil)
			ctx, cancel := context.WithCancel(context.Background())
			if _, err := Train(ctx, resumed, c, &Options{Options: run.Options{Observer: &runtest.Stopper{Cancel: cancel,
				AtEpoch: 2, AtStep: 1}}}); !errors.Is(err, run.ErrInterrupted) {
				t.Fatalf("%v, want ErrInterrupted", err)
			}
			train(t, resumed, c, nil)
			// A training killed right after its last checkpoint only has to write what it leaves.
			for _, name := range []string{"run.json", "weights.safetensors", historyFile} {
				if err := os.Remove(filepath.Join(resumed, name)); err != nil {
					t.Fatal(err)
				}
			}
			train(t, resumed, c, nil)
			runtest.SameFiles(t, whole, resumed, "weights.safetensors", "predictions.csv", "history.csv", historyFile,
				labelsFile, configFile, "config.json")
			history, err := History(whole)
			if err != nil {
				t.Fatal(err)
			}
			if last := history[len(history)-1]; last.MaskRate == 0 || last.Unsupervised == 0 {
				t.Errorf("the unlabelled images taught nothing: %+v", last)
			}
			c.Ratio++
			if _, err := Train(context.Background(), whole, c, nil); err == nil ||
				!strings.Contains(err.Error(), "another configuration") {
				t.Errorf("another configuration on the same folder: %v", err)
			}
		})
	}
}

// blind is a learner whose training images have no label but those that were kept.
type blind struct{ *learner }

func (b *blind) Begin(j *run.Job) (int, error) {
	steps, err := b.learner.Begin(j)
	b.part.Truth.labels = nil
	all := *j.Train
	all.Examples = slices.Clone(all.Examples)
	for i := range all.Examples {
		all.Examples[i].Label = fer.Unlabelled
	}
	j.Train = &all
	return steps, err
}

// The removed labels reach nothing but the audit: without them the training ends with the same bits, and only the
// accuracy of the pseudo-labels is unknown.
func TestRemovedLabelsAreOutOfReach(t *testing.T) {
	c := tiny("freematch")
	c.Train.Epochs, c.Rounds = 2, 2
	with, without := t.TempDir(), t.TempDir()
	train(t, with, c, &Options{Options: run.Options{Warn: func(m string) { t.Error(m) }}})

	if _, err := run.Train(context.Background(), without, c.Train,
		&run.Options{Learner: &blind{newLearner(c, FreeMatch(), nil)}}); err != nil {
		t.Fatal(err)
	}
	runtest.SameFiles(t, with, without, "weights.safetensors", "predictions.csv", "history.csv")
	x, err := History(with)
	if err != nil {
		t.Fatal(err)
	}
	y, err := History(without)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if x[i].MaskRate != 0 && math.IsNaN(x[i].PseudoAccuracy) || !math.IsNaN(y[i].PseudoAccuracy) {
			t.Errorf("epoch %d: accuracy of pseudo-labels %v with and %v without their truth", i+1, x[i].PseudoAccuracy,
				y[i].PseudoAccuracy)
		}
		x[i].PseudoAccuracy = math.NaN()
		for k, v := range x[i].values() {
			if w := y[i].values()[k]; *v != *w && !(math.IsNaN(*v) && math.IsNaN(*w)) {
				t.Errorf("epoch %d: %s is %v with and %v without the removed labels", i+1,
					header(fer.Emotions)[k+1], *v, *w)
			}
		}
	}
}

// A threshold that nothing reaches gives one warning, which names it.
func TestWarnsOfAThresholdThatNothingReaches(t *testing.T) {
	c := tiny("fixmatch")
	c.Train.Epochs, c.Threshold = 4, 0.999999
	var warnings []string
	train(t, t.TempDir(), c, &Options{Options: run.Options{Warn: func(m string) { warnings = append(warnings, m) }}})
	if len(warnings) != 1 || !strings.Contains(warnings[0], "threshold of 0.999999") {
		t.Errorf("warnings %q, want one that names the threshold", warnings)
	}
}

func TestBadInput(t *testing.T) {
	d := faces(t)
	for name, c := range map[string]struct {
		perClass   int
		unlabelled string
		want       string
	}{
		"more labels than images": {11, "", "has 10 training images of class angry: ask for at most that many"},
		"no unlabelled image": {10, "",
			"fixmatch needs unlabelled images, but all 70 of synthetic keep their labels"},
		"no such folder":         {3, filepath.Join(t.TempDir(), "none"), "unlabelled images"},
		"no photo in the folder": {3, t.TempDir(), "holds no photo"},
	} {
		config := Quick("fixmatch", c.perClass, 1)
		config.Unlabelled = c.unlabelled
		if _, err := config.part(d, FixMatch()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	supervised := Quick("supervised", 10, 1)
	if _, err := supervised.part(d, Supervised()); err != nil {
		t.Errorf("the baseline needs no unlabelled image: %v", err)
	}
	c := tiny("fixmatch")
	c.Train.Keep, c.Train.Mixup, c.Ratio, c.Threshold = "best", 0.2, 0, 2
	c.Train.Progressive.Size = 32
	err := c.Validate()
	for _, field := range []string{"train.keep", "train.mixup", "train.progressive", "ratio", "threshold"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Validate: %v, want it to name %s", err, field)
		}
	}
	c = tiny("freematch")
	c.Threshold = 0.9
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "no fixed threshold") {
		t.Errorf("a threshold for freematch: %v", err)
	}
}

// Only the training split of a further source is added, without labels.
func TestFurtherUnlabelledImages(t *testing.T) {
	d := faces(t)
	c := Quick("fixmatch", 10, 1)
	c.Unlabelled = "synthetic:train=35,test=21,seed=5"
	p, err := c.part(d, FixMatch())
	if err != nil {
		t.Fatal(err)
	}
	more, err := dataset.Open(c.Unlabelled, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Unlabelled.Len() != 35 || *p.Unlabelled.Examples[0].Image != *more.Split(fer.Train).Examples[0].Image {
		t.Errorf("%d unlabelled images, want the 35 of the source's training split", p.Unlabelled.Len())
	}
	if right, known := p.Truth.Right([]int{0, 1}, make([]fer.Class, 2)); right != 0 || known != 0 {
		t.Errorf("%d of %d guesses are right, but nobody knows", right, known)
	}
}
