package run

import (
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
