package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/internal/bounded"
)

// Config says everything that decides a training's outcome, together with the source's content and the machine's arithmetic.
// It is saved with the run. Start from a preset ([Quick], [Full] or [Report]) and change fields.
type Config struct {
	// Model is the net: "cnn", "dnn", "resnet", or "custom" for a net given in [Options].
	Model  string             `json:"model"`
	CNN    model.CNNConfig    `json:"cnn"`             // Used if Model is "cnn".
	DNN    model.DNNConfig    `json:"dnn"`             // Used if Model is "dnn".
	ResNet model.ResNetConfig `json:"resnet,omitzero"` // Used if Model is "resnet".

	// Source is what [dataset.Open] takes: "synthetic" or a path. A run's record keeps its last element only.
	Source string `json:"source"`
	// Exclude, if set, is the path of a CSV file whose column "id" lists examples to leave out, such as an audit's findings. A
	// run's record keeps the file's last element and the SHA-256 of its content, "audit.csv@1f0e…": another list is another
	// configuration.
	Exclude string `json:"exclude,omitempty"`
	// Validation is the split that the history and the choice of an epoch are measured on: "validation", "public" or "test" for that
	// split of the source, "holdout" for a seeded, stratified HoldoutFraction of the training split, which is then not trained on.
	// "auto" is "validation" or "public", the first that the source has, else "holdout".
	Validation      string  `json:"validation"`
	HoldoutFraction float64 `json:"holdout_fraction"`

	Epochs    int    `json:"epochs"`
	BatchSize int    `json:"batch_size"`
	Seed      uint64 `json:"seed"` // Decides initial weights, order, augmentation, dropout and hold-out.

	// Optimizer is "adamw", "nesterov" (gradient descent with Nesterov momentum of 0.9), or "sgd" (without momentum, as the
	// report's).
	Optimizer    string  `json:"optimizer"`
	LearningRate float64 `json:"learning_rate"` // Peak.
	Schedule     string  `json:"schedule"`      // "cosine" (down to 0 at the last step) or "constant".
	WarmupSteps  int     `json:"warmup_steps"`  // Linear rise from 0 at the start.
	// RateFloor is the share of the peak rate that the cosine ends at, in [0, 1]: with 0.1, the last epochs go on exploring, for
	// an average of the weights to gain from, instead of learning wrong labels by heart.
	RateFloor      float64 `json:"rate_floor,omitempty"`
	WeightDecay    float64 `json:"weight_decay"`    // Decoupled (Loshchilov & Hutter 2019); not for sgd.
	LabelSmoothing float64 `json:"label_smoothing"` // Share of the target spread over all classes, in [0, 1) (Szegedy et al. 2016).
	// EMA is the decay of an exponential moving average of the weights, which is evaluated and kept instead of them; 0 for none.
	// It rises from 0.1 at the first step, min(EMA, (1+t)/(10+t)).
	EMA float64 `json:"ema,omitempty"`
	// Mixup is the α of mixup (Zhang et al. 2018): every batch is blended with itself in another order, in shares drawn from
	// Beta(α, α); 0 for none.
	Mixup float64 `json:"mixup,omitempty"`
	// ClassWeight is "" or "balanced": an example's loss weighs n / (7 · n of its class), as in scikit-learn.
	ClassWeight string  `json:"class_weight,omitempty"`
	Distill     Distill `json:"distill,omitzero"`
	// BatchNormMomentum is the weight of the old value in batch normalisation's moving averages; 0 is Keras's 0.99.
	BatchNormMomentum float64 `json:"batchnorm_momentum,omitempty"`

	// Precision of a training step is "" for float32 or "mixed_bfloat16" for products of bfloat16: see [nn.MixedPrecision]. Evaluation
	// is in float32, and so are the weights.
	Precision string `json:"precision,omitempty"`

	Augment     dataset.Augment `json:"augment"`
	Progressive Progressive     `json:"progressive,omitzero"`

	// Keep is the epoch whose weights the run ends with: "last", or "best" for the highest validation accuracy. A validation
	// accuracy that chose its own epoch is optimistic: the run's record says which it was.
	Keep string `json:"keep"`
}

// Quick is a preset that trains well within minutes on a CPU. Its nets drop out less than the report's: with a rate of 0.25 the
// first thousand steps teach them next to nothing.
func Quick() Config {
	return Config{
		Model: "cnn", Source: "synthetic", Validation: "auto", HoldoutFraction: 0.2,
		CNN:    model.CNNConfig{Dropout: 0.1},
		DNN:    model.DNNConfig{Dropout: 0.1},
		Epochs: 4, BatchSize: 32, Seed: 1,
		Optimizer: "adamw", LearningRate: 1e-3, Schedule: "cosine", WarmupSteps: 50, WeightDecay: 1e-2, LabelSmoothing: 0.1,
		BatchNormMomentum: 0.9,
		Augment:           dataset.Augment{Shift: 2, Flip: true, Brightness: 0.1, Contrast: 0.2},
		Keep:              "last",
	}
}

