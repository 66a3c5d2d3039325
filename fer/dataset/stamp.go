package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ferlab/fer/synth"
)

// IsFile says that a source is a file or folder, not the built-in faces.
func IsFile(source string) bool {
	return source != "" && source != syntheticName && !strings.HasPrefix(source, syntheticName+":")
}

// Stamp returns a text that tells, without reading a source, whether it has changed on this machine: it is made from
// the path, size and time of change of every file, and for the built-in faces from some of them. It returns an error if
// the source can't be looked at.
func Stamp(source string) (string, error) {
	digest := sha256.New()
	if !IsFile(source) {
		fmt.Fprintln(digest, source)
		for _, face := range synth.Faces(1, 7) {
			digest.Write(face.Image[:])
		}
		return hex.EncodeToString(digest.Sum(nil)), nil
	}
	path, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	err = filepath.WalkDir(path, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		fmt.Fprintln(digest, p, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return hex.EncodeToString(digest.Sum(nil)), err
}
