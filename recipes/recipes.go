// Package recipes holds the configurations of recorded trainings. A recipe is a JSON file that names its base, a preset
// or another recipe, and states only its differences:
//
//	{"base": "best", "about": "…", "epochs": 80}
//
// Fields of a configuration for supervised learning are those of [run.Config], for few labels those of
// [semisup.Config].
package recipes

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ferlab/fer/run"
	"ferlab/fer/semisup"
)

//go:embed *.json fewlabels/*.json
var files embed.FS

// recipe is a file as it stands.
type recipe struct {
	base    string
	About   string
	changes []byte // JSON: the configuration's fields.
}

// Names returns the names of the recipes for supervised learning.
func Names() []string { return names(".") }

// FewLabelNames returns the names of the recipes for few labels.
func FewLabelNames() []string { return names("fewlabels") }

func names(dir string) []string {
	var list []string
	paths, _ := fs.Glob(files, dir+"/*.json") // The pattern is right.
	if dir == "." {
		paths, _ = fs.Glob(files, "*.json")
	}
	for _, p := range paths {
		list = append(list, strings.TrimSuffix(p[strings.LastIndex(p, "/")+1:], ".json"))
	}
	return list
}

// Find returns the configuration of the recipe of that name, or of the recipe in a file whose name ends in .json.
func Find(name string) (run.Config, error) { return find(name, nil) }

func find(name string, via []string) (c run.Config, err error) {
	r, err := read("", name, Names(), via)
	if err != nil {
		return c, err
	}
	if c, err = run.Preset(r.base); err != nil {
		if c, err = find(r.base, append(via, name)); err != nil {
			return c, fmt.Errorf("%w; the presets are quick, full, original", err)
		}
	}
	if err := c.Read(bytes.NewReader(r.changes)); err != nil {
		return c, fmt.Errorf("recipe %s: %w", name, err)
	}
	return c, nil
}

// FewLabels returns the configuration of the recipe of that name for few labels, or of the one in a file whose name
// ends in .json, with an algorithm, a number of labels per class and a seed.
func FewLabels(name, algorithm string, perClass int, seed uint64) (c semisup.Config, err error) {
	r, err := read("fewlabels/", name, FewLabelNames(), nil)
	if err != nil {
		return c, err
	}
	if c, err = semisup.Preset(r.base, algorithm, perClass, seed); err != nil {
		return c, fmt.Errorf("recipe %s: %w", name, err)
	}
	d := json.NewDecoder(bytes.NewReader(r.changes))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("recipe %s: %w", name, err)
	}
	return c, nil
}

// read reads a recipe; via are those that led to it.
func read(folder, name string, known, via []string) (r recipe, err error) {
	if slices.Contains(via, name) {
		return r, fmt.Errorf("recipe %s is based on itself", name)
	}
	var data []byte
	switch {
	case slices.Contains(known, name):
		data, err = files.ReadFile(folder + name + ".json")
	case strings.HasSuffix(name, ".json"):
		data, err = os.ReadFile(name)
	default:
		err = fmt.Errorf("unknown recipe %q, want one of %s, or a .json file", name, strings.Join(known, ", "))
	}
	if err != nil {
		return r, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return r, fmt.Errorf("recipe %s: %w", name, err)
	}
	for key, into := range map[string]*string{"base": &r.base, "about": &r.About} {
		if value, ok := fields[key]; ok {
			if err := json.Unmarshal(value, into); err != nil {
				return r, fmt.Errorf("recipe %s: %s: %w", name, key, err)
			}
			delete(fields, key)
		}
	}
	if r.base == "" {
		return r, fmt.Errorf("recipe %s: it names no base, want a preset or another recipe", name)
	}
	if _, ok := fields["version"]; ok {
		return r, fmt.Errorf("recipe %s: it has a version, as a complete configuration: give that as -config", name)
	}
	r.changes, err = json.Marshal(fields)
	return r, err
}

// About returns what a recipe says about itself.
func About(name string) (string, error) {
	r, err := read("", name, Names(), nil)
	return r.About, err
}
