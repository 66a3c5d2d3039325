package semisup

import (
	"fmt"
	"strconv"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/votes"
	"ferlab/internal/check"
)

// Config says everything that decides a training. Start from a preset, [Quick] or [Full], and change fields, also by
// name with [Config.Set].
type Config struct {
	// Version is that of the form of a saved configuration's own part, semisup.json; others leave it 0.
	Version int `json:"version"`

	// Train holds what supervised training has too: net, source, epochs, optimizer, weak augmentation, average of the
	// weights, and the seed, which also chooses the labels. Its batch size is that of the labelled images. Mixup, class
	// weights and the choice of the best epoch don't apply.
	Train run.Config `json:"train,omitzero"`

	// Algorithm is a name of [Algorithms], or that of the one in [Options].
	Algorithm string `json:"algorithm"`
	// Custom is a fingerprint of what an algorithm given in [Options] computes. A training fills it in.
	Custom string `json:"custom"`
	// LabelsPerClass is how many images of every class keep their label; if it is 0, LabelFraction of every class do,
	// in (0, 1].
	LabelsPerClass int     `json:"labels_per_class"`
	LabelFraction  float64 `json:"label_fraction"`
	// UpTo lets a class with fewer images than LabelsPerClass keep the labels of all; it is an error else.
	UpTo bool `json:"up_to"`
	// Unlabelled, if set, is a further source of unlabelled images: what [dataset.Open] takes, of which the training
	// split is read, or a folder of photos (see [Photos]). A run's record keeps its last element only.
	Unlabelled string `json:"unlabelled"`

	StepsPerEpoch int `json:"steps_per_epoch"` // The same for every algorithm and number of labels.
	Ratio         int `json:"ratio"`           // Unlabelled images of a batch for each labelled one, µ.

	Weight float64 `json:"weight"` // Weight of the unsupervised loss, λ.
	// Part of the training in which the weight rises, as exp(−5(1−t)²), if the algorithm ramps it.
	RampUp float64 `json:"ramp_up"`
	// Confidence from which a pseudo-label counts, τ; 0 for an algorithm that has none.
	Threshold float64 `json:"threshold"`

	// pseudolabel: rounds of self-training, of equal length; the first without pseudo-labels.
	Rounds       int     `json:"rounds"`
	ThresholdEMA float64 `json:"threshold_ema"` // freematch: weight of the old value in the averages of thresholds.
	Fairness     float64 `json:"fairness"`      // freematch: weight of the fairness loss.
	MixAlpha     float64 `json:"mix_alpha"`     // mixmatch: α of the mixing's Beta(α, α).
	Temperature  float64 `json:"temperature"`   // mixmatch: of sharpening.

	Operations int `json:"operations"` // Strong augmentation: operations an image.
	// Strong augmentation: largest side of the covered square, as a fraction of the image's.
	Cutout float64 `json:"cutout"`
}

// Quick is a preset that shows the algorithms at work within minutes: a tiny net and few steps, for synthetic faces. It
// doesn't drop out, which takes 5 to 10 points of accuracy from trainings this short.
func Quick(algorithm string, perClass int, seed uint64) Config {
	t := run.Quick()
	t.CNN = model.CNNConfig{Filters: []int{8, 16, 32}, Dense: []int{32}}
	t.Source, t.Validation, t.Seed = "synthetic", "test", seed
	t.Epochs, t.BatchSize, t.LearningRate, t.WarmupSteps, t.LabelSmoothing = 8, 32, 2e-3, 20, 0
	t.EMA = 0.99
	t.Augment = dataset.Augment{Shift: 4, Flip: true}
	a, _ := ByName(algorithm) // An unknown one has neither weight nor threshold; Validate says so.
	return Config{
		Train: t, Algorithm: algorithm, LabelsPerClass: perClass, Weight: a.Weight, Threshold: a.Threshold,
		StepsPerEpoch: 100, Ratio: 2, RampUp: 0.4, Rounds: 3, ThresholdEMA: 0.99, Fairness: 0.01, MixAlpha: 0.75,
		Temperature: 0.5, Operations: 2, Cutout: 0.5,
	}
}

