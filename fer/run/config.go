package run

import (
	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/fer/votes"
	"ferlab/internal/check"
)

// Config says everything that decides a training's outcome, together with the source's content and the machine's
// arithmetic. It is saved with the run. Defaults stand in the presets only ([Quick], [Full], [Original]): start from
// one and change fields. Zero means zero, and a saved configuration omits nothing.
type Config struct {
	// Version is that of the configuration's form, see [ConfigVersion]. A saved one has it; others leave it 0.
	Version int `json:"version"`

	// Config names the net and holds the sizes of each.
	model.Config
	// Custom names what was given as Go code in [Options], by "net", "loss", "optimizer" and "augment", each with a
	// fingerprint of what it computes. A training fills it in: code that has changed is another configuration.
	Custom map[string]string `json:"custom"`

	// Source is what [dataset.Open] takes: "synthetic" or a path. A run's record keeps its last element only.
	Source string `json:"source"`
	// Votes, if set, take the place of the source's labels: those of FER+, say.
	Votes votes.Config `json:"votes"`
	// Exclude, if set, is the path of a CSV file whose column "id" lists examples to leave out, such as an audit's
	// findings. A run's record keeps the file's last element and the SHA-256 of its content, "audit.csv@1f0e…": another
	// list is another configuration.
	Exclude string `json:"exclude"`
	// Validation is the split that the history and the choice of an epoch are measured on: "validation", "public" or
	// "test" for that split of the source, "holdout" for a seeded, stratified HoldoutFraction of the training split,
	// which is then not trained on. "auto" is "validation" or "public", the first that the source has, else "holdout".
	Validation      string  `json:"validation"`
	HoldoutFraction float64 `json:"holdout_fraction"`

	// From is a run whose weights the training starts with.
	From From `json:"from"`

	Epochs    int    `json:"epochs"`
	BatchSize int    `json:"batch_size"`
	Seed      uint64 `json:"seed"` // Decides initial weights, order, augmentation, dropout and hold-out.

	// Optimizer is "adamw", "nesterov" (gradient descent with Nesterov momentum of 0.9), or "sgd" (without momentum, as
	// the original report's); "custom" for one given in [Options].
	Optimizer    string  `json:"optimizer"`
	LearningRate float64 `json:"learning_rate"` // Peak.
	Schedule     string  `json:"schedule"`      // "cosine" (down to RateFloor at the last step) or "constant".
	WarmupSteps  int     `json:"warmup_steps"`  // Linear rise from 0 at the start.
	// RateFloor is the share of the peak rate that the cosine ends at, in [0, 1]: with 0.1, the last epochs go on
	// exploring, for an average of the weights to gain from, instead of learning wrong labels by heart.
	RateFloor   float64 `json:"rate_floor"`
	WeightDecay float64 `json:"weight_decay"` // Decoupled (Loshchilov & Hutter 2019); not for sgd.

	// LabelSmoothing is the share of the target that is spread over all classes, in [0, 1) (Szegedy et al. 2016).
	LabelSmoothing float64    `json:"label_smoothing"`
	SoftLabels     SoftLabels `json:"soft_labels"` // Targets from a table, beside the labels.
	Distill        Distill    `json:"distill"`     // Targets from teachers, beside them.
	// Mixup is the α of mixup (Zhang et al. 2018): every batch is blended with itself in another order, in shares drawn
	// from Beta(α, α); 0 for none.
	Mixup float64 `json:"mixup"`
	// ClassWeight is "" or "balanced": an example's loss weighs n / (classes · n of its class), as in scikit-learn.
	ClassWeight string `json:"class_weight"`

	// EMA is the decay of an exponential moving average of the weights, which is evaluated and kept instead of them; 0
	// for none. It rises from 0.1 at the first step, min(EMA, (1+t)/(10+t)).
	EMA float64 `json:"ema"`
	// BatchNormMomentum is the weight of the old value in batch normalisation's moving averages.
	BatchNormMomentum float64 `json:"batchnorm_momentum"`

	// Precision of a training step is "" for float32 or "mixed_bfloat16" (Keras's name): see [nn.MixedPrecision].
	// Evaluation is in float32, and so are the weights.
	Precision string `json:"precision"`

	Augment     dataset.Augment `json:"augment"`
	Progressive Progressive     `json:"progressive"`

	// Keep is the epoch whose weights the run ends with: "last", or "best" for the highest validation accuracy. A
	// validation accuracy that chose its own epoch is optimistic: the run's record says which it was.
	Keep string `json:"keep"`
}

// Validate returns one error that names every field with an impossible value.
func (c Config) Validate() error {
	f := check.New()
	c.validate(f)
	return f.Err()
}

// validate adds the fields with impossible values.
func (c Config) validate(f check.Fields) {
	f.That(c.Version == 0 || c.Version == ConfigVersion, "version", c.Version, "the one that this program knows")
	c.Config.Validate(f)
	c.From.Validate(f.Under("from"))
	c.Votes.Validate(f.Under("votes"))
	f.OneOf("validation", c.Validation, "auto", "holdout", "validation", "public", "test")
	f.That(c.HoldoutFraction > 0 && c.HoldoutFraction < 1, "holdout_fraction", c.HoldoutFraction, "between 0 and 1")
	f.That(c.Epochs > 0 && c.Epochs <= 1_000_000, "epochs", c.Epochs, "from 1 to 1000000")
	f.That(c.BatchSize > 0, "batch_size", c.BatchSize, "at least 1")
	f.OneOf("optimizer", c.Optimizer, "adamw", "nesterov", "sgd", model.Custom)
	f.That(c.LearningRate > 0, "learning_rate", c.LearningRate, "a positive number")
	f.NotNegative("learning_rate", c.LearningRate)
	f.OneOf("schedule", c.Schedule, "cosine", "constant")
	f.That(c.WarmupSteps >= 0, "warmup_steps", c.WarmupSteps, "0 or more")
	f.Share("rate_floor", c.RateFloor)
	f.NotNegative("weight_decay", c.WeightDecay)
	f.That(c.WeightDecay == 0 || c.Optimizer != "sgd", "weight_decay", c.WeightDecay, "0 if the optimizer is sgd")
	f.Below1("label_smoothing", c.LabelSmoothing)
	c.SoftLabels.Validate(f.Under("soft_labels"))
	c.Distill.Validate(f.Under("distill"))
	f.NotNegative("mixup", c.Mixup)
	f.OneOf("class_weight", c.ClassWeight, "", "balanced")
	f.Below1("ema", c.EMA)
	f.Below1("batchnorm_momentum", c.BatchNormMomentum)
	f.OneOf("precision", c.Precision, "", string(model.MixedBFloat16))
	c.Augment.Validate(f.Under("augment"))
	c.Progressive.validate(f, c)
	f.OneOf("keep", c.Keep, "last", "best")
}

// SetPrecision gives a graph of a training step, without layers so far, the configured precision.
func (c Config) SetPrecision(g *graph.Graph) {
	if c.Precision == string(model.MixedBFloat16) {
		nn.MixedPrecision(g)
	}
}
