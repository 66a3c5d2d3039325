package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ferlab/fer"
	"ferlab/internal/bounded"
)

// Options configures [Open]. The zero value, like nil, asks for the defaults.
type Options struct {
	// SkipBad leaves bad entries out and lists them in [Dataset].Bad. By default the first is an error.
	SkipBad bool
	// AnyClasses lets the training split lack classes, which is an error else: for faces to predict, not to train on.
	AnyClasses bool
	// Progress, if set, is told now and then how much of the source has been read, in its own units (faces, or the
	// bytes of a CSV file); the last call of a file has done equal to total. Calls come from any goroutine, one at a
	// time.
	Progress func(done, total int)
	// Synthetic configures the built-in faces.
	Synthetic SyntheticOptions
	// Exclude, if set, is the path of a CSV file whose column "id" lists the IDs of examples to leave out.
	Exclude string
}

// BadEntry is a part of a source that can't be used: an image, a row, or a whole class that is missing.
type BadEntry struct {
	File  string // the zip, folder or CSV file, as named to [Open]
	Entry string // the entry of a zip or folder, or the ID; empty for a single CSV file
	Row   int    // the row of a CSV file, 1 for the first after the header; 0 if it is about no row
	Err   error  // what is wrong, and what was expected
}

// String returns the file, entry, row and error in one line.
func (b BadEntry) String() string { return b.place() + ": " + oneLine(b.Err.Error()) }

func (b BadEntry) place() string {
	place := oneLine(b.File)
	if b.Entry != "" {
		place += ": " + oneLine(b.Entry)
	}
	if b.Row > 0 {
		place += ": row " + strconv.Itoa(b.Row)
	}
	return place
}

