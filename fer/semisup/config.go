package semisup

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/internal/bounded"
)

// Config says everything that decides a training. Start from a preset, [Quick] or [Full], and change fields, also by name with
// [Config.Set].
type Config struct {
	// Train holds what supervised training has too: net, source, epochs, optimizer, weak augmentation, average of the weights, and
	// the seed, which also chooses the labels. Its batch size is that of the labelled images. Mixup, class weights and the choice
	// of the best epoch don't apply.
	Train run.Config `json:"train,omitzero"`

	Algorithm string `json:"algorithm"` // A name of [Algorithms].
	// LabelsPerClass is how many images of every class keep their label; if it is 0, LabelFraction of every class do, in (0, 1].
	LabelsPerClass int     `json:"labels_per_class"`
	LabelFraction  float64 `json:"label_fraction"`
	// Unlabelled, if set, is a further source of unlabelled images: what [dataset.Open] takes, of which the training split is read,
	// or a folder of photos (see [Photos]). A run's record keeps its last element only.
	Unlabelled string `json:"unlabelled,omitempty"`

	StepsPerEpoch int `json:"steps_per_epoch"` // The same for every algorithm and number of labels.
	Ratio         int `json:"ratio"`           // Unlabelled images of a batch for each labelled one, µ.

	Weight    float64 `json:"weight,omitempty"`    // Of the unsupervised loss, λ; 0 is the algorithm's own.
	RampUp    float64 `json:"ramp_up"`             // Part of the training in which the weight rises, as exp(−5(1−t)²), if the algorithm ramps it.
	Threshold float64 `json:"threshold,omitempty"` // Confidence from which a pseudo-label counts, τ; 0 is the algorithm's own.

	Rounds       int     `json:"rounds"`        // pseudolabel: rounds of self-training, of equal length; the first without pseudo-labels.
	ThresholdEMA float64 `json:"threshold_ema"` // freematch: weight of the old value in the averages of thresholds.
	Fairness     float64 `json:"fairness"`      // freematch: weight of the fairness loss.
	MixAlpha     float64 `json:"mix_alpha"`     // mixmatch: α of the mixing's Beta(α, α).
	Temperature  float64 `json:"temperature"`   // mixmatch: of sharpening.

	Operations int     `json:"operations"` // Strong augmentation: operations an image.
	Cutout     float64 `json:"cutout"`     // Strong augmentation: largest side of the covered square, as a fraction of the image's.
}

// Quick is a preset that shows the algorithms at work within minutes: a tiny net and few steps, for synthetic faces. It doesn't drop
// out, which takes 5 to 10 points of accuracy from trainings this short.
func Quick(algorithm string, perClass int, seed uint64) Config {
	t := run.Quick()
	t.CNN = model.CNNConfig{Filters: []int{8, 16, 32}, Dense: []int{32}, Dropout: -1}
	t.Source, t.Validation, t.Seed = "synthetic", "test", seed
	t.Epochs, t.BatchSize, t.LearningRate, t.WarmupSteps, t.LabelSmoothing = 8, 32, 2e-3, 20, 0
	t.EMA = 0.99
	t.Augment = dataset.Augment{Shift: 4, Flip: true}
	return Config{
		Train: t, Algorithm: algorithm, LabelsPerClass: perClass,
		StepsPerEpoch: 100, Ratio: 2, RampUp: 0.4, Rounds: 3, ThresholdEMA: 0.99, Fairness: 0.01, MixAlpha: 0.75, Temperature: 0.5,
		Operations: 2, Cutout: 0.5,
	}
}

// Full is the recipe of recorded FER2013 runs: the report's CNN with half its channels, which costs a quarter, and 2,000 steps, the
// same for all algorithms. A step takes about 0.2 s of a CPU core with FixMatch and FreeMatch, 0.18 s with Mean Teacher and 0.06 s
// without unlabelled images.
func Full(algorithm string, perClass int, seed uint64) Config {
	c := Quick(algorithm, perClass, seed)
	c.Train.CNN = model.CNNConfig{Filters: []int{32, 64, 125, 250}, Dense: []int{256, 128, 32}, Dropout: -1}
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

// Set changes one field by its JSON name, such as "threshold=0.8" or "train.epochs=8". Unknown keys are errors that list the
// known ones.
func (c *Config) Set(assignment string) error { return run.Set(c, assignment) }

// Validate returns one error that names every field with an impossible value.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, field string, value any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is %v, want %s", field, value, want))
		}
	}
	if err := c.Train.Validate(); err != nil {
		errs = append(errs, err)
	}
	a, err := Find(c.Algorithm)
	if err != nil {
		errs = append(errs, err)
	}
	share := func(field string, v float64) { check(v >= 0 && v <= 1, field, v, "in [0, 1]") }
	check(c.LabelsPerClass >= 0, "labels_per_class", c.LabelsPerClass, "0 or more")
	share("label_fraction", c.LabelFraction)
	check((c.LabelsPerClass > 0) != (c.LabelFraction > 0), "label_fraction", c.LabelFraction,
		fmt.Sprintf("above 0 if labels_per_class is 0, else 0 (labels_per_class is %d)", c.LabelsPerClass))
	check(c.StepsPerEpoch > 0, "steps_per_epoch", c.StepsPerEpoch, "at least 1")
	check(c.Ratio > 0, "ratio", c.Ratio, "at least 1")
	check(c.Weight >= 0, "weight", c.Weight, "0 or more")
	share("ramp_up", c.RampUp)
	share("threshold", c.Threshold)
	check(c.Threshold == 0 || a.Threshold > 0, "threshold", c.Threshold, "0: "+strconv.Quote(c.Algorithm)+" has no fixed threshold")
	check(c.Rounds > 0 && c.Rounds <= max(c.Train.Epochs, 1), "rounds", c.Rounds, "from 1 to the number of epochs")
	check(c.ThresholdEMA >= 0 && c.ThresholdEMA < 1, "threshold_ema", c.ThresholdEMA, "in [0, 1)")
	check(c.Fairness >= 0, "fairness", c.Fairness, "0 or more")
	check(c.MixAlpha > 0, "mix_alpha", c.MixAlpha, "above 0")
	check(c.Temperature > 0, "temperature", c.Temperature, "above 0")
	check(c.Operations >= 0, "operations", c.Operations, "0 or more")
	share("cutout", c.Cutout)
	check(c.Train.Keep == "last", "train.keep", strconv.Quote(c.Train.Keep), `"last": no accuracy chooses the epoch`)
	check(c.Train.Mixup == 0, "train.mixup", c.Train.Mixup, "0")
	check(c.Train.Distill.Weight == 0, "train.distill.weight", c.Train.Distill.Weight, "0")
	check(c.Train.Progressive == run.Progressive{}, "train.progressive", c.Train.Progressive, "none")
	check(c.Train.ClassWeight == "", "train.class_weight", strconv.Quote(c.Train.ClassWeight), "none")
	check(c.Train.EMA > 0, "train.ema", c.Train.EMA, "above 0: the average of the weights is the teacher and what is evaluated")
	if len(errs) > 0 {
		return fmt.Errorf("configuration: %w", errors.Join(errs...))
	}
	return nil
}

// readConfig reads the configuration of the run in a folder, of at most 1 MiB.
func readConfig(path string) (c Config, err error) {
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	data, err := bounded.ReadAll(f, 1<<20)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
