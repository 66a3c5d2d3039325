package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

// state is where a training stands, next to the store's variables. The data's order and every augmentation follow from
// the configuration, epoch and step; the generator of dropout is a variable of the store.
type state struct {
	Version int     `json:"version"` // Version of the checkpoint's format, see stateVersion.
	Config  *Config `json:"config"`  // The training's configuration; nil before version 1.
	Data    string  `json:"data"`    // Hash of the training images.
	Epoch   int     `json:"epoch"`   // Complete epochs.
	Step    int     `json:"step"`    // Steps taken within the epoch after them.
	Sums    sums    `json:"sums"`    // Sums over these steps.
	History []Epoch `json:"history"`
	Best    int     `json:"best"` // Epoch of the highest validation accuracy so far, 0 for none.
	// Extra is what the learner keeps beside that; see [Learner].
	Extra json.RawMessage `json:"extra,omitempty"`
}

// stateVersion is the version of a checkpoint's format. Version 0 had no checksums.
const stateVersion = 1

func checkpointName(epoch, step int) string { return fmt.Sprintf("step-%06d-%06d", epoch, step) }

func checkpointPath(runDir, name string) string { return filepath.Join(runDir, checkpointsDir, name) }

// saveCheckpoint writes the store and the state as checkpoints/step-… of a run folder and removes the older ones but
// the last and those of the best epochs. The folder is written under a temporary name, synced and renamed: GoMLX's own
// handler writes in place, and a kill in the middle leaves its newest checkpoint broken. What is inside is GoMLX's
// format, readable by its gomlx_checkpoints.
func saveCheckpoint(runDir string, store *gomlx.Store, s state) error {
	s.Version = stateVersion
	name := checkpointName(s.Epoch, s.Step)
	if err := writeCheckpoint(checkpointPath(runDir, name), store, s); err != nil {
		return fmt.Errorf("saving checkpoint %s of %s: %w; once that is mended, start the same training again: it "+
			"goes on from the checkpoint before",
			name, runDir, err)
	}
	names, err := listCheckpoints(runDir)
	if err != nil {
		return err
	}
	keep := map[string]bool{name: true}
	keepBest := func(best int) {
		if best > 0 {
			keep[checkpointName(best, 0)] = true
		}
	}
	keepBest(s.Best)
	if i := slices.Index(names, name); i > 0 {
		keep[names[i-1]] = true
		if before, err := readState(checkpointPath(runDir, names[i-1])); err == nil {
			keepBest(before.Best)
		}
	}
	for _, old := range names {
		if !keep[old] {
			if err := os.RemoveAll(checkpointPath(runDir, old)); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete checks that GoMLX's checkpoint in a folder holds so many variables: v0.28.2 leaves out, without an error, a
// variable that it can't write, as when the disk is full.
func complete(dir string, variables int) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) != 1 {
		return errors.Join(err, fmt.Errorf("%d descriptions of variables, want 1", len(paths)))
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		return err
	}
	var written struct{ Variables []json.RawMessage }
	if err := json.Unmarshal(data, &written); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(paths[0]), err)
	}
	if n := len(written.Variables); n != variables {
		return fmt.Errorf("only %d of %d variables could be written: is the disk full?", n, variables)
	}
	return nil
}

func writeCheckpoint(dir string, store *gomlx.Store, s state) error {
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(filepath.Join(dir, stateFile)); err == nil && bytes.Equal(old, data) &&
		verifySums(dir) == nil {
		return nil // Interrupted again before its first step.
	}
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
	if err := complete(tmp, store.NumVariables()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, stateFile), data, 0o644); err != nil {
		return err
	}
	if err := writeSums(tmp); err != nil {
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

// resume reads the newest checkpoint into the store and checks that it belongs to the training. Damaged ones it sets
// aside, with a line to warn, and takes the one before: what was trained since is trained again, to the same bits. ok
// is false if there are none.
func resume(runDir string, config Config, data string, store *gomlx.Store, warn func(string)) (s state, ok bool,
	err error) {
	names, err := listCheckpoints(runDir)
	if err != nil || len(names) == 0 {
		return s, false, err
	}
	const remedy = "replace the run to train it anew, or give another folder"
	var broken error
	for _, name := range slices.Backward(names) {
		dir := checkpointPath(runDir, name)
		s, err := readState(dir)
		if err == nil {
			switch {
			case s.Version > stateVersion:
				return s, false, fmt.Errorf("checkpoint %s of %s has the format %d, and this program knows up to "+
					"%d: resume it with the newer program, or %s",
					name, runDir, s.Version, stateVersion, remedy)
			case s.Config != nil && s.Config.differences(config) != "":
				return s, false, fmt.Errorf("checkpoint %s of %s is of another configuration (%s): %s", name, runDir,
					s.Config.differences(config), remedy)
			case s.Data != data:
				return s, false, fmt.Errorf("%s was begun on other training images than %s has now: resume it on "+
					"the same ones, or give another folder", runDir, config.Source)
			}
			if err := loadVariables(dir, store); err != nil {
				return s, false, fmt.Errorf("checkpoint %s of %s: %w; %s", name, runDir, err, remedy)
			}
			return s, true, nil
		}
		broken = fmt.Errorf("checkpoint %s of %s: %w", name, runDir, err)
		aside := checkpointPath(runDir, "damaged-"+name)
		if err := errors.Join(os.RemoveAll(aside), os.Rename(dir, aside)); err != nil {
			return s, false, errors.Join(broken, err)
		}
		warn(fmt.Sprintf("%v; it is set aside as %s, the one before is taken", broken, filepath.Base(aside)))
	}
	return s, false, fmt.Errorf("%w, and no other is left: %s", broken, remedy)
}

// readState reads a checkpoint's state and checks all its files.
func readState(dir string) (s state, err error) {
	data, err := readFile(os.DirFS(dir), stateFile)
	if err != nil {
		return s, err
	}
	if err := verifySums(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, err
	} else if err != nil && bytes.Contains(data, []byte(`"version"`)) {
		return s, fmt.Errorf("its checksums are incomplete: %w", err)
	}
	if err := s.decode(data); err != nil {
		return s, fmt.Errorf("%s is damaged: %w", stateFile, err)
	}
	if s.Epoch != len(s.History) || s.Step < 0 || s.Best < 0 || s.Best > s.Epoch {
		return s, fmt.Errorf("%s is damaged: %d epochs in its history, %d done, the best being %d, then %d steps",
			stateFile, len(s.History), s.Epoch, s.Best, s.Step)
	}
	return s, nil
}

// decode reads a state; its configuration may be of any version.
func (s *state) decode(data []byte) error {
	if err := json.Unmarshal(data, s); err != nil || s.Config == nil {
		return err
	}
	var raw struct{ Config json.RawMessage }
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	s.Config = new(Config)
	return s.Config.decode(raw.Config)
}

// loadCheckpoint reads a checkpoint's state and all its variables into the store.
func loadCheckpoint(dir string, store *gomlx.Store) (s state, err error) {
	if s, err = readState(dir); err != nil {
		return s, err
	}
	return s, loadVariables(dir, store)
}

func loadVariables(dir string, store *gomlx.Store) error {
	handler, err := checkpoint.Load(store).Dir(dir).Done()
	if err != nil {
		return err
	}
	// The handler sets the variables that exist and would create the others when a graph first asks for them; ask now.
	for _, key := range slices.Sorted(maps.Keys(handler.LoadedVariables())) {
		store.GetVariable(strings.TrimPrefix(key, "var:"))
	}
	return nil
}
