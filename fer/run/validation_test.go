package run_test

import (
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
)

// A byte order mark, as some editors write, is no part of a configuration.
func TestByteOrderMark(t *testing.T) {
	c := run.Quick()
	if err := c.Read(strings.NewReader("\ufeff{\"epochs\": 7}")); err != nil || c.Epochs != 7 {
		t.Errorf("%v, %d epochs", err, c.Epochs)
	}
}

// A source's own validation split is measured on, and never trained on: if it is asked for, and by "auto" before any
// other.
func TestOwnValidation(t *testing.T) {
	config := tiny()
	config.Epochs = 1
	data, err := dataset.Open(config.Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, j := range []int{140, 150, 170} { // The 35 test faces become 10, 20 and 5.
		split := []fer.Split{fer.Public, fer.Validation, fer.Test}[i]
		for k := j; k < data.Len(); k++ {
			data.Examples[k].Split = split
		}
	}
	for _, test := range []struct {
		validation string
		split      fer.Split
		n          int
	}{{"validation", fer.Validation, 20}, {"auto", fer.Validation, 20}, {"public", fer.Public, 10}, {"test", fer.Test,
		5}} {
		config.Validation = test.validation
		r := train(t, t.TempDir(), config, &run.Options{Data: data})
		if r.Record.Validation != test.split || r.Record.ValidationImages != test.n || r.Record.TrainImages != 140 {
			t.Errorf("%s: measured on %d of %s, trained on %d", test.validation, r.Record.ValidationImages,
				r.Record.Validation,
				r.Record.TrainImages)
		}
	}
}