// Full is the recipe of recorded FER2013 runs: the original report's CNN with half its channels, which costs a quarter,
// and 2,000 steps, the same for all algorithms. A step takes about 0.2 s of a CPU core with FixMatch and FreeMatch,
// 0.18 s with Mean Teacher and 0.06 s without unlabelled images.
func Full(algorithm string, perClass int, seed uint64) Config {
	c := Quick(algorithm, perClass, seed)
	c.Train.CNN = model.CNNConfig{Filters: []int{32, 64, 125, 250}, Dense: []int{256, 128, 32}}
	c.Train.Source, c.Train.Validation = "fer2013.zip", "public"
	c.Train.Epochs, c.StepsPerEpoch, c.Train.LearningRate, c.Train.WarmupSteps = 10, 200, 1e-3, 100
	c.Train.EMA, c.ThresholdEMA = 0.999, 0.999
	return c
}

// Preset returns the preset of that name: "quick" or "full".
func Preset(name, algorithm string, perClass int, seed uint64) (Config, error) {
	switch name {
	case "quick":
		return Quick(algorithm, perClass, seed), nil
	case "full":
		return Full(algorithm, perClass, seed), nil
	}
	return Config{}, fmt.Errorf("unknown preset %q, want quick or full", name)
}

// Set changes one field by its JSON name, such as "threshold=0.8" or "train.epochs=8". Unknown keys are errors that
// list the known ones.
func (c *Config) Set(assignment string) error { return run.Set(c, assignment) }

// Validate returns one error that names every field with an impossible value.
func (c Config) Validate() error {
	a, err := ByName(c.Algorithm)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return c.validate(a)
}

// validate is Validate of a configuration for an algorithm, which [Options] may have given.
func (c Config) validate(a Algorithm) error {
	f := check.New()
	f.That(c.Version == 0 || c.Version == run.ConfigVersion, "version", c.Version, "the one that this program knows")
	f.Add(c.Train.Validate())
	f.That(c.LabelsPerClass >= 0, "labels_per_class", c.LabelsPerClass, "0 or more")
	f.Share("label_fraction", c.LabelFraction)
	f.That((c.LabelsPerClass > 0) != (c.LabelFraction > 0), "label_fraction", c.LabelFraction,
		fmt.Sprintf("above 0 if labels_per_class is 0, else 0 (labels_per_class is %d)", c.LabelsPerClass))
	f.That(!c.UpTo || c.LabelsPerClass > 0, "up_to", c.UpTo, "false if labels_per_class is 0")
	f.That(c.StepsPerEpoch > 0, "steps_per_epoch", c.StepsPerEpoch, "at least 1")
	f.That(c.Ratio > 0, "ratio", c.Ratio, "at least 1")
	f.NotNegative("weight", c.Weight)
	f.Share("ramp_up", c.RampUp)
	f.Share("threshold", c.Threshold)
	f.That(c.Threshold == 0 || a.Threshold > 0, "threshold", c.Threshold,
		"0: "+strconv.Quote(c.Algorithm)+" has no fixed threshold")
	f.That(c.Rounds > 0 && c.Rounds <= max(c.Train.Epochs, 1), "rounds", c.Rounds, "from 1 to the number of epochs")
	f.Below1("threshold_ema", c.ThresholdEMA)
	f.NotNegative("fairness", c.Fairness)
	f.That(c.MixAlpha > 0, "mix_alpha", c.MixAlpha, "above 0")
	f.That(c.Temperature > 0, "temperature", c.Temperature, "above 0")
	f.That(c.Operations >= 0, "operations", c.Operations, "0 or more")
	f.Share("cutout", c.Cutout)
	t := f.Under("train")
	t.That(c.Train.Keep == "last", "keep", c.Train.Keep, `"last": no accuracy chooses the epoch`)
	t.That(c.Train.Mixup == 0, "mixup", c.Train.Mixup, "0")
	t.That(c.Train.Distill.Weight == 0, "distill.weight", c.Train.Distill.Weight, "0")
	t.That(c.Train.SoftLabels.Weight == 0, "soft_labels.weight", c.Train.SoftLabels.Weight, "0")
	t.That(c.Train.Votes.File == "" || c.Train.Votes.Rule == votes.MajorityRule, "votes.rule", c.Train.Votes.Rule,
		"majority: an image has one label, or none")
	t.That(c.Train.Progressive == run.Progressive{}, "progressive", c.Train.Progressive, "none")
	t.That(c.Train.ClassWeight == "", "class_weight", c.Train.ClassWeight, "none")
	t.That(c.Train.EMA > 0, "ema", c.Train.EMA,
		"above 0: the average of the weights is the teacher and what is evaluated")
	return f.Err()
}