// oneLine quotes a string that would break a line or a terminal.
func oneLine(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// maxFaces bounds the faces, rows or files of a source; a face takes 2,304 bytes.
const maxFaces = 1_000_000

const sources = `want "synthetic", a zip or folder of train/<class>/* and test/<class>/*, ` +
	`or a CSV file with the columns ` + headers + `; photos of your own lie in a folder for each class`

// Open reads a source of faces. The path is "" or "synthetic" for the built-in faces, perhaps with settings as in
// "synthetic:train=700,test=140,seed=2" (see [SyntheticOptions]), or it names a zip, a folder or a CSV file; a file
// that is really called so can be given as "./synthetic".
//
// Images must be grey and 48×48, in JPEG, PNG, WebP, GIF, BMP or TIFF; see [fer.FromImage] for 16 bits and
// transparency. Their ID is the path from the split's folder on ("train/angry/Training_118.jpg"), or else from the
// class's, whatever folders surround it.
//
// Their split is that of the folder, which may have any usual name in any letter case: train or Training; val, valid,
// validation or dev; test; PublicTest or public; PrivateTest or private; with or without FER2013 before it and set
// after it. Kaggle's folder test holds both test sets, told by the names PublicTest_… and PrivateTest_…; so are images
// that lie in no split's folder. If none says a split, all are [fer.Train]; if some do, an image whose split nothing
// says is an error that names its folder.
//
// Their class is that of a folder below the split's: one with an emotion's name, or else one with its number 0 … 6. If
// folders right below the training split's have other names, all their names are the classes, sorted, see
// [Dataset].Classes; other splits must have the same. Without splits the classes are the first folders below those that
// all images share. Folders that name two classes, or two splits, are an error. Images that lie in a split's folder
// beside FER+'s label.csv have votes instead: they are [fer.Unlabelled], take Options.AnyClasses, and package fer/votes
// labels them.
//
// The ID of a CSV row is "fer2013.csv:row", counted from 1, or its own id in the course's test.csv. The split of a row
// is that of its Usage, or else [fer.Train] if it has a label; one without either is [fer.Unlabelled] and [fer.Test]. A
// folder or zip with images is read as images even if it holds CSV files too.
//
// Whatever can't be used is one error that names the file, the entry or row, and what was expected; see
// Options.SkipBad. So is a class without any example in a training split, see Options.AnyClasses. Stray files
// (.DS_Store, Thumbs.db, README …) are ignored. What is read is bounded: an image of more than 1 MiB or not of 48×48, a
// CSV line of more than 64 KiB, and a zip of more than 4 GiB or with a directory of more than 32 MiB are refused before
// they are decoded; a source has at most a million faces. The images beyond 65,536 lie in a temporary file, from which
// the system reads them as they are used: a source may be larger than memory.
func Open(path string, opts *Options) (*Dataset, error) {
	if opts == nil {
		opts = &Options{}
	}
	if path == "" {
		path = syntheticName
	}
	r := &reader{file: path, opts: opts}
	var err error
	switch {
	case path == syntheticName, strings.HasPrefix(path, syntheticName+":"):
		err = r.synthetic(path)
	default:
		err = r.path(path)
	}
	if err == nil && opts.Exclude != "" {
		err = r.exclude(opts.Exclude)
	}
	if err == nil {
		r.file = path
		err = r.checkClasses()
	}
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return &r.d, nil
}

// Name returns the [Dataset].Name that [Open] gives a source, without reading it.
func Name(path string) string {
	if path == "" || path == syntheticName || strings.HasPrefix(path, syntheticName+":") {
		return syntheticName
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return filepath.Base(path)
}

// reader gathers one data set.
type reader struct {
	d      Dataset
	file   string // as named by the caller
	opts   *Options
	images store
	// onlyClasses ends the reading once the classes are known.
	onlyClasses bool
}

// reject lists a bad entry, or returns it as an error if it is not to be skipped.
func (r *reader) reject(entry string, row int, err error) error {
	b := BadEntry{File: r.file, Entry: entry, Row: row, Err: err}
	if r.opts.SkipBad {
		r.d.Bad = append(r.d.Bad, b)
		return nil
	}
	return fmt.Errorf("%s: %w (mend the source, or leave out what is bad: -skip-bad, in Go SkipBad)", b.place(), err)
}

func (r *reader) progress(done, total int) {
	if r.opts.Progress != nil {
		r.opts.Progress(done, total)
	}
}

// path reads a zip, a folder or a CSV file.
func (r *reader) path(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w; %s", err, sources)
	}
	r.d.Name = Name(path)
	if info.IsDir() {
		r.d.Kind = Folder
		entries, err := listFolder(os.DirFS(path))
		if err != nil {
			return fmt.Errorf("%s: %w", oneLine(path), err)
		}
		return r.tree(entries)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file; %s", path, sources)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return r.regular(f, info.Size())
}

// regular reads a file that is a zip or a CSV file.
func (r *reader) regular(f io.ReaderAt, size int64) error {
	if size == 0 {
		return fmt.Errorf("%s is empty; %s", r.file, sources)
	}
	var magic [4]byte
	if _, err := f.ReadAt(magic[:], 0); err != nil && err != io.EOF {
		return err
	}
	if string(magic[:2]) != "PK" {
		r.d.Kind = CSV
		if r.onlyClasses {
			return nil
		}
		return r.csv("", io.NewSectionReader(f, 0, size), size)
	}
	r.d.Kind = Zip
	archive, err := bounded.OpenZip(f, size)
	if errors.Is(err, bounded.ErrLarge) {
		return fmt.Errorf("%s: %w", oneLine(r.file), err)
	}
	if err != nil {
		return fmt.Errorf("%s starts as a zip but has no readable directory at its end (%w): it is truncated or "+
			"damaged, fetch it again", r.file, err)
	}
	return r.tree(listZip(archive))
}

// checkClasses rejects a training split that lacks a class, and a source without any face.
func (r *reader) checkClasses() error {
	if r.d.Len() == 0 {
		return fmt.Errorf("%s: no usable face is in it (%d bad entries); %s", r.file, len(r.d.Bad), sources)
	}
	if r.d.Kind == Synthetic || r.opts.AnyClasses || !r.d.Has(fer.Train) {
		return nil
	}
	counts := r.d.Split(fer.Train).Counts()
	if slices.Max(counts) == 0 {
		return fmt.Errorf("%s: its training images have votes and no labels: make labels of the votes (package "+
			"fer/votes)", r.file)
	}
	for class, n := range counts {
		if n > 0 {
			continue
		}
		err := fmt.Errorf("no training example of this class, want some of all %s", number(len(counts)))
		if err := r.reject("class "+r.d.Classes.Name(fer.Class(class)), 0, err); err != nil {
			return err
		}
	}
	if r.d.Classes.Equal(fer.Emotions) {
		return nil // Parts of FER2013 have been tested on without some emotion all along.
	}
	for _, s := range r.d.SplitSizes() {
		for class, n := range r.d.Split(s.Split).Counts() {
			if n > 0 {
				continue
			}
			name := r.d.Classes.Name(fer.Class(class))
			err := fmt.Errorf("it has no image of the class %s, which the training split has: both want the same "+
				"classes", oneLine(name))
			if err := r.reject(fmt.Sprintf("folder %s", s.Split), 0, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// number writes seven as the word, and other numbers as digits.
func number(n int) string {
	if n == fer.NumEmotions {
		return "seven"
	}
	return strconv.Itoa(n)
}
