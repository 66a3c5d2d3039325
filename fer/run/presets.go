package run

import (
	"fmt"

	"ferlab/fer/dataset"
	"ferlab/fer/model"
)

// Quick is a preset that trains well within minutes on a CPU. Its nets drop out less than the original report's: with a
// rate of 0.25 the first thousand steps teach them next to nothing.
func Quick() Config {
	c := Config{
		Config: model.OriginalSizes(),
		Source: "synthetic", Validation: "auto", HoldoutFraction: 0.2,
		Epochs: 4, BatchSize: 32, Seed: 1,
		Optimizer: "adamw", LearningRate: 1e-3, Schedule: "cosine", WarmupSteps: 50, WeightDecay: 1e-2,
		LabelSmoothing: 0.1, Distill: Distill{Temperature: 1},
		BatchNormMomentum: 0.9,
		Augment:           dataset.Augment{Shift: 2, Flip: true, Brightness: 0.1, Contrast: 0.2},
		Keep:              "last",
	}
	c.Model = "cnn"
	c.CNN.Dropout, c.DNN.Dropout = 0.1, 0.1
	return c
}

// Full is what recipes for FER2013 start from: the original report's nets, AdamW with warm-up and cosine decay, label
// smoothing and augmentation. The folder recipes has those of the shipped runs.
func Full() Config {
	c := Quick()
	c.CNN.Dropout, c.DNN.Dropout = 0.25, 0.25
	c.Epochs, c.BatchSize, c.LearningRate, c.WarmupSteps, c.BatchNormMomentum = 28, 128, 1.5e-3, 300, 0.99
	c.Augment = dataset.Augment{Shift: 5, Flip: true, Brightness: 0.2, Contrast: 0.3}
	return c
}

// Original is the original report's own recipe: plain gradient descent at a rate of 1e-5 for 1,800 epochs, nothing
// else.
func Original() Config {
	c := Full()
	c.Epochs = 1800
	c.Optimizer, c.LearningRate, c.Schedule, c.WarmupSteps = "sgd", 1e-5, "constant", 0
	c.WeightDecay, c.LabelSmoothing, c.Augment = 0, 0, dataset.Augment{}
	return c
}

// FineTune is the configuration for teaching a run's net some more, with few images: its net and its optimizer, at a
// tenth of the learning rate, for 30 epochs of small batches, in which batch normalisation follows the new images. The
// last layer learns alone for the first five. From.Run is left to be set.
func FineTune(from Config) Config {
	quick := Quick()
	c := from
	c.From, c.Source, c.Exclude = From{HeadEpochs: 5}, quick.Source, ""
	c.Classes, c.Votes = quick.Classes, quick.Votes
	c.Validation, c.HoldoutFraction = quick.Validation, quick.HoldoutFraction
	c.SoftLabels, c.Distill, c.Progressive = quick.SoftLabels, quick.Distill, quick.Progressive
	c.Epochs, c.BatchSize, c.WarmupSteps = 30, 16, 20
	c.LearningRate, c.EMA, c.BatchNormMomentum, c.Keep = from.LearningRate/10, 0, 0.9, "last"
	return c
}

// Preset returns the preset of that name: "quick", "full" or "original".
func Preset(name string) (Config, error) {
	switch name {
	case "quick":
		return Quick(), nil
	case "full":
		return Full(), nil
	case "original":
		return Original(), nil
	}
	return Config{}, fmt.Errorf("unknown preset %q, want quick, full or original", name)
}
