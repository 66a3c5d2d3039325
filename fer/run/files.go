package run

import (
	"io/fs"
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
	checkpointsDir  = "checkpoints"
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
