// Package album turns photos that are sorted by class into a source of faces, as package ferlab/fer/dataset reads it:
// [Make] finds the face of every photo, crops it, and divides the faces among what is learned from and what is measured
// on.
//
// The photos lie in a folder per class, whatever the classes are called: album/<class>/…/<photo>. Where there are
// folders within the classes, each is a person, and all photos of a person go the same way, whatever their class: a net
// that has seen a person knows the face, not the expression. Instead of such folders the album may hold a table of the
// people, see [PeopleFile].
package album

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/photo"
	"ferlab/internal/folder"
	"ferlab/internal/raster"
)

// Options configures [Make]. The zero value of a field, like nil options, means its default.
type Options struct {
	photo.Options
	// Fraction is the part of the faces of each class, or of the people, that is measured on; default 0.2.
	Fraction float64
	// Split says what is kept together; default [ByPerson] if the person of every photo is known, else [ByFile].
	Split Split
	// Seed chooses the division.
	Seed uint64
	// Progress is told how many of the photos have been read; nil for nobody.
	Progress func(done, total int)
}

// Split says what goes the same way.
type Split string

// Photos go the same way or another each alone, or all of a person together.
const (
	ByFile   Split = "file"
	ByPerson Split = "person"
)

// Photo is a photo and what became of it.
type Photo struct {
	File          string // Slash-separated, from the album's folder.
	Class, Person string // The person is empty if neither a folder nor the table names one.
	Split         fer.Split
	Face          string // The face's file in the source; empty if it was left out.
	Note          string // Why it was left out, or what is to be known of the face.
}

const (
	maxPhotos   = 100_000
	defaultPart = 0.2
)

func (o *Options) defaults() (Options, error) {
	d := Options{}
	if o != nil {
		d = *o
	}
	if d.Fraction == 0 {
		d.Fraction = defaultPart
	}
	if !(d.Fraction > 0 && d.Fraction < 1) {
		return d, fmt.Errorf("the fraction to measure on is %v, want it between 0 and 1", d.Fraction)
	}
	if d.Split != "" && d.Split != ByFile && d.Split != ByPerson {
		return d, fmt.Errorf("the split is by %q, want %s or %s", d.Split, ByFile, ByPerson)
	}
	return d, d.Check()
}

// list returns the photos of an album in the order of their names.
func list(dir string) ([]Photo, error) {
	files, err := folder.Files(os.DirFS(dir), maxPhotos)
	if err != nil {
		return nil, err
	}
	var photos []Photo
	for _, f := range files {
		parts := strings.Split(f.Name, "/")
		if !raster.Named(f.Name) {
			continue
		}
		p := Photo{File: f.Name}
		if f.Err != nil {
			p.Note = f.Err.Error()
		}
		if len(parts) == 1 {
			p.Note = "it lies in no folder of a class"
		} else {
			p.Class = parts[0]
		}
		if len(parts) > 2 {
			p.Person = parts[1]
		}
		photos = append(photos, p)
	}
	if len(photos) == 0 {
		return nil, errors.New("it holds no photos: put some into a folder for each class")
	}
	return photos, people(dir, photos)
}

// Is reports whether a folder is an album: it has a table of people, or folders of photos, and the first photo of one
// of them is not of 48×48 pixels, as the images of a source are. Folders called train or test are a source's.
func Is(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, PeopleFile)); err == nil {
		return true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() || folder.Hidden(e.Name()) {
			continue
		}
		if name := strings.ToLower(e.Name()); strings.HasPrefix(name, "train") || strings.HasPrefix(name, "test") ||
			strings.HasPrefix(name, "fer20") || strings.HasPrefix(name, "publictest") {
			return false
		}
		files, err := folder.Files(os.DirFS(filepath.Join(dir, e.Name())), maxPhotos)
		if err != nil {
			return false
		}
		i := slices.IndexFunc(files, func(f folder.File) bool { return f.Err == nil && raster.Named(f.Name) })
		if i < 0 {
			continue
		}
		img, err := photo.ReadFile(filepath.Join(dir, e.Name(), filepath.FromSlash(files[i].Name)), nil)
		if err == nil {
			return img.Bounds().Dx() != fer.Size || img.Bounds().Dy() != fer.Size
		}
	}
	return false
}

