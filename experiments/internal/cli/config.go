package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ferlab/fer/run"
	"ferlab/recipes"
)

// ConfigFlags are the flags that make a training's configuration: -recipe or -preset, then -config, then -set, each
// changing what those before it say.
type ConfigFlags struct {
	recipe, preset, file *string
	sets                 *Sets
	print                *bool
	// Base, if given, is started from where neither -recipe nor -preset nor -config says what to start from.
	Base *run.Config
}

// DefineConfig defines the flags.
func DefineConfig() *ConfigFlags {
	return &ConfigFlags{
		recipe: flag.String("recipe", "", "start from this `recipe`: "+strings.Join(recipes.Names(),
			", ")+", or a .json file"),
		preset: flag.String("preset", "",
			"start from this preset: quick (minutes; the default), full (FER2013) or original (the original "+
				"report's own, 1,800 epochs)"),
		file:  flag.String("config", "", "JSON `file`: a run's config.json, or fields that replace the preset's"),
		sets:  SetFlag("epochs=8 or augment.flip=false"),
		print: flag.Bool("print", false, "print the configuration and end"),
	}
}

// Config returns the configuration that the flags ask for, not validated. first are assignments key=value of shorter
// flags, which come before those of -set; one without a value is none.
func (f *ConfigFlags) Config(first ...string) (c run.Config, err error) {
	switch {
	case *f.recipe != "" && *f.preset != "":
		return c, errors.New("-recipe and -preset both say what to start from: give one")
	case *f.recipe != "":
		c, err = recipes.Find(*f.recipe)
	case *f.preset != "":
		c, err = run.Preset(*f.preset)
	case *f.file == "" && f.Base != nil:
		c = *f.Base
	default:
		c = run.Quick()
	}
	if err != nil {
		return c, err
	}
	if *f.file != "" {
		if err := c.ReadFile(*f.file); err != nil {
			return c, err
		}
	}
	for _, assignment := range first {
		if strings.HasSuffix(assignment, "=") {
			continue
		}
		if err := c.Set(assignment); err != nil {
			return c, err
		}
	}
	c.Version = run.ConfigVersion
	return c, f.sets.Apply(&c)
}

// Name is a name for a run of the configuration: the recipe's, or else the model's.
func (f *ConfigFlags) Name(c run.Config) string {
	if *f.recipe == "" {
		return c.Model
	}
	return strings.TrimSuffix(filepath.Base(*f.recipe), ".json")
}

// Printed prints a configuration if -print asks for that, after which the program ends.
func (f *ConfigFlags) Printed(c any) bool {
	if *f.print {
		PrintJSON(c)
	}
	return *f.print
}

// PrintJSON prints a configuration as a run keeps it.
func PrintJSON(c any) {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil { // A configuration has no value without a JSON form.
		panic(err)
	}
	fmt.Fprintln(os.Stdout, string(data))
}
