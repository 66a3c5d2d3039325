package run_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// saved returns the paths of all configurations of runs in the repository.
func saved(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, root := range []string{"../pretrained/runs", "../../docs"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "config.json" {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(paths) < 15 {
		t.Fatalf("only %d configurations", len(paths))
	}
	return paths
}

// Every configuration in the repository is valid and complete, whatever it is read onto, and is written and read back
// as it is.
func TestSavedConfigurations(t *testing.T) {
	for _, path := range saved(t) {
		a, b := run.Quick(), run.Original()
		for _, c := range []*run.Config{&a, &b} {
			if err := c.ReadFile(path); err != nil {
				t.Fatal(err)
			}
			if err := c.Validate(); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		if changes := run.Diff(a, b); len(changes) > 0 {
			t.Errorf("%s leaves to a preset %q", path, changes)
		}
		if a.Version != run.ConfigVersion || a.BatchNormMomentum != 0.99 {
			t.Errorf("%s: version %d, batch-norm momentum %v, want %d and Keras's 0.99", path, a.Version,
				a.BatchNormMomentum, run.ConfigVersion)
		}
	}
}

// Zero and negative rates mean in old files what they meant before there were versions.
func TestFormerDefaults(t *testing.T) {
	read := func(name string) run.Config {
		c := run.Quick()
		if err := c.ReadFile("../../docs/accuracy/" + name + "/config.json"); err != nil {
			t.Fatal(err)
		}
		return c
	}
	// docs/accuracy/cnn-dropout-0.25 left its dropout out; its filters stood nowhere.
	c := read("cnn-dropout-0.25")
	if c.CNN.Dropout != 0.25 || !slices.Equal(c.CNN.Filters, []int{64, 128, 250, 500}) ||
		!slices.Equal(c.CNN.Dense, []int{512, 256, 64}) {
		t.Errorf("the CNN with dropout 0.25 reads as %+v", c.CNN)
	}
	if c := read("cnn-nesterov-5"); c.CNN.Dropout != 0 {
		t.Errorf("a dropout of -1 reads as %v, want none", c.CNN.Dropout)
	}
	if c := read("best-80"); c.ResNet.Dropout != 0.1 || !slices.Equal(c.ResNet.Blocks, []int{1, 1, 1}) ||
		c.Distill.Temperature != 1 {
		t.Errorf("best-80 reads as %+v, distilled at temperature %v", c.ResNet, c.Distill.Temperature)
	}
}

// A version of tomorrow is refused, and fields without a version change what is there.
func TestVersions(t *testing.T) {
	c := run.Full()
	if err := c.Read(strings.NewReader(`{"version": 99}`)); err == nil ||
		!strings.Contains(err.Error(), "newer program") {
		t.Errorf("version 99: %v", err)
	}
	if err := c.Read(strings.NewReader("\ufeff" + `{"cnn": {"dropout": 0}}`)); err != nil || c.CNN.Dropout != 0 ||
		len(c.CNN.Filters) != 4 || c.Epochs != 28 {
		t.Errorf("%v: %+v", err, c)
	}
	if err := c.Read(strings.NewReader(`{"cnn": {"dropout": -1}}`)); err != nil || c.Validate() == nil {
		t.Error("a negative dropout is valid")
	}
}

// A run trained from the record that another left has the same bits.
func TestTrainsAgainFromItsRecord(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	c := tiny()
	c.Keep = "last"
	train(t, first, c, nil)
	again := run.Original()
	if err := again.ReadFile(filepath.Join(first, "config.json")); err != nil {
		t.Fatal(err)
	}
	again.Source = c.Source // A record keeps no settings of the built-in faces.
	train(t, second, again, nil)
	runtest.SameFiles(t, first, second, "config.json", "history.csv", "weights.safetensors", "predictions.csv")
	if data, err := os.ReadFile(filepath.Join(first, "config.json")); err != nil ||
		!strings.Contains(string(data), `"filters": [`) {
		t.Errorf("the record lacks the net's sizes: %s, %v", data, err)
	}
}