// Full is the recipe of the recorded FER2013 runs: AdamW with warm-up and cosine decay, label smoothing and augmentation. On
// 28,709 images an epoch of the CNN takes about two minutes on two CPU cores.
func Full() Config {
	c := Quick()
	c.CNN, c.DNN = model.CNNConfig{}, model.DNNConfig{}
	c.Epochs, c.BatchSize, c.LearningRate, c.WarmupSteps, c.BatchNormMomentum = 28, 128, 1.5e-3, 300, 0
	c.Augment = dataset.Augment{Shift: 5, Flip: true, Brightness: 0.2, Contrast: 0.3}
	return c
}

// Report is the report's own recipe: plain gradient descent at a rate of 1e-5 for 1,800 epochs, nothing else.
func Report() Config {
	c := Full()
	c.Epochs = 1800
	c.Optimizer, c.LearningRate, c.Schedule, c.WarmupSteps = "sgd", 1e-5, "constant", 0
	c.WeightDecay, c.LabelSmoothing, c.Augment = 0, 0, dataset.Augment{}
	return c
}

// Preset returns the preset of that name: "quick", "full" or "report".
func Preset(name string) (Config, error) {
	switch name {
	case "quick":
		return Quick(), nil
	case "full":
		return Full(), nil
	case "report":
		return Report(), nil
	}
	return Config{}, fmt.Errorf("unknown preset %q, want quick, full or report", name)
}

// The largest nets that a configuration may ask for: in channels or units of a layer, and in layers of a kind.
const maxUnits, maxLayers = 1 << 16, 100

const mixedPrecision = "mixed_bfloat16" // Keras's name.

// Validate returns one error that names every field with an impossible value.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, field string, value any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is %v, want %s", field, value, want))
		}
	}
	oneOf := func(field, value string, allowed ...string) {
		for _, a := range allowed {
			if value == a {
				return
			}
		}
		check(false, field, strconv.Quote(value), strings.Join(allowed, ", "))
	}
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	oneOf("model", c.Model, "cnn", "dnn", "resnet", "custom")
	oneOf("validation", c.Validation, "auto", "holdout", "validation", "public", "test")
	oneOf("optimizer", c.Optimizer, "adamw", "nesterov", "sgd")
	oneOf("schedule", c.Schedule, "cosine", "constant")
	oneOf("keep", c.Keep, "last", "best")
	check(c.HoldoutFraction > 0 && c.HoldoutFraction < 1, "holdout_fraction", c.HoldoutFraction, "between 0 and 1")
	check(c.Epochs > 0 && c.Epochs <= 1_000_000, "epochs", c.Epochs, "from 1 to 1000000")
	check(c.BatchSize > 0, "batch_size", c.BatchSize, "at least 1")
	for _, s := range []struct {
		field string
		sizes []int
	}{{"cnn.filters", c.CNN.Filters}, {"cnn.dense", c.CNN.Dense}, {"dnn.blocks", c.DNN.Blocks}, {"dnn.dense", c.DNN.Dense}, {"resnet.filters", c.ResNet.Filters}} {
		impossible := func(n int) bool { return n < 1 || n > maxUnits }
		check(len(s.sizes) <= maxLayers && !slices.ContainsFunc(s.sizes, impossible), s.field, s.sizes,
			fmt.Sprintf("at most %d sizes from 1 to %d", maxLayers, maxUnits))
	}
	check(c.LearningRate > 0 && finite(c.LearningRate), "learning_rate", c.LearningRate, "a positive number")
	check(c.WarmupSteps >= 0, "warmup_steps", c.WarmupSteps, "0 or more")
	check(c.RateFloor >= 0 && c.RateFloor <= 1, "rate_floor", c.RateFloor, "in [0, 1]")
	check(c.WeightDecay >= 0 && finite(c.WeightDecay), "weight_decay", c.WeightDecay, "0 or more")
	check(c.WeightDecay == 0 || c.Optimizer != "sgd", "weight_decay", c.WeightDecay, "0 if the optimizer is sgd")
	check(c.EMA >= 0 && c.EMA < 1, "ema", c.EMA, "in [0, 1)")
	check(c.Mixup >= 0 && finite(c.Mixup), "mixup", c.Mixup, "0 or more")
	oneOf("precision", c.Precision, "", mixedPrecision)
	oneOf("class_weight", c.ClassWeight, "", "balanced")
	check(c.LabelSmoothing >= 0 && c.LabelSmoothing < 1, "label_smoothing", c.LabelSmoothing, "in [0, 1)")
	check(c.BatchNormMomentum >= 0 && c.BatchNormMomentum < 1, "batchnorm_momentum", c.BatchNormMomentum, "in [0, 1)")
	check(max(c.CNN.Dropout, c.DNN.Dropout, c.ResNet.Dropout) < 1, "dropout", max(c.CNN.Dropout, c.DNN.Dropout, c.ResNet.Dropout), "below 1")
	check(c.Distill.Weight >= 0 && c.Distill.Weight <= 1, "distill.weight", c.Distill.Weight, "in [0, 1]")
	check((c.Distill.Weight > 0) == (len(c.Distill.Teachers) > 0), "distill.weight", c.Distill.Weight, "above 0 with teachers, and 0 without")
	check(c.Distill.Temperature >= 0 && finite(c.Distill.Temperature), "distill.temperature", c.Distill.Temperature, "0 or more")
	a := c.Augment
	check(a.Shift >= 0 && a.Shift < fer.Size, "augment.shift", a.Shift, "in [0, 48) pixels")
	check(a.Rotate >= 0 && a.Rotate <= 180, "augment.rotate", a.Rotate, "in [0, 180] degrees")
	check(a.Scale >= 0 && a.Scale < 1, "augment.scale", a.Scale, "in [0, 1)")
	check(a.Brightness >= 0 && a.Brightness <= 1, "augment.brightness", a.Brightness, "in [0, 1]")
	check(a.Contrast >= 0 && a.Contrast <= 1, "augment.contrast", a.Contrast, "in [0, 1]")
	check(a.Erase >= 0 && a.Erase <= 1, "augment.erase", a.Erase, "in [0, 1]")
	if p := c.Progressive; p != (Progressive{}) {
		check(p.Size >= minProgressive && p.Size < fer.Size, "progressive.size", p.Size, fmt.Sprintf("from %d to %d pixels", minProgressive, fer.Size-1))
		check(p.Epochs > 0 && p.Epochs < c.Epochs, "progressive.epochs", p.Epochs, "above 0 and below epochs")
		check(c.Model == "resnet" || c.Model == "custom", "model", strconv.Quote(c.Model), "one that takes images of any size, with progressive: resnet or custom")
	}
	if len(errs) > 0 {
		return fmt.Errorf("configuration: %w", errors.Join(errs...))
	}
	return nil
}

