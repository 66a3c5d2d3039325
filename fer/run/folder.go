package run

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ferlab/internal/atomicfile"
)

// The files of a run folder.
const (
	configFile      = "config.json"
	historyFile     = "history.csv"
	predictionsFile = "predictions.csv"
	weightsFile     = "weights.safetensors"
	recordFile      = "run.json"
	timesFile       = "times.csv"
	lockFile        = "lock"
	checkpointsDir  = "checkpoints"
	// In a checkpoint.
	stateFile = "state.json"
	sumsFile  = "SHA256SUMS"
)

// syncTree makes a folder's files and names durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return atomicfile.Sync(path)
	})
}

// removeTemporary removes what a killed training was writing: temporary files of the run and unfinished checkpoints.
func removeTemporary(dir string) error {
	for _, pattern := range []string{".*.tmp", checkpointsDir + "/*.tmp"} {
		paths, err := fs.Glob(os.DirFS(dir), pattern) // Not filepath's: the folder's own name may hold a *.
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepare locks the folder and makes it ready. There is no lock, and no error, if it holds this very run, done.
func prepare(dir string, config Config, options *Options) (lock *folderLock, err error) {
	if err := os.MkdirAll(filepath.Join(dir, checkpointsDir), 0o755); err != nil {
		return nil, fmt.Errorf("making the run's folder: %w; give a folder that can be written", err)
	}
	held, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if lock == nil {
			held.release()
		}
	}()
	if options.Replace {
		// The record first: without it the run is not complete, whatever is left of it.
		for _, name := range []string{recordFile, checkpointsDir, historyFile, timesFile, predictionsFile, weightsFile,
			stampFile, configFile} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(filepath.Join(dir, checkpointsDir), 0o755); err != nil {
			return nil, err
		}
	}
	if err := removeTemporary(dir); err != nil {
		return nil, err
	}
	if !exists(dir, configFile) {
		if err := writeJSON(filepath.Join(dir, configFile), config); err != nil {
			return nil, err
		}
		return held, nil
	}
	complete, err := holds(dir, config)
	if err != nil || complete { // Another process was quicker.
		return nil, err
	}
	return held, nil
}

// holds says that a folder holds a run of the configuration, done. A run of another one is an error.
func holds(dir string, config Config) (complete bool, err error) {
	data, err := readFile(os.DirFS(dir), configFile)
	if err != nil {
		return false, err
	}
	var old Config
	if err := old.Read(bytes.NewReader(data)); err != nil {
		return false, fmt.Errorf("%s of %s: %w; replace the run to train it anew, or give another folder", configFile,
			dir, err)
	}
	if differs := old.differences(config); differs != "" {
		return false, fmt.Errorf("%s holds a run of another configuration (%s): give another folder, or ask to "+
			"replace it", dir, differs)
	}
	return exists(dir, recordFile), nil
}

func exists(elem ...string) bool {
	_, err := os.Stat(filepath.Join(elem...))
	return err == nil
}
