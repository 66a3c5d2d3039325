package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"ferlab/fer/model"
	"ferlab/internal/bounded"
)

// ConfigVersion is the version of the form of saved configurations. Version 0, which had no number, left out what was
// zero, and zero meant a default there: see [Config.fillFormerDefaults].
const ConfigVersion = 1

// Read changes the configuration by a JSON document. One with a version, or of the form before there were versions, is
// complete: it replaces everything. Any other changes the fields that it sets. Unknown keys are errors, and so are a
// newer version, a document of more than 1 MiB or of 10,000 levels.
func (c *Config) Read(r io.Reader) error {
	data, err := bounded.ReadAll(r, sizeLimits[configFile])
	if err == nil {
		err = c.decode(data)
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

func (c *Config) decode(data []byte) error {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // A byte order mark, as some editors write.
	var form struct{ Version int }
	json.Unmarshal(data, &form) // An error in the document shows below.
	if form.Version > ConfigVersion {
		return fmt.Errorf("its version is %d, and this program knows up to %d: use the newer program", form.Version,
			ConfigVersion)
	}
	former := form.Version == 0 && isFormer(data)
	changed := *c
	if form.Version > 0 || former {
		changed = Config{}
	}
	if err := unmarshal(data, &changed); err != nil {
		return err
	}
	if former {
		changed.fillFormerDefaults()
	}
	*c = changed
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

// isFormer says that a document without a version is a saved configuration from before there were versions: it has
// every key that these always had.
func isFormer(data []byte) bool {
	var keys map[string]json.RawMessage
	if json.Unmarshal(data, &keys) != nil {
		return false
	}
	for _, key := range []string{"model", "cnn", "dnn", "source", "validation", "holdout_fraction", "epochs",
		"batch_size", "seed", "optimizer", "learning_rate", "schedule", "warmup_steps", "weight_decay",
		"label_smoothing", "augment", "keep"} {
		if _, ok := keys[key]; !ok {
			return false
		}
	}
	return true
}

// fillFormerDefaults says in today's form what a configuration of version 0 meant: zero was a default, and a negative
// rate of dropout was none. It is the only place that knows these defaults.
func (c *Config) fillFormerDefaults() {
	c.Version = ConfigVersion
	sizes := func(s *[]int, former []int) {
		if len(*s) == 0 {
			*s = former
		}
	}
	rate := func(dropout *float64) {
		switch {
		case *dropout == 0:
			*dropout = 0.25
		case *dropout < 0:
			*dropout = 0
		}
	}
	former := model.Config{
		CNN:    model.CNNConfig{Filters: []int{64, 128, 250, 500}, Dense: []int{512, 256, 64}},
		DNN:    model.DNNConfig{Blocks: []int{128, 256, 512, 1248}, Dense: []int{512, 256, 64}},
		ResNet: model.ResNetConfig{Filters: []int{32, 64, 128, 248}},
	}
	sizes(&c.CNN.Filters, former.CNN.Filters)
	sizes(&c.CNN.Dense, former.CNN.Dense)
	sizes(&c.DNN.Blocks, former.DNN.Blocks)
	sizes(&c.DNN.Dense, former.DNN.Dense)
	sizes(&c.ResNet.Filters, former.ResNet.Filters)
	c.ResNet.Blocks = make([]int, len(c.ResNet.Filters)-1)
	for i := range c.ResNet.Blocks {
		c.ResNet.Blocks[i] = 1
	}
	rate(&c.CNN.Dropout)
	rate(&c.DNN.Dropout)
	rate(&c.ResNet.Dropout)
	if c.BatchNormMomentum == 0 {
		c.BatchNormMomentum = 0.99
	}
	if c.Distill.Temperature == 0 {
		c.Distill.Temperature = 1
	}
}