// SetPrecision gives a graph of a training step, without layers so far, the configured precision.
func (c Config) SetPrecision(g *graph.Graph) {
	if c.Precision == mixedPrecision {
		nn.MixedPrecision(g)
	}
}

// Net returns the configured net, or custom if the model is "custom".
func (c Config) Net(custom model.Net) (model.Net, error) {
	switch c.Model {
	case "cnn":
		return model.CNN(&c.CNN), nil
	case "dnn":
		return model.DNN(&c.DNN), nil
	case "resnet":
		return model.ResNet(&c.ResNet), nil
	}
	if custom == nil {
		return nil, fmt.Errorf("the model is %q: give its net in the options", c.Model)
	}
	return custom, nil
}

// Read changes the fields that a JSON document sets. Unknown keys are errors, and so are more than 1 MiB or 10,000 levels.
func (c *Config) Read(r io.Reader) error {
	data, err := bounded.ReadAll(r, sizeLimits[configFile])
	if err == nil {
		err = unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), c) // Editors on Windows begin with a byte order mark.
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// ReadFile is Read of a file.
func (c *Config) ReadFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.Read(f); err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	return nil
}

// differences lists the fields in which two configurations differ, "" if none.
func (c Config) differences(other Config) string {
	var list []string
	a, b := reflect.ValueOf(c), reflect.ValueOf(other)
	for i := range a.NumField() {
		x, _ := json.Marshal(a.Field(i).Interface())
		y, _ := json.Marshal(b.Field(i).Interface())
		if !bytes.Equal(x, y) {
			name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
			list = append(list, fmt.Sprintf("%s %s there, %s here", name, x, y))
		}
	}
	return strings.Join(list, "; ")
}

// Set changes one field by its JSON name, such as "epochs=8", "augment.flip=false" or "cnn.filters=[32,64]". Unknown keys are
// errors that list the known ones.
func (c *Config) Set(assignment string) error { return Set(c, assignment) }

// Set changes one field of a configuration, a pointer to a struct, by its JSON name: see [Config.Set].
func Set(config any, assignment string) error {
	key, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("configuration: %q is not key=value", assignment)
	}
	field, err := findField(reflect.ValueOf(config).Elem(), strings.Split(key, "."))
	if err != nil {
		return fmt.Errorf("configuration: unknown key %q, %w", key, err)
	}
	if field.Kind() == reflect.String {
		value = strconv.Quote(value)
	}
	if err := unmarshal([]byte(value), field.Addr().Interface()); err != nil {
		return fmt.Errorf("configuration: %s=%s: want a %s", key, value, field.Type())
	}
	return nil
}

func findField(v reflect.Value, path []string) (reflect.Value, error) {
	var known []string
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		known = append(known, name)
		if name != path[0] {
			continue
		}
		if len(path) == 1 {
			return v.Field(i), nil
		}
		if v.Field(i).Kind() == reflect.Struct {
			return findField(v.Field(i), path[1:])
		}
		return reflect.Value{}, fmt.Errorf("%s has no fields", name)
	}
	return reflect.Value{}, fmt.Errorf("want one of %s", strings.Join(known, ", "))
}
