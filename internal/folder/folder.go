// Package folder lists the files of a folder and of the folders in it, those that links lead to among them.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// maxDepth bounds how deep folders lie in each other.
const maxDepth = 100

// File is what a folder holds that is no folder.
type File struct {
	Name string // Slash-separated, from the folder's root.
	Size int64
	Err  error // Why it can't be read, if so: a link to nowhere, no regular file, a folder that can't be listed.
}

// Files returns at most limit files, or else an error, in the order of their names in each folder. Links are followed,
// but not one to a folder that holds it. What is hidden is left out: see [Hidden].
func Files(fsys fs.FS, limit int) (files []File, err error) {
	var list func(dir string, above []fs.FileInfo) error
	visit := func(name string, above []fs.FileInfo) error {
		info, err := fs.Stat(fsys, name)
		f := File{Name: name, Err: err}
		switch {
		case err != nil:
		case info.IsDir() && slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }):
			f.Err = errors.New("a link to a folder that holds it")
		case info.IsDir() && len(above) == maxDepth:
			f.Err = fmt.Errorf("more than %d folders in each other", maxDepth)
		case info.IsDir():
			if f.Err = list(name, append(above, info)); f.Err == nil || len(files) == limit {
				return f.Err
			}
		case !info.Mode().IsRegular():
			f.Err = errors.New("not a regular file")
		default:
			f.Size = info.Size()
		}
		if len(files) == limit {
			return fmt.Errorf("more than %d files", limit)
		}
		files = append(files, f)
		return nil
	}
	list = func(dir string, above []fs.FileInfo) error {
		entries, err := fs.ReadDir(fsys, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if Hidden(e.Name()) {
				continue
			}
			if err := visit(path.Join(dir, e.Name()), above); err != nil {
				return err
			}
		}
		return nil
	}
	root, err := fs.Stat(fsys, ".")
	if err == nil {
		err = list(".", []fs.FileInfo{root})
	}
	return files, err
}

// Hidden reports whether any part of a slash-separated path is of the sort that systems leave beside data: its name
// begins with a dot, as that of .ipynb_checkpoints, or is __MACOSX.
func Hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}
