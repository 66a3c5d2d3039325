// Package atomicfile writes files so that whoever reads one sees the old content or the new, never a part, even after a
// crash or on a full disk.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces a file, or makes it, with what write writes: to a temporary name in the same folder, synced and
// renamed. The temporary file is gone if it fails. A link is followed. What exists and is no regular file, such as
// /dev/stdout or a pipe, is written directly. A new file has the mode 0644, an old one keeps its own. Errors name the
// file.
func Write(path string, write func(w io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// WriteBytes is Write of given content.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}

func replace(path string, write func(w io.Writer) error) (err error) {
	mode := fs.FileMode(0o644)
	// Before links are resolved: /dev/stdout links to a name that is no path.
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return direct(path, write)
		}
		mode = info.Mode().Perm()
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

func direct(path string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// Sync makes a file's content, or the names in a folder, durable.
func Sync(path string) error {
	f, err := os.Open(path) // Sync works on a file opened for reading, too.
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
