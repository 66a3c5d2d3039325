package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/internal/folder"
	"ferlab/internal/raster"
)

// maxImageBytes bounds a compressed image; those of FER2013 have at most 2.4 KB.
const maxImageBytes = 1 << 20

// entry is a file of a zip or a folder.
type entry struct {
	name string // slash-separated, from the root
	size int64
	open func() (io.ReadCloser, error)
	err  error // why it can't be used, if so
}

// listZip returns the files of an archive that are not stray.
func listZip(archive *zip.Reader) (entries []entry) {
	for _, f := range archive.File {
		e := entry{name: f.Name, size: int64(min(f.UncompressedSize64, 1<<62)), open: f.Open}
		switch {
		case strings.HasSuffix(f.Name, "/"):
			continue
		case !fs.ValidPath(f.Name) || strings.Contains(f.Name, `\`):
			e.err = errors.New("the name is not a plain relative path with slashes")
		case stray(f.Name):
			continue
		case !f.Mode().IsRegular():
			e.err = errors.New("not a regular file")
		}
		entries = append(entries, e)
	}
	return entries
}

// listFolder returns the files of a folder and its sub-folders that are not stray; links are followed.
func listFolder(fsys fs.FS) (entries []entry, err error) {
	files, err := folder.Files(fsys, maxFaces)
	for _, f := range files {
		if !stray(f.Name) {
			open := func() (io.ReadCloser, error) { return fsys.Open(f.Name) }
			entries = append(entries, entry{name: f.Name, size: f.Size, open: open, err: f.Err})
		}
	}
	return entries, err
}

// stray reports whether a file is of the sort that systems and authors leave beside data.
func stray(name string) bool {
	base := strings.ToLower(path.Base(name))
	return folder.Hidden(name) || base == "thumbs.db" || base == "desktop.ini" || strings.HasPrefix(base, "readme") ||
		strings.HasPrefix(base, "license")
}

// tree reads the entries of a zip or folder: as images if any lies in a class's folder, or else as CSV files.
func (r *reader) tree(entries []entry) error {
	var faces []face
	var others []entry
	layout, err := layoutOf(entries)
	if err != nil {
		return fmt.Errorf("%s: %w", oneLine(r.file), err)
	}
	r.d.Classes = layout.classes
	if r.onlyClasses {
		return nil
	}
	voted := votedFolders(entries)
	for _, e := range entries {
		if e.err != nil {
			if err := r.reject(e.name, 0, e.err); err != nil {
				return err
			}
		} else if f, ok, err := layout.locate(e); err != nil {
			if err := r.reject(e.name, 0, err); err != nil {
				return err
			}
		} else if ok {
			faces = append(faces, f)
		} else if split, ok := voted[path.Dir(e.name)]; ok && raster.Named(e.name) {
			id := path.Join(path.Base(path.Dir(e.name)), path.Base(e.name))
			faces = append(faces, face{entry: e, id: id, label: fer.Unlabelled, split: split})
		} else {
			others = append(others, e)
		}
	}
	if len(faces) == 0 {
		return r.csvs(others)
	}
	placed := faces[:0]
	for i, err := range lost(faces) {
		if err == nil {
			placed = append(placed, faces[i])
		} else if err := r.reject(faces[i].name, 0, err); err != nil {
			return err
		}
	}
	if faces, err = r.strangers(placed); err != nil {
		return err
	}
	for _, e := range others {
		if e.isPicture() {
			err := fmt.Errorf("image lies in no class's folder, want …/<class>/… with a class of %s",
				layout.classes)
			if err := r.reject(e.name, 0, err); err != nil {
				return err
			}
		}
	}
	return r.faces(faces)
}

// faces decodes the images in parallel and appends them in the order of their IDs.
func (r *reader) faces(faces []face) error {
	slices.SortStableFunc(faces, func(a, b face) int { return strings.Compare(a.id, b.id) })
	images := make([]*fer.Image, len(faces))
	errs := parallel(len(faces), !r.opts.SkipBad, r.progress, func(i int) (err error) {
		if i > 0 && faces[i].id == faces[i-1].id {
			return fmt.Errorf("a second image with the ID %q", faces[i].id)
		}
		if images[i], err = readImage(faces[i].entry); err != nil {
			return err
		}
		images[i], err = r.images.keep(images[i])
		return err
	})
	if r.images.err != nil {
		return r.images.err
	}
	r.d.Examples = make([]fer.Example, 0, len(faces))
	for i, f := range faces {
		if errs[i] != nil {
			if err := r.reject(f.name, 0, errs[i]); err != nil {
				return err
			}
			continue
		}
		r.d.Examples = append(r.d.Examples, fer.Example{ID: f.id, Image: images[i], Label: f.label, Split: f.split})
	}
	return nil
}

// isPicture reports whether an entry is a picture by its name or its content.
func (e entry) isPicture() bool {
	if raster.Named(e.name) {
		return true
	}
	f, err := e.open()
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, raster.HeadBytes)
	n, _ := io.ReadFull(f, head)
	return raster.Is(head[:n])
}

// readImage reads and decodes an entry of bounded size.
func readImage(e entry) (*fer.Image, error) {
	if e.size > maxImageBytes {
		return nil, fmt.Errorf("image has %d bytes, want at most %d", e.size, maxImageBytes)
	}
	f, err := e.open()
	if err != nil {
		return nil, fmt.Errorf("can't be opened: %w", err)
	}
	defer f.Close()
	var data bytes.Buffer
	data.Grow(int(e.size) + bytes.MinRead) // room for ReadFrom to see the end
	if _, err := data.ReadFrom(io.LimitReader(f, maxImageBytes+1)); err != nil {
		return nil, fmt.Errorf("can't be read: %w", err)
	}
	if data.Len() > maxImageBytes {
		return nil, fmt.Errorf("image has more than %d bytes", maxImageBytes)
	}
	return decode(data.Bytes())
}

// decode turns a picture into a face, as [fer.FromImage] does. It looks at the size first, since a small file may
// declare a huge image.
func decode(data []byte) (*fer.Image, error) {
	m, err := raster.Decode(data, func(width, height int) error {
		if width != fer.Size || height != fer.Size {
			return fmt.Errorf("image is %d×%d, want %d×%d", width, height, fer.Size, fer.Size)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fer.FromImage(m)
}
