package votes

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferlab/internal/bounded"
	"ferlab/internal/folder"
	"ferlab/internal/raster"
)

// Source is a file of votes, before it is known which images it is about.
type Source struct {
	// Name is the last element of the path.
	Name string
	rows []row
	// byRow says that row n is about row n of fer2013.csv.
	byRow bool
	// whole says that every image has a row: label.csv lists those beside it.
	whole bool
}

// row is a line of a file of votes.
type row struct {
	place string // "row 7", or "FER2013Train/label.csv: row 7"
	name  string // The image's name without extension; empty for a removed image of fer2013new.csv.
	usage string // The usage in fer2013new.csv: Training, PublicTest or PrivateTest.
	votes Votes
}

// Len returns the number of rows with votes.
func (s *Source) Len() int {
	n := 0
	for _, r := range s.rows {
		if r.name != "" {
			n++
		}
	}
	return n
}

// maxFiles bounds the files of a folder of votes, images among them.
const maxFiles = 1_000_000

const forms = "want fer2013new.csv (Usage,Image name,neutral,…,NF), a CSV file with the columns id,neutral,…,NF, " +
	"or a folder or zip of FER+'s FER2013Train, FER2013Valid and FER2013Test with a label.csv each"

// Open reads votes in any of these forms, recognised by content:
//
//   - FER+'s fer2013new.csv, with the columns Usage, Image name, neutral … NF: row n is about row n of fer2013.csv;
//   - FER+'s folders, or a zip of them: label.csv has no header, and lines of an image, perhaps its box, and counts;
//   - a CSV file with a column id, an example's ID or its file name without folder or extension, and ten of counts.
//     Others don't matter.
//
// A count that is no whole number from 0, votes that sum to zero, and names in fer2013new.csv out of order are errors
// that name the first such row. Files of more than a million rows, or with a row of more than 64 KiB, are
// refused.
func Open(path string) (*Source, error) {
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("votes: %w", err)
	}
	return s, nil
}

func open(file string) (*Source, error) {
	s := &Source{Name: filepath.Base(file)}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return s, s.folders(os.DirFS(file))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var magic [2]byte
	if n, _ := io.ReadFull(f, magic[:]); n == len(magic) && string(magic[:]) == "PK" {
		archive, err := bounded.OpenZip(f, info.Size())
		if err != nil {
			return nil, fmt.Errorf("%q: %w", file, err)
		}
		return s, s.folders(archive)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := s.table(f); err != nil {
		return nil, fmt.Errorf("%q: %w", file, err)
	}
	return s, nil
}

// folders reads the label.csv of each folder.
func (s *Source) folders(fsys fs.FS) error {
	var lists []string
	if archive, ok := fsys.(*zip.Reader); ok {
		for _, f := range archive.File {
			lists = append(lists, f.Name)
		}
	} else {
		files, err := folder.Files(fsys, maxFiles)
		if err != nil {
			return err
		}
		for _, f := range files {
			lists = append(lists, f.Name)
		}
	}
	lists = slices.DeleteFunc(lists,
		func(name string) bool { return path.Base(name) != "label.csv" || folder.Hidden(name) })
	slices.Sort(lists)
	if len(lists) == 0 {
		return fmt.Errorf("%q holds no label.csv; %s", s.Name, forms)
	}
	s.whole = true
	for _, name := range lists {
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		err = s.list(f, path.Base(path.Dir(name)), name+": ")
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %s: %w", s.Name, name, err)
		}
	}
	return nil
}

// list reads a label.csv, which has no header. The folder is that of its images.
func (s *Source) list(r io.Reader, dir, place string) error {
	in := bounded.NewCSV(r)
	in.FieldsPerRecord = -1
	for n := 1; ; n++ {
		record, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		counts := record[1:]
		if len(counts) == NumChoices+1 { // The image's box.
			counts = counts[1:]
		}
		if len(counts) != NumChoices || record[0] == "" {
			return fmt.Errorf("row %d: %d columns, want an image and %d counts, or its box between them", n,
				len(record), NumChoices)
		}
		votes, err := parse(counts)
		if err != nil {
			return fmt.Errorf("row %d (%s): %w", n, record[0], err)
		}
		s.rows = append(s.rows, row{place: place + "row " + strconv.Itoa(n), name: path.Join(dir, bare(record[0])),
			votes: votes})
	}
}

// table reads a CSV file with a header.
func (s *Source) table(r io.Reader) error {
	in := bounded.NewCSV(r)
	header, err := in.Read()
	if err == io.EOF {
		return fmt.Errorf("it is empty; %s", forms)
	}
	if err != nil {
		return err
	}
	column := func(name string) int {
		return slices.IndexFunc(header, func(s string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")), name)
		})
	}
	id, usage, image := column("id"), column("Usage"), column("Image name")
	var at [NumChoices]int
	for c := range at {
		if at[c] = column(Choice(c).String()); at[c] < 0 {
			return fmt.Errorf("column %v is missing; %s", Choice(c), forms)
		}
	}
	s.byRow = id < 0 && usage >= 0 && image >= 0
	if id < 0 && !s.byRow {
		return fmt.Errorf("column id is missing; %s", forms)
	}
	last := -1 // The number in the name of the last image.
	for n := 1; ; n++ {
		record, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var counts [NumChoices]string
		for c := range counts {
			counts[c] = record[at[c]]
		}
		one := row{place: "row " + strconv.Itoa(n)}
		if s.byRow {
			one.name, one.usage = bare(strings.TrimSpace(record[image])), strings.TrimSpace(record[usage])
			if one.name != "" {
				if last, err = follows(one.name, last, n); err != nil {
					return fmt.Errorf("row %d: %w", n, err)
				}
			}
		} else if one.name = bare(strings.TrimSpace(record[id])); one.name == "" {
			return fmt.Errorf("row %d: id is empty", n)
		}
		if one.name != "" { // FER+ removed the image else, whatever its counts.
			if one.votes, err = parse(counts[:]); err != nil {
				return fmt.Errorf("row %d (%s): %w", n, one.name, err)
			}
		}
		s.rows = append(s.rows, one)
	}
}

// follows returns the number of a name in row n of fer2013new.csv, such as 7 of fer0000007; last is that of the name
// before. FER+ counted the images from 0, with some of those that it removed and without others: the numbers rise, and
// none is above its row's.
func follows(name string, last, n int) (int, error) {
	digits, ok := strings.CutPrefix(name, "fer")
	number, err := strconv.Atoi(digits)
	switch {
	case !ok || err != nil:
		return 0, fmt.Errorf("image %q, want a name such as fer0000007.png", name)
	case number <= last:
		return 0, fmt.Errorf("image %q after number %d: the rows are sorted anew", name, last)
	case number > n-1:
		return 0, fmt.Errorf("image %q is above its place: rows before it are missing", name)
	}
	return number, nil
}

// maxVotes bounds the votes of an image for a choice.
const maxVotes = 1_000_000

func parse(counts []string) (v Votes, err error) {
	for c, text := range counts {
		if v[c], err = strconv.Atoi(strings.TrimSpace(text)); err != nil || v[c] < 0 || v[c] > maxVotes {
			return v, fmt.Errorf("votes for %v are %q, want a whole number from 0", Choice(c), text)
		}
	}
	if v.Total() == 0 {
		return v, errors.New("the votes sum to zero: leave the row out, or mend it")
	}
	return v, nil
}

// bare returns a name without the extension of a picture.
func bare(name string) string {
	if raster.Named(name) {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return name
}
