package run

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"

	"ferlab/internal/atomicfile"
)

// state is where a training stands, next to the store's variables. The data's order and every augmentation follow from the
// configuration, epoch and step; the generator of dropout is a variable of the store.
type state struct {
	Data    string  `json:"data"`  // Hash of the training images.
	Epoch   int     `json:"epoch"` // Complete epochs.
	Step    int     `json:"step"`  // Steps taken within the epoch after them.
	Sums    sums    `json:"sums"`  // Of these steps.
	History []Epoch `json:"history"`
	Best    int     `json:"best"` // Epoch of the highest validation accuracy so far, 0 for none.
	// Extra is what a training with a loop of its own keeps beside that; see [Job.Save].
	Extra json.RawMessage `json:"extra,omitempty"`
}

const (
	stateFile = "state.json"
	bestDir   = "best"
)

// saveCheckpoint writes the store and the state as checkpoints/step-… of a run folder and removes the older ones. The folder
// is written under a temporary name, synced and renamed: GoMLX's own handler writes in place, and a kill in the middle
// leaves its newest checkpoint broken. What is inside is GoMLX's format, readable by its gomlx_checkpoints.
func saveCheckpoint(runDir string, store *gomlx.Store, s state, best bool) error {
	dir := filepath.Join(runDir, checkpointsDir)
	name := fmt.Sprintf("step-%06d-%06d", s.Epoch, s.Step)
	if err := writeCheckpoint(filepath.Join(dir, name), store, s); err != nil {
		return fmt.Errorf("saving checkpoint %s: %w", name, err)
	}
	if best {
		if err := replaceTree(filepath.Join(dir, name), filepath.Join(dir, bestDir)); err != nil {
			return fmt.Errorf("saving the best checkpoint: %w", err)
		}
	}
	names, err := listCheckpoints(runDir)
	if err != nil {
		return err
	}
	for _, old := range names {
		if old != name {
			if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeCheckpoint(dir string, store *gomlx.Store, s state) error {
	tmp := dir + ".tmp"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	loader := store.Loader()
	handler, err := checkpoint.Build(store).Dir(tmp).Keep(1).WithCompression(checkpoint.BinUncompressed).Done()
	store.SetLoader(loader) // A handler also makes itself the store's loader; this one only writes.
	if err != nil {
		return err
	}
	if err := handler.Save(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, stateFile), data, 0o644); err != nil {
		return err
	}
	if err := syncTree(tmp); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return err
	}
	return atomicfile.Sync(filepath.Dir(dir))
}

// replaceTree makes dst a hard-linked copy of the flat folder src.
func replaceTree(src, dst string) error {
	tmp := dst + ".tmp"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(src)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Link(filepath.Join(src, e.Name()), filepath.Join(tmp, e.Name())); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(dst); err != nil {
		return err
	}
	if err := os.Rename(tmp, dst); err != nil {
		return err
	}
	return atomicfile.Sync(filepath.Dir(dst))
}

// listCheckpoints returns the names of the complete step checkpoints, oldest first.
func listCheckpoints(runDir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(runDir, checkpointsDir, "step-*", stateFile))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range paths {
		if name := filepath.Base(filepath.Dir(p)); filepath.Ext(name) != ".tmp" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// loadCheckpoint reads all variables of a checkpoint into the store.
func loadCheckpoint(dir string, store *gomlx.Store) (s state, err error) {
	data, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", stateFile, err)
	}
	handler, err := checkpoint.Load(store).Dir(dir).Done()
	if err != nil {
		return s, err
	}
	// The handler sets the variables that exist and would create the others when a graph first asks for them; ask now.
	for _, key := range slices.Sorted(maps.Keys(handler.LoadedVariables())) {
		store.GetVariable(strings.TrimPrefix(key, "var:"))
	}
	return s, nil
}
