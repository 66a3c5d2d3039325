package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"ferlab/fer"
)

// maxLine bounds a line of a CSV file; a face takes at most 9,216 bytes.
const maxLine = 64 << 10

// headers lists the CSV formats that [Open] knows.
const headers = "emotion,pixels,Usage or emotion,pixels or pixels or label,feature or id,feature"

// format says which of a table's columns, by position, hold what; −1 for one that it lacks.
type format struct {
	pixels, label, usage, id int
	columns                  int // how many there are
}

// parseHeader recognises a header, in any order of columns and with spaces around their names.
func parseHeader(names []string) (f format, err error) {
	column := func(name string) int {
		return slices.IndexFunc(names, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	f = format{pixels: column("pixels"), label: column("emotion"), usage: column("usage"), id: -1, columns: len(names)}
	switch {
	case f.pixels >= 0:
		return f, nil
	case f.label >= 0:
		return f, errors.New("column pixels is missing, want emotion,pixels or emotion,pixels,Usage")
	}
	f.pixels, f.label, f.id = column("feature"), column("label"), column("id")
	switch {
	case f.pixels < 0 && (f.label >= 0 || f.id >= 0):
		return f, errors.New("column feature is missing, want label,feature or id,feature")
	case f.pixels < 0:
		return f, fmt.Errorf("it is neither a zip nor a CSV file with the columns %s", headers)
	case f.label < 0 && f.id < 0:
		return f, errors.New("column label or id is missing, want label,feature or id,feature")
	}
	if f.label >= 0 {
		f.id = -1
	}
	return f, nil
}

// table reads the records of a CSV file, one line each.
type table struct {
	lines *bufio.Reader
	row   int // of the last record; the header is row 0
	read  int // bytes
}

func newTable(r io.Reader) *table { return &table{lines: bufio.NewReaderSize(r, maxLine), row: -1} }

// next returns the fields of the next line that isn't blank, io.EOF at the end, or a badRow.
func (t *table) next() ([]string, error) {
	for {
		line, err := t.lines.ReadSlice('\n')
		t.read += len(line)
		tooLong := err == bufio.ErrBufferFull
		for err == bufio.ErrBufferFull {
			var more []byte
			more, err = t.lines.ReadSlice('\n')
			t.read += len(more)
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if t.row < 0 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // byte order mark
		}
		if line = bytes.TrimSpace(line); len(line) == 0 && !tooLong {
			if err == io.EOF {
				return nil, io.EOF
			}
			continue
		}
		t.row++
		if tooLong {
			return nil, badRow{fmt.Errorf("line is longer than %d bytes", maxLine)}
		}
		record := csv.NewReader(bytes.NewReader(line))
		record.TrimLeadingSpace = true
		fields, err := record.Read()
		if err != nil {
			if parse := new(csv.ParseError); errors.As(err, &parse) {
				err = parse.Err
			}
			return nil, badRow{err}
		}
		return fields, nil
	}
}

// header reads and recognises the first line.
func (t *table) header() (format, error) {
	names, err := t.next()
	switch bad := (badRow{}); {
	case err == io.EOF:
		return format{}, fmt.Errorf("it is empty, want the columns %s", headers)
	case errors.As(err, &bad):
		return format{}, fmt.Errorf("it is neither a zip nor a CSV file with the columns %s (%w)", headers, err)
	case err != nil:
		return format{}, err
	}
	return parseHeader(names)
}

// badRow is an error of one row, after which the next can be read.
type badRow struct{ error }

func (b badRow) Unwrap() error { return b.error }

// csv appends the faces of a CSV file, which is the given entry of a zip or folder, or the file itself if that is
// empty.
func (r *reader) csv(name string, f io.Reader, size int64) error {
	t := newTable(f)
	columns, err := t.header()
	if err != nil {
		return fmt.Errorf("%s: %w", BadEntry{File: r.file, Entry: name}.place(), err)
	}
	base := path.Base(name)
	if name == "" {
		base = r.d.Name
	}
	seen := map[string]int{} // row of each id
	for {
		fields, err := t.next()
		if err == io.EOF {
			r.progress(int(size), int(size))
			return nil
		}
		if t.row > maxFaces {
			return fmt.Errorf("%s: more than %d rows", BadEntry{File: r.file, Entry: name}.place(), maxFaces)
		}
		var example fer.Example
		if err == nil {
			example, err = columns.example(fields)
		} else if bad := (badRow{}); !errors.As(err, &bad) {
			return fmt.Errorf("%s: %w", BadEntry{File: r.file, Entry: name, Row: t.row + 1}.place(), err)
		}
		if err == nil && columns.id < 0 {
			example.ID = fmt.Sprintf("%s:%d", base, t.row)
		} else if err == nil {
			if first, twice := seen[example.ID]; twice {
				err = fmt.Errorf("id %q stands in row %d already", example.ID, first)
			}
			seen[example.ID] = t.row
		}
		if err != nil {
			if err := r.reject(name, t.row, err); err != nil {
				return err
			}
			continue
		}
		if example.Image, err = r.images.keep(example.Image); err != nil {
			return err
		}
		r.d.Examples = append(r.d.Examples, example)
		if t.row%512 == 0 && t.read < int(size) {
			r.progress(t.read, int(size))
		}
	}
}

// example turns a record into an example; only a row with an id of its own gets an ID here.
func (f format) example(fields []string) (e fer.Example, err error) {
	if len(fields) != f.columns {
		return e, fmt.Errorf("%d fields, want %d as in the header", len(fields), f.columns)
	}
	e.Label, e.Split = fer.Unlabelled, fer.Test
	if f.label >= 0 {
		if e.Label, err = fer.Emotions.Parse(fields[f.label]); err != nil {
			return e, err
		}
		e.Split = fer.Train
	}
	if f.usage >= 0 {
		var ok bool
		if e.Split, ok = splitOfUsage[strings.ToLower(strings.TrimSpace(fields[f.usage]))]; !ok {
			return e, fmt.Errorf("usage %q, want Training, PublicTest or PrivateTest", fields[f.usage])
		}
	}
	if f.id >= 0 {
		if e.ID = strings.Clone(strings.TrimSpace(fields[f.id])); e.ID == "" { // The fields share the line's text.
			return e, errors.New("id is empty")
		}
	}
	e.Image, err = parsePixels(fields[f.pixels])
	return e, err
}

// parsePixels reads 2,304 decimal numbers 0 … 255 with spaces between.
func parsePixels(s string) (*fer.Image, error) {
	m := new(fer.Image)
	n := 0
	for i := 0; i < len(s); {
		if s[i] == ' ' {
			i++
			continue
		}
		start, value := i, 0
		for ; i < len(s) && s[i] != ' '; i++ {
			digit := s[i] - '0'
			if value = 10*value + int(digit); digit > 9 || value > 255 {
				end := start + strings.IndexByte(s[start:]+" ", ' ')
				return nil, fmt.Errorf("pixel %d is %.20q, want a number 0…255", n+1, s[start:end])
			}
		}
		if n < fer.Pixels {
			m[n] = uint8(value)
		}
		n++
	}
	if n != fer.Pixels {
		return nil, fmt.Errorf("%d pixels, want %d", n, fer.Pixels)
	}
	return m, nil
}

// csvs reads the CSV files among the entries of a zip or folder: the one with all of FER2013, or else the course's
// pair.
func (r *reader) csvs(entries []entry) error {
	byKind := map[string][]entry{}
	var failure error
	for _, e := range entries {
		if !strings.EqualFold(path.Ext(e.name), ".csv") {
			continue
		}
		columns, err := headerOf(e)
		switch {
		case err != nil:
			if failure == nil {
				failure = fmt.Errorf("%s: %w", BadEntry{File: r.file, Entry: e.name}.place(), err)
			}
		case columns.usage >= 0:
			byKind["usage"] = append(byKind["usage"], e)
		case columns.label >= 0:
			byKind["label"] = append(byKind["label"], e)
		default:
			byKind["id"] = append(byKind["id"], e)
		}
	}
	kinds := []string{"label", "id"}
	if len(byKind["usage"]) > 0 {
		kinds = []string{"usage"}
	}
	found := false
	for _, kind := range kinds {
		files := byKind[kind]
		if len(files) > 1 {
			return fmt.Errorf("%s holds several data sets, such as %s and %s: open the one that you mean", r.file,
				oneLine(files[0].name), oneLine(files[1].name))
		}
		for _, e := range files {
			found = true
			if err := r.csvEntry(e); err != nil {
				return err
			}
		}
	}
	if !found && failure == nil {
		failure = fmt.Errorf("%s holds no known layout; %s", r.file, sources)
	}
	if !found {
		return failure
	}
	return nil
}

func headerOf(e entry) (format, error) {
	f, err := e.open()
	if err != nil {
		return format{}, err
	}
	defer f.Close()
	return newTable(f).header()
}

func (r *reader) csvEntry(e entry) error {
	f, err := e.open()
	if err != nil {
		return err
	}
	defer f.Close()
	return r.csv(e.name, f, e.size)
}
