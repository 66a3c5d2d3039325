// Package pretrained holds the runs that are shipped with the library: nets trained on FER2013, with their weights,
// histories and predictions, and no image. They open without any download or data set.
package pretrained

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferlab/fer/run"
)

//go:embed runs
var files embed.FS

// Names returns the names of the shipped runs.
func Names() []string {
	entries, err := fs.ReadDir(files, "runs")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// List is [Names] as a phrase, for a message or a flag: "a, b, c".
func List() string { return strings.Join(Names(), ", ") }

// Open opens a shipped run: "cnn" or "dnn", the original report's nets; "best", a residual net of their size, for the
// highest accuracy; "distilled", its light form, four times as fast, taught by it; or "ferplus", a smaller one, taught
// by people's votes for the eight classes of FER+. All are trained on FER2013's training split alone.
func Open(name string) (*run.Run, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("no shipped run is called %q, want one of %s", name, List())
	}
	sub, err := fs.Sub(files, "runs/"+name)
	if err != nil {
		return nil, err
	}
	return run.OpenFS(sub, name)
}

// Find opens the shipped run of that name or, if there is none, the run in the folder. If both are there it is an
// error: "./cnn" is the folder, "shipped:cnn" the shipped run.
func Find(nameOrFolder string) (*run.Run, error) {
	if name, ok := strings.CutPrefix(nameOrFolder, "shipped:"); ok {
		return Open(name)
	}
	if slices.Contains(Names(), nameOrFolder) {
		if _, err := os.Stat(filepath.Join(nameOrFolder, "config.json")); err == nil {
			return nil, fmt.Errorf("%[1]s is a shipped run, and here is a run in a folder of that name: say ./%[1]s "+
				"for the folder, shipped:%[1]s for the shipped one",
				nameOrFolder)
		}
		return Open(nameOrFolder)
	}
	r, err := run.Open(nameOrFolder)
	if err != nil {
		return nil, fmt.Errorf("%w; the shipped runs are %s", err, List())
	}
	return r, nil
}

// FindAll is [Find] for several.
func FindAll(namesOrFolders ...string) ([]*run.Run, error) {
	runs := make([]*run.Run, len(namesOrFolders))
	for i, name := range namesOrFolders {
		var err error
		if runs[i], err = Find(name); err != nil {
			return nil, err
		}
	}
	return runs, nil
}
