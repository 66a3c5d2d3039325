package album

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferlab/internal/bounded"
)

// PeopleFile is the table of an album that says who is in each of its photos, if it has one: a CSV file with the
// columns file, the photo's path from the album's folder, and person.
const PeopleFile = "people.csv"

// people gives each photo the person that the album's table names, if the album has one. It is an error if the table
// leaves out a photo of a class, names one that isn't there or one twice, or says otherwise than the folders.
func people(dir string, photos []Photo) error {
	f, err := os.Open(filepath.Join(dir, PeopleFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := readPeople(f, photos); err != nil {
		return fmt.Errorf("%s: %w", PeopleFile, err)
	}
	return nil
}

func readPeople(r io.Reader, photos []Photo) error {
	in := bounded.NewCSV(r)
	header, err := in.Read()
	if err != nil && err != io.EOF {
		return err
	}
	file, person := -1, -1
	for i, name := range header {
		switch name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))); {
		case name == "file" && file < 0:
			file = i
		case name == "person" && person < 0:
			person = i
		default:
			return fmt.Errorf("line 1: the column %q, want file,person and no other", name)
		}
	}
	if file < 0 || person < 0 {
		return fmt.Errorf("line 1: the header is %q, want file,person", strings.Join(header, ","))
	}
	at := make(map[string]int, len(photos)) // The photo's place in the list.
	for i, p := range photos {
		at[p.File] = i
	}
	lines := make([]int, len(photos)) // The line that names the photo; 0 if none does.
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err // It names the line.
		}
		line, _ := in.FieldPos(0)
		name, who := strings.TrimSpace(record[file]), strings.TrimSpace(record[person])
		i, found := at[name]
		switch {
		case !found:
			return fmt.Errorf("line %d: the album has no photo %q: give its path from the album's folder, such as %s",
				line, name, photos[0].File)
		case lines[i] > 0:
			return fmt.Errorf("line %d: %s stands in line %d already: remove one", line, name, lines[i])
		case who == "":
			return fmt.Errorf("line %d: %s has no person: name one", line, name)
		case photos[i].Person != "" && photos[i].Person != who:
			return fmt.Errorf("line %d: %s is of %q, and lies in the folder of %q: make them agree", line, name, who,
				photos[i].Person)
		}
		lines[i], photos[i].Person = line, who
	}
	missing := slices.IndexFunc(photos, func(p Photo) bool { return p.Class != "" && lines[at[p.File]] == 0 })
	if missing >= 0 {
		return fmt.Errorf("no line names %s: add one, or remove the photo", photos[missing].File)
	}
	return nil
}
