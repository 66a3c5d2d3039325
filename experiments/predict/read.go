package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"ferlab/fer/dataset"
	"ferlab/fer/photo"
	"ferlab/internal/bounded"
	"ferlab/internal/folder"
	"ferlab/internal/raster"
)

// Notes of rows; any other is about a file that can't be read.
const (
	noFace  = "no face found"
	unfound = "no face found: the whole square grey picture is read as one"
)

// maxFiles bounds the files of a folder.
const maxFiles = 1_000_000

// read returns the faces of a photo, of the photos in a folder or zip, or of a source of FER2013. What can't be read is
// a row that says why.
func read(path string, options *photo.Options) []row {
	rows, err := readAny(path, options)
	if err != nil {
		rows = append(rows, row{file: path, note: strings.TrimPrefix(err.Error(), path+": ")})
	}
	return rows
}

func readAny(path string, options *photo.Options) ([]row, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		files, err := folder.Files(os.DirFS(path), maxFiles)
		if err != nil {
			return nil, err
		}
		items := make([]item, len(files))
		for i, f := range files {
			name := filepath.Join(path, filepath.FromSlash(f.Name))
			items[i] = item{name, func() (io.ReadCloser, error) { return os.Open(name) }, f.Err}
		}
		rows, found := readItems(path, items, options)
		if !found {
			return readSource(path)
		}
		return rows, nil
	case !info.Mode().IsRegular():
		return nil, errors.New("it is neither a file nor a folder")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, raster.HeadBytes)
	n, _ := f.ReadAt(head, 0)
	switch head = head[:n]; {
	case raster.Is(head):
		return readPhoto(path, f, options), nil
	case strings.HasPrefix(string(head), "PK"):
		return readZip(path, f, info.Size(), options)
	case raster.Named(path):
		return readPhoto(path, f, options), nil // Which says what is wrong.
	}
	return readSource(path)
}

// readZip reads a zip as a source of FER2013 if it is one, and else as one of photos.
func readZip(path string, f io.ReaderAt, size int64, options *photo.Options) ([]row, error) {
	d, noSource := dataset.Open(path, &dataset.Options{AnyClasses: true})
	if noSource == nil {
		return sourceRows(path, d), nil
	}
	archive, err := bounded.OpenZip(f, size)
	if err != nil {
		return nil, fmt.Errorf("damaged zip: %w", err)
	}
	var items []item
	for _, e := range archive.File {
		if !e.FileInfo().IsDir() && !folder.Hidden(e.Name) {
			items = append(items, item{path + "/" + e.Name, openEntry(e), nil})
		}
	}
	rows, found := readItems(path, items, options)
	if !found {
		return readSource(path)
	}
	return rows, nil
}

func openEntry(e *zip.File) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return e.Open() }
}

// item is a file of a folder or zip.
type item struct {
	name string
	open func() (io.ReadCloser, error)
	err  error // Why it can't be opened, if that is known.
}

// readItems reads the pictures among the files of a folder or zip; found says whether there is any. It tells how many
// others there are.
func readItems(path string, items []item, options *photo.Options) (rows []row, found bool) {
	others := 0
	for _, it := range items {
		more, err := readItem(it, options)
		switch {
		case err != nil:
			rows = append(rows, row{file: it.name, note: err.Error()})
		case more == nil:
			others++
		default:
			rows, found = append(rows, more...), true
		}
	}
	if found && others > 0 {
		log.Printf("%s: passed over %d files that are no pictures", path, others)
	}
	return rows, found
}

// readItem returns no row for a file that is no picture, neither by its content nor by its name.
func readItem(it item, options *photo.Options) ([]row, error) {
	if it.err != nil {
		return nil, it.err
	}
	f, err := it.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	head, err := r.Peek(raster.HeadBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if !raster.Is(head) && !raster.Named(it.name) {
		return nil, nil
	}
	return readPhoto(it.name, r, options), nil
}

// readPhoto returns the faces of a photo, or a row that says why there is none.
func readPhoto(name string, r io.Reader, options *photo.Options) []row {
	img, err := photo.Decode(r, options)
	if err != nil {
		return []row{{file: name, note: err.Error()}}
	}
	faces, err := photo.Find(img, options)
	if err != nil {
		return []row{{file: name, note: err.Error()}}
	}
	if len(faces) == 0 {
		return []row{{file: name, note: noFace}}
	}
	rows := make([]row, len(faces))
	for i, f := range faces {
		rows[i] = row{file: name, face: f}
		if f.Unfound {
			rows[i].note = unfound
		}
	}
	return rows
}

// readSource returns the faces of a source of FER2013, and a row for each of its bad entries.
func readSource(path string) ([]row, error) {
	d, err := dataset.Open(path, &dataset.Options{SkipBad: true, AnyClasses: true})
	if err != nil {
		return nil, err
	}
	return sourceRows(path, d), nil
}

func sourceRows(path string, d *dataset.Dataset) []row {
	rows := make([]row, d.Len(), d.Len()+len(d.Bad))
	for i, e := range d.Examples {
		rows[i] = row{file: e.ID, face: photo.Face{Image: e.Image, Box: e.Image.Bounds()}}
	}
	for _, b := range d.Bad {
		rows = append(rows, row{file: path, note: strings.TrimPrefix(b.String(), path+": ")})
	}
	return rows
}
