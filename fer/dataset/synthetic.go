package dataset

import (
	"fmt"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/fer/synth"
)

const syntheticName = "synthetic"

// SyntheticOptions says how many built-in faces to make. They are those of [synth.Make] with indices 0 … Train−1 for
// [fer.Train] and the Test next ones for [fer.Test]; each image has the ID of [synth.ID]. A zero field means its
// default.
type SyntheticOptions struct {
	Train int    // default 7000
	Test  int    // default 1400; negative for none
	Seed  uint64 // default 1
}

// parseSynthetic overlays the defaults with the options, and these with a path such as "synthetic:train=700,seed=2".
func parseSynthetic(path string, o SyntheticOptions) (SyntheticOptions, error) {
	if o.Train == 0 {
		o.Train = 7000
	}
	if o.Test == 0 {
		o.Test = 1400
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	o.Test = max(o.Test, 0)
	_, settings, some := strings.Cut(path, ":")
	for some {
		var setting string
		setting, settings, some = strings.Cut(settings, ",")
		key, value, _ := strings.Cut(setting, "=")
		var err error
		switch key {
		case "train":
			o.Train, err = strconv.Atoi(value)
		case "test":
			o.Test, err = strconv.Atoi(value)
		case "seed":
			o.Seed, err = strconv.ParseUint(value, 10, 64)
		default:
			return o, fmt.Errorf("%s: unknown setting %q, want some of train=…,test=…,seed=…", path, setting)
		}
		if err != nil {
			return o, fmt.Errorf("%s: %s is %q, want a whole number", path, key, value)
		}
	}
	if o.Train < 0 || o.Test < 0 || o.Train > maxFaces || o.Test > maxFaces-o.Train || o.Train+o.Test == 0 {
		return o, fmt.Errorf("synthetic faces: train is %d and test %d, want 1 … %d together and none negative",
			o.Train, o.Test, maxFaces)
	}
	return o, nil
}

func (r *reader) synthetic(path string) error {
	o, err := parseSynthetic(path, r.opts.Synthetic)
	if err != nil {
		return err
	}
	r.d.Name, r.d.Kind = syntheticName, Synthetic
	r.d.Examples = make([]fer.Example, o.Train+o.Test)
	parallel(len(r.d.Examples), true, r.progress, func(i int) error {
		split := fer.Train
		if i >= o.Train {
			split = fer.Test
		}
		f := synth.Make(o.Seed, i)
		image, err := r.images.keep(f.Image)
		r.d.Examples[i] = fer.Example{ID: synth.ID(o.Seed, i), Image: image, Label: f.Label, Split: split}
		return err
	})
	return r.images.err
}
