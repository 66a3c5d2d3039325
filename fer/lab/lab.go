// Package lab is what a notebook's session keeps at hand: the source that it runs on, the nets that it trains there and
// finds again on disk, and what package ferlab/fer/results says of both.
//
// Two environment variables matter: FER_DATA names a source of the reader's own; FERLAB_SMALL, if not empty, asks for a
// small setting, as the notebooks' tests do.
package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// SourceEnv is the environment variable that names the source of the notebooks: a path to FER2013.
const SourceEnv = "FER_DATA"

// Source returns the source that the notebooks run on: [SourceEnv], or else the built-in synthetic faces (fewer of them
// if a small setting is asked for).
func Source() string {
	if path := os.Getenv(SourceEnv); path != "" {
		return path
	}
	if Small() {
		return "synthetic:train=700,test=140"
	}
	return "synthetic"
}

// Small reports whether a small setting (few faces, few steps) is asked for: the environment variable FERLAB_SMALL is
// not empty.
func Small() bool { return os.Getenv("FERLAB_SMALL") != "" }

// Data opens the source of the notebooks.
func Data() (*dataset.Dataset, error) {
	d, err := dataset.Open(Source(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w (%s is %q; unset it for the synthetic faces)", err, SourceEnv, os.Getenv(SourceEnv))
	}
	return d, nil
}

// Provenance says, for a reader who opens it, which data and which runs a page shows: recorded ones, and those trained
// in the notebook.
func Provenance(runs ...*run.Run) (show.Fold, error) {
	d, err := Data()
	if err != nil {
		return show.Fold{}, err
	}
	var splits []string
	for _, s := range d.SplitSizes() {
		splits = append(splits, fmt.Sprintf("%s %s", s.Split, figure.Count(s.Size)))
	}
	t := results.Provenance(runs...)
	t.Caption = fmt.Sprintf("Every net keeps its last epoch, which no accuracy chose. The settings of nets trained "+
		"on FER2013 were chosen with an eye on PublicTest, by earlier runs. Intervals speak of the choice of faces, "+
		"not of the seed. Data of this notebook: %s (%s).", d.Name, strings.Join(splits, ", "))
	if len(runs) == 0 {
		t.Header, t.Rows = []string{"data of this notebook", "faces"}, [][]string{{d.Name, strings.Join(splits, ", ")}}
		t.Caption = ""
	}
	return show.Fold{Summary: "Where the numbers come from", Item: t}, nil
}

// Config is the configuration with which the notebooks train a net ("cnn" or "dnn") on their source: the quick preset,
// and in a small setting one epoch; on a source of the reader's own a quarter of the epochs. The DNN gets more epochs,
// which cost it little, a lower learning rate, since at the CNN's its ReLUs die, and smaller shifts of the images.
func Config(model string) run.Config {
	c := run.Quick()
	c.Model, c.Source = model, Source()
	if model == "dnn" {
		c.Epochs, c.BatchSize, c.LearningRate, c.Augment.Shift = 20, 64, 3e-4, 1
	}
	if os.Getenv(SourceEnv) != "" {
		c.Epochs = (c.Epochs + 3) / 4 // FER2013 has five times as many faces.
	}
	if Small() {
		c.Epochs, c.WarmupSteps = 1, 4
	}
	return c
}

// Train trains a net on the source of the notebooks with [Config], or opens the run if that has been done before: a
// notebook that is run again doesn't train again. Delete the folder runs/notebooks to start anew.
func Train(model string) (*run.Run, error) {
	return run.Train(context.Background(), Folder(model), Config(model), &run.Options{Observer: results.Watch(model)})
}

// Folder is where the notebooks keep the run of that name for their source: runs/notebooks/<source>/<name> in the
// repository.
func Folder(name string) string {
	source := strings.NewReplacer(":", "-", ",", "-", "=", "").Replace(filepath.Base(Source()))
	return filepath.Join(root(), "runs", "notebooks", source, name)
}

// root returns the folder of go.mod above the working directory, or the working directory if there is none.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}
