package recipes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
	"ferlab/recipes"
)

// asRecorded is a configuration as a run on FER2013 records it, but for checksums and folders: name@sum becomes name.
func asRecorded(c run.Config) run.Config {
	c.Source = "fer2013.zip"
	teachers := make([]string, len(c.Distill.Teachers))
	for i, name := range c.Distill.Teachers {
		teachers[i], _, _ = strings.Cut(filepath.Base(name), "@")
	}
	c.Distill.Teachers = teachers
	if c.From.Run != "" {
		c.From.Run, _, _ = strings.Cut(filepath.Base(c.From.Run), "@")
	}
	_, table := filepath.Split(c.SoftLabels.File)
	c.SoftLabels.File, _, _ = strings.Cut(table, "@")
	if c.Votes.File != "" {
		c.Classes = c.Votes.Classes()
	}
	c.Votes.File, _, _ = strings.Cut(c.Votes.File, "@")
	return c.Used()
}

// Every shipped run was trained with the recipe of its name.
func TestShippedRunsFollowTheirRecipes(t *testing.T) {
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := recipes.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if changes := run.Diff(asRecorded(c), asRecorded(r.Config)); len(changes) > 0 {
			t.Errorf("run %s differs from its recipe in %q", name, changes)
		}
	}
}

// The recorded folds were trained with theirs.
func TestFoldsFollowTheirRecipe(t *testing.T) {
	recipe, err := recipes.Find("folds")
	if err != nil {
		t.Fatal(err)
	}
	for _, fold := range []string{"1", "2", "3"} {
		var c run.Config
		if err := c.ReadFile("../docs/accuracy/folds/fold-" + fold + "/config.json"); err != nil {
			t.Fatal(err)
		}
		want := recipe
		want.Validation = string(fer.Test)
		if changes := run.Diff(asRecorded(want), asRecorded(c)); len(changes) > 0 {
			t.Errorf("fold %s differs from the recipe in %q", fold, changes)
		}
	}
}

// Every recipe makes a valid configuration and says what it is.
func TestRecipesAreValid(t *testing.T) {
	for _, name := range recipes.Names() {
		c, err := recipes.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("recipe %s: %v", name, err)
		}
		if about, err := recipes.About(name); err != nil || about == "" {
			t.Errorf("recipe %s says nothing about itself: %v", name, err)
		}
	}
	for _, name := range recipes.FewLabelNames() {
		c, err := recipes.FewLabels(name, "fixmatch", 25, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("recipe %s: %v", name, err)
		}
	}
}

// A net trained from a recipe, and again from the record that it left, has the same bits.
func TestRecipeAndItsRecordTrainAlike(t *testing.T) {
	dir := t.TempDir()
	recipe := filepath.Join(dir, "small.json")
	text := `{"base": "fast", "source": "synthetic:train=140,test=35", "epochs": 2, "batch_size": 28, "warmup_steps": 2,
		"cnn": {"filters": [2, 4], "dense": [4]}}`
	if err := os.WriteFile(recipe, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	first, err := recipes.Find(recipe)
	if err != nil {
		t.Fatal(err)
	}
	var again run.Config
	if _, err := run.Train(t.Context(), filepath.Join(dir, "first"), first, nil); err != nil {
		t.Fatal(err)
	}
	if err := again.ReadFile(filepath.Join(dir, "first", "config.json")); err != nil {
		t.Fatal(err)
	}
	again.Source = first.Source // A record keeps no settings of the built-in faces.
	if _, err := run.Train(t.Context(), filepath.Join(dir, "again"), again, nil); err != nil {
		t.Fatal(err)
	}
	runtest.SameFiles(t, filepath.Join(dir, "first"), filepath.Join(dir, "again"), "config.json", "weights.safetensors")
}

// The error of a wrong recipe names what is wrong; a recipe in a file may be based on another by its name.
func TestRecipeFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c, err := recipes.Find(write("mine.json", `{"base": "resnet", "epochs": 80, "augment": {"erase": 0.25}}`))
	if err != nil || c.Epochs != 80 || c.Augment.Erase != 0.25 || c.Augment.Rotate != 10 || c.Model != "resnet" {
		t.Errorf("%v: %+v", err, c)
	}
	self := filepath.Join(dir, "self.json")
	write("self.json", `{"base": "`+self+`"}`)
	for name, want := range map[string]string{
		"nothing": "unknown recipe", self: "based on itself", filepath.Join(dir, "none.json"): "none.json",
		write("key.json", `{"base": "resnet", "epoch": 3}`):                     "epoch",
		write("base.json", `{"base": "largest"}`):                               "largest",
		write("bare.json", `{"epochs": 3}`):                                     "names no base",
		write("complete.json", `{"base": "resnet", "version": 1, "epochs": 3}`): "-config",
	} {
		if _, err := recipes.Find(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}
