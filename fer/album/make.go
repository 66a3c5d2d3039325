package album

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/photo"
	"ferlab/internal/atomicfile"
)

// Album is what became of an album's photos.
type Album struct {
	Source string  // The folder of faces: train/<class>/* and validation/<class>/*.
	Photos []Photo // In the order of their names.
}

// recordFile says in a source what it was made of and how; its name keeps it from those who read the source.
const recordFile = ".album.json"

type record struct {
	Made   string // A hash of the photos' names, people, sizes and times, and of the options.
	Photos []Photo
}

// Make finds, crops and divides the faces of an album and writes them as a source, unless that has been done before
// with the same photos and options. Of a photo with several faces it takes the largest. A photo without a face, one
// that can't be read, and one whose face another has are left out; see [Album.Table]. It is an error if the source's
// folder holds anything else.
func Make(dir, source string, o *Options) (*Album, error) {
	options, err := o.defaults()
	if err != nil {
		return nil, err
	}
	photos, err := list(dir)
	if err != nil {
		return nil, fmt.Errorf("album %s: %w", dir, err)
	}
	made, err := fingerprint(dir, photos, options)
	if err != nil {
		return nil, fmt.Errorf("album %s: %w", dir, err)
	}
	var old record
	data, err := os.ReadFile(filepath.Join(source, recordFile))
	switch {
	case err == nil && json.Unmarshal(data, &old) == nil && old.Made == made:
		return &Album{source, old.Photos}, nil
	case err == nil: // Faces of other photos, or found otherwise: they are made anew.
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	default:
		if entries, err := os.ReadDir(source); err == nil && len(entries) > 0 {
			return nil, fmt.Errorf("%s is not empty, and holds no faces of an album: give another folder", source)
		}
	}
	faces := crop(dir, photos, options)
	if err := divide(photos, options); err != nil {
		return nil, fmt.Errorf("album %s: %w%s", dir, err, leftOut(photos))
	}
	a := &Album{source, photos}
	return a, a.write(faces, made)
}

// leftOut tells of photos that an error leaves one wondering about.
func leftOut(photos []Photo) string {
	n, example := 0, Photo{}
	for _, p := range photos {
		if p.Face == "" {
			n, example = n+1, p
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (photos left out: %d, such as %s: %s)", n, example.File, example.Note)
}

// crop finds the faces, several photos at a time, and names those that are to be kept.
func crop(dir string, photos []Photo, o Options) []*fer.Image {
	faces := make([]*fer.Image, len(photos))
	var next atomic.Int64
	var workers sync.WaitGroup
	var telling sync.Mutex
	done := 0
	for range min(runtime.GOMAXPROCS(0), len(photos)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(photos); i = int(next.Add(1)) - 1 {
				if photos[i].Note == "" {
					faces[i], photos[i].Note = cropOne(filepath.Join(dir, filepath.FromSlash(photos[i].File)), o)
				}
				if o.Progress != nil {
					telling.Lock()
					done++
					o.Progress(done, len(photos))
					telling.Unlock()
				}
			}
		})
	}
	workers.Wait()
	first := map[fer.Image]int{}
	for i := range photos {
		if faces[i] == nil {
			continue
		}
		if k, twice := first[*faces[i]]; twice {
			faces[i], photos[i].Note = nil, "its face is that of "+photos[k].File
			continue
		}
		first[*faces[i]] = i
		photos[i].Face = faceName(i, photos[i].File)
	}
	return faces
}

func cropOne(file string, o Options) (face *fer.Image, note string) {
	img, err := photo.ReadFile(file, &o.Options)
	if err != nil {
		return nil, strings.TrimPrefix(err.Error(), file+": ") // The file's name stands beside it.
	}
	found, err := photo.Detect(img, &o.Options)
	switch {
	case err != nil:
		return nil, err.Error()
	case len(found) == 0:
		return nil, "no face found"
	case found[0].Unfound:
		note = "no face found: the whole square grey picture is taken for one"
	case len(found) > 1:
		note = fmt.Sprintf("the largest of %d faces", len(found))
	}
	return found[0].Image, note
}

// write writes the source beside its place and puts it there; an older one goes.
func (a *Album) write(faces []*fer.Image, made string) error {
	parent := filepath.Dir(filepath.Clean(a.Source))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(parent, "."+filepath.Base(a.Source)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for i := range a.Photos {
		p := &a.Photos[i]
		if p.Face == "" {
			continue
		}
		p.Face = path.Join(string(p.Split), p.Class, p.Face)
		var data bytes.Buffer
		if err := png.Encode(&data, faces[i].Gray()); err != nil {
			return err
		}
		file := filepath.Join(temporary, filepath.FromSlash(p.Face))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
			return err
		}
	}
	data, err := json.Marshal(record{made, a.Photos})
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(temporary, recordFile), data); err != nil {
		return err
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(a.Source); err != nil {
		return err
	}
	return os.Rename(temporary, a.Source)
}

// fingerprint says whether photos or options have changed.
func fingerprint(dir string, photos []Photo, o Options) (string, error) {
	text, err := json.Marshal(struct {
		Faces    photo.Options
		Fraction float64
		Split    Split
		Seed     uint64
	}{o.Options, o.Fraction, o.Split, o.Seed})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(text)
	for _, p := range photos {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(p.File)))
		if err != nil {
			fmt.Fprintf(h, "%q missing\n", p.File)
			continue
		}
		fmt.Fprintf(h, "%q %q %d %d\n", p.File, p.Person, info.Size(), info.ModTime().UnixNano())
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// hash orders names by chance.
func hash(seed uint64, name string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, name))
	return binary.BigEndian.Uint64(sum[:])
}

// Counts is a table of the faces of each class: to learn from, to measure on, and left out.
func (a *Album) Counts() figure.Table {
	var classes []string
	var counts []map[fer.Split]int // One for each of the classes.
	for _, p := range a.Photos {
		if n := len(classes); n == 0 || classes[n-1] != p.Class {
			classes, counts = append(classes, p.Class), append(counts, map[fer.Split]int{})
		}
		counts[len(counts)-1][p.Split]++
	}
	t := figure.Table{Header: []string{"class", "train", "validation", "left out"}}
	for i, n := range counts {
		t.Rows = append(t.Rows, []string{classes[i], strconv.Itoa(n[fer.Train]), strconv.Itoa(n[fer.Validation]),
			strconv.Itoa(n[""])})
	}
	return t
}

// Table is a table of the photos with a note: those left out, and why, and those to be looked at.
func (a *Album) Table() figure.Table {
	t := figure.Table{Header: []string{"photo", "taken", "note"}}
	for _, p := range a.Photos {
		if p.Note != "" {
			t.Rows = append(t.Rows, []string{p.File, map[bool]string{true: "yes", false: "no"}[p.Face != ""], p.Note})
		}
	}
	return t
}

// WriteCSV writes what became of every photo: file, class, person, split, face, note.
func (a *Album) WriteCSV(file string) error {
	return atomicfile.Write(file, func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write([]string{"file", "class", "person", "split", "face", "note"}) // Errors are kept for out.Error.
		for _, p := range a.Photos {
			out.Write([]string{p.File, p.Class, p.Person, string(p.Split), p.Face, p.Note})
		}
		out.Flush()
		return out.Error()
	})
}