// divide gives every photo with a face its split, by order of a hash, so that another photo changes little. At least
// one of each class goes either way.
func divide(photos []Photo, o Options) error {
	if o.Split == "" {
		o.Split = ByPerson
		if slices.ContainsFunc(photos, func(p Photo) bool { return p.Face != "" && p.Person == "" }) {
			o.Split = ByFile
		}
	}
	classes := classesOf(photos)
	if len(classes) < 2 {
		return fmt.Errorf("faces of %d class were found, want two or more: make a folder for each class", len(classes))
	}
	for _, c := range classes {
		if n := len(c.photos); n < 2 {
			return fmt.Errorf("class %s has one photo with a face, want two or more, one to learn from and one to "+
				"measure on: add photos to it, or remove its folder", c.name)
		}
	}
	if o.Split == ByFile {
		for _, c := range classes {
			shuffle(c.photos, o.Seed, func(p *Photo) string { return p.File })
			measured := o.measured(len(c.photos))
			for i, p := range c.photos {
				p.Split = splitOf(i < measured)
			}
		}
		return nil
	}
	return divideByPerson(photos, classes, o)
}

// measured returns how many of two or more are measured on: at least one, and not all.
func (o *Options) measured(n int) int { return min(max(1, int(o.Fraction*float64(n)+0.5)), n-1) }

func splitOf(measured bool) fer.Split {
	if measured {
		return fer.Validation
	}
	return fer.Train
}

// shuffle orders a list by the hashes of its names.
func shuffle[T any](list []T, seed uint64, name func(T) string) {
	hashes := make(map[string]uint64, len(list))
	for _, e := range list {
		hashes[name(e)] = hash(seed, name(e))
	}
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(hashes[name(a)], hashes[name(b)]) })
}

// attempts bounds the divisions of people that are tried.
const attempts = 1000

// divideByPerson looks for a division of the people that leaves faces of each class either way.
func divideByPerson(photos []Photo, classes []class, o Options) error {
	var people []string
	for _, p := range photos {
		if p.Face != "" {
			if p.Person == "" {
				return fmt.Errorf("%s lies in no person's folder, and no %s names its person: put it into one, or "+
					"divide by file", p.File, PeopleFile)
			}
			people = append(people, p.Person)
		}
	}
	slices.Sort(people)
	people = slices.Compact(people)
	if len(people) < 2 {
		return errors.New("all photos are of one person: divide by file, and expect less of new people")
	}
	for attempt := range uint64(attempts) {
		shuffle(people, o.Seed+attempt, func(name string) string { return name })
		measured := map[string]bool{}
		for _, name := range people[:o.measured(len(people))] {
			measured[name] = true
		}
		for _, c := range classes {
			for _, p := range c.photos {
				p.Split = splitOf(measured[p.Person])
			}
		}
		if !slices.ContainsFunc(classes, func(c class) bool { return !c.bothWays() }) {
			return nil
		}
	}
	return errors.New("no division of the people leaves faces of each class to learn from and to measure on: add " +
		"photos of more people, or divide by file")
}

// class is the photos of a class that have a face.
type class struct {
	name   string
	photos []*Photo
}

func classesOf(photos []Photo) (classes []class) {
	for i := range photos {
		p := &photos[i]
		if p.Face == "" {
			continue
		}
		at, found := slices.BinarySearchFunc(classes, p.Class, func(c class, name string) int {
			return cmp.Compare(c.name, name)
		})
		if !found {
			classes = slices.Insert(classes, at, class{name: p.Class})
		}
		classes[at].photos = append(classes[at].photos, p)
	}
	return classes
}

func (c class) bothWays() bool {
	has := func(s fer.Split) bool {
		return slices.ContainsFunc(c.photos, func(p *Photo) bool { return p.Split == s })
	}
	return has(fer.Train) && has(fer.Validation)
}

// faceName is the name of a photo's face within its class, unlike any other's: a number and the photo's own name.
func faceName(i int, file string) string {
	base := path.Base(file)
	return fmt.Sprintf("%05d-%s.png", i, strings.TrimSuffix(base, path.Ext(base)))
}
