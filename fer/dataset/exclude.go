package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"ferlab/fer"
)

// Exclude returns d without the examples that a CSV file lists in its column "id"; see [Options].Exclude. An ID that d
// doesn't have is an error.
func (d *Dataset) Exclude(file string) (*Dataset, error) {
	r := &reader{d: *d, opts: &Options{}}
	r.d.Examples = slices.Clone(d.Examples)
	if err := r.exclude(file); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return &r.d, nil
}

// exclude drops the examples whose IDs a CSV file lists in its column "id". An ID that the data lacks is a bad entry.
func (r *reader) exclude(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	t := newTable(f)
	header, err := t.next()
	column := slices.IndexFunc(header, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "id") })
	if err != nil || column < 0 {
		return fmt.Errorf("%s: no column id in its header, want one that lists the examples to leave out",
			oneLine(file))
	}
	var ids []string // by row
	for {
		fields, err := t.next()
		if err == io.EOF {
			break
		}
		if err == nil && len(fields) <= column {
			err = errors.New("no field in the column id")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", BadEntry{File: file, Row: len(ids) + 1}.place(), err)
		}
		if len(ids) == maxFaces {
			return fmt.Errorf("%s: more than %d rows", oneLine(file), maxFaces)
		}
		ids = append(ids, strings.TrimSpace(fields[column]))
	}
	listed := map[string]bool{} // true once found
	for _, id := range ids {
		listed[id] = false
	}
	r.d.Examples = slices.DeleteFunc(r.d.Examples, func(e fer.Example) bool {
		_, drop := listed[e.ID]
		if drop {
			listed[e.ID] = true
		}
		return drop
	})
	r.file = file
	for i, id := range ids {
		if !listed[id] {
			err := fmt.Errorf("no example of %s has this id: is the list for another source?", r.d.Name)
			if err := r.reject(id, i+1, err); err != nil {
				return err
			}
		}
	}
	return nil
}
