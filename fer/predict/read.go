package predict

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ferlab/fer/dataset"
	"ferlab/fer/explain"
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

// Options say how to find faces, and what to ask of them. The zero value of a field, like nil options, means its
// default.
type Options struct {
	photo.Options
	Warn func(note string) // Is told what was passed over; nil for nobody.
	// Rate is how many frames a second are read of a video; default [DefaultRate]. If it is set, a folder of pictures
	// is a film, too, of so many a second.
	Rate float64
	// Views are what [Faces] averages over (see [dataset.TTA]), and Explain is how it makes a map of each face; none if
	// nil.
	Views   []dataset.View
	Explain explain.Method
}

// Check returns an error for options that nothing can be done with.
func (o *Options) Check() error {
	if !(o.Rate >= 0 && o.Rate <= maxRate) {
		return fmt.Errorf("the rate is %v frames a second, want at most %d, or 0 for the default", o.Rate, maxRate)
	}
	return o.Options.Check()
}

// Row is a face to predict, or a file without one and why.
type Row struct {
	File string
	Face photo.Face // Without Image if there is none.
	Note string
	Film bool    // Whether it is a film's.
	Time float64 // Its frame's in the film, in seconds.
}

// Failed reports whether the file couldn't be read.
func (r Row) Failed() bool { return r.Face.Image == nil && r.Note != noFace }

// maxFiles bounds the files of a folder.
const maxFiles = 1_000_000

// Read returns the faces of a photo, of the photos in a folder or zip, of a video, or of a source of FER2013. What
// can't be read is a row that says why. The options may be nil.
func Read(path string, options *Options) []Row {
	if options == nil {
		options = &Options{}
	}
	rows, err := readAny(path, options)
	if err != nil {
		rows = append(rows, Row{File: path, Note: strings.TrimPrefix(err.Error(), path+": ")})
	}
	return rows
}

func readAny(path string, options *Options) ([]Row, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		files, err := folder.Files(os.DirFS(path), maxFiles)
		if err != nil {
			return nil, err
		}
		if options.Rate > 0 {
			if rows := readSequence(path, files, options); rows != nil {
				return rows, nil
			}
			return nil, errors.New("the folder has no pictures: a film is a folder of frames")
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
	case IsFilm(path): // Its content may begin as that of a picture.
		return readVideo(path, options)
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
func readZip(path string, f io.ReaderAt, size int64, options *Options) ([]Row, error) {
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

// readItems reads the pictures among the files of a folder or zip; found says whether there is any. It warns of the
// others.
func readItems(path string, items []item, options *Options) (rows []Row, found bool) {
	others := 0
	for _, it := range items {
		more, err := readItem(it, options)
		switch {
		case err != nil:
			rows = append(rows, Row{File: it.name, Note: err.Error()})
		case more == nil:
			others++
		default:
			rows, found = append(rows, more...), true
		}
	}
	if found && others > 0 && options.Warn != nil {
		options.Warn(fmt.Sprintf("%s: passed over %d files that are no pictures", path, others))
	}
	return rows, found
}

// readItem returns no row for a file that is no picture, neither by its content nor by its name.
func readItem(it item, options *Options) ([]Row, error) {
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
func readPhoto(name string, r io.Reader, options *Options) []Row {
	img, err := photo.Decode(r, &options.Options)
	if err != nil {
		return []Row{{File: name, Note: err.Error()}}
	}
	return facesIn(name, img, options)
}

// facesIn returns the faces of a picture, or a row that says that there is none.
func facesIn(name string, img image.Image, options *Options) []Row {
	faces, err := photo.Detect(img, &options.Options)
	if err != nil {
		return []Row{{File: name, Note: err.Error()}}
	}
	if len(faces) == 0 {
		return []Row{{File: name, Note: noFace}}
	}
	rows := make([]Row, len(faces))
	for i, f := range faces {
		rows[i] = Row{File: name, Face: f}
		if f.Unfound {
			rows[i].Note = unfound
		}
	}
	return rows
}

// readSource returns the faces of a source of FER2013, and a row for each of its bad entries.
func readSource(path string) ([]Row, error) {
	d, err := dataset.Open(path, &dataset.Options{SkipBad: true, AnyClasses: true})
	if err != nil {
		return nil, err
	}
	return sourceRows(path, d), nil
}

func sourceRows(path string, d *dataset.Dataset) []Row {
	rows := make([]Row, d.Len(), d.Len()+len(d.Bad))
	for i, e := range d.Examples {
		rows[i] = Row{File: e.ID, Face: photo.Face{Image: e.Image, Box: e.Image.Bounds()}}
	}
	for _, b := range d.Bad {
		rows = append(rows, Row{File: path, Note: strings.TrimPrefix(b.String(), path+": ")})
	}
	return rows
}
