package votes

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Joined are the votes about the images of a data set.
type Joined struct {
	Votes Table
	// Missing lists examples without votes, such as those that FER+ left out.
	Missing []string
	// Ambiguous lists examples that share their file name with another, or whose name has several rows of votes:
	// nothing says which votes are whose, so they have none.
	Ambiguous []string
}

// String says how many images have votes.
func (j Joined) String() string {
	return fmt.Sprintf("%d images with votes, %d without, %d of ambiguous name", len(j.Votes), len(j.Missing),
		len(j.Ambiguous))
}

// Join finds the votes about each example of a whole data set, as [dataset.Open] gives it. Images are matched by ID, or
// by file name without folder and extension. Rows of a CSV file, "fer2013.csv:7", are matched by their number with the
// rows of fer2013new.csv, whose usages must be their splits'. It is an error, which names the first row, if there is no
// image for a row of votes (unless bad images were left out), or if the numbers of rows differ. What isn't about the
// data set at all is refused.
func (s *Source) Join(d *dataset.Dataset) (Joined, error) {
	j, err := s.join(d)
	if err != nil {
		return Joined{}, fmt.Errorf("votes: %s: %w", s.Name, err)
	}
	return j, nil
}

func (s *Source) join(d *dataset.Dataset) (Joined, error) {
	if s.byRow && d.Len() > 0 {
		if _, numbered := rowOf(d.Examples[0].ID); numbered {
			return s.byNumber(d)
		}
	}
	rows, examples := map[string][]int{}, map[string][]int{}
	for i, r := range s.rows {
		if r.name != "" {
			rows[r.name] = append(rows[r.name], i)
		}
	}
	j := Joined{Votes: Table{}}
	key := make([]string, d.Len())
	for i, e := range d.Examples {
		key[i] = keyOf(e.ID, rows)
		examples[key[i]] = append(examples[key[i]], i)
	}
	if len(d.Bad) == 0 {
		for _, r := range s.rows {
			if r.name != "" && examples[r.name] == nil {
				return j, fmt.Errorf("%s is about %q, which is no image of %s: the votes are of another data set, "+
					"or a part of one is missing",
					r.place, r.name, d.Name)
			}
		}
	}
	for i, e := range d.Examples {
		of := rows[key[i]]
		switch {
		case len(of) == 0 && s.whole:
			return j, fmt.Errorf("no label.csv has a row for %q of %s", e.ID, d.Name)
		case len(of) == 0:
			j.Missing = append(j.Missing, e.ID)
		case len(of) > 1 || len(examples[key[i]]) > 1:
			j.Ambiguous = append(j.Ambiguous, e.ID)
		default:
			r := s.rows[of[0]]
			if err := r.fits(e); err != nil {
				return j, err
			}
			j.Votes[e.ID] = r.votes
		}
	}
	return j, j.check(d, s)
}

func (j Joined) check(d *dataset.Dataset, s *Source) error {
	switch {
	case len(j.Votes) > 0:
		return nil
	case d.Len() == 0:
		return fmt.Errorf("there is no image to vote about")
	case len(s.rows) == 0:
		return fmt.Errorf("it has no row")
	}
	return fmt.Errorf("%s is about %q, and none of its rows is about an image of %s, such as %q: "+
		"are the votes of another data set?",
		s.rows[0].place, s.rows[0].name, d.Name, d.Examples[0].ID)
}

// byNumber joins rows with rows.
func (s *Source) byNumber(d *dataset.Dataset) (Joined, error) {
	j := Joined{Votes: Table{}}
	last := 0
	for _, e := range d.Examples {
		n, ok := rowOf(e.ID)
		if !ok {
			return j, fmt.Errorf("row 1: the rows are about those of fer2013.csv, but %q is none", e.ID)
		}
		if last = max(last, n); n > len(s.rows) {
			return j, fmt.Errorf("row %d is missing: %s has an image there, and the votes have %d rows", len(s.rows)+1,
				d.Name, len(s.rows))
		}
		r := s.rows[n-1]
		if err := r.fits(e); err != nil {
			return j, err
		}
		if r.name == "" {
			j.Missing = append(j.Missing, e.ID)
		} else {
			j.Votes[e.ID] = r.votes
		}
	}
	if last < len(s.rows) && len(d.Bad) == 0 {
		return j, fmt.Errorf("row %d is about no image: the votes have %d rows, and %s has %d: join the whole data set",
			last+1, len(s.rows), d.Name, last)
	}
	return j, j.check(d, s)
}

// splits are what the usages of fer2013new.csv are called elsewhere.
var splits = map[string][2]fer.Split{
	"training":    {fer.Train, fer.Train},
	"publictest":  {fer.Public, fer.Validation},
	"privatetest": {fer.Private, fer.Test},
}

// fits returns an error if a row's usage isn't the example's split.
func (r row) fits(e fer.Example) error {
	if r.usage == "" {
		return nil
	}
	fit, ok := splits[strings.ToLower(r.usage)]
	if !ok {
		return fmt.Errorf("%s: usage %q, want Training, PublicTest or PrivateTest", r.place, r.usage)
	}
	if e.Split != fit[0] && e.Split != fit[1] {
		return fmt.Errorf("%s: usage %s, but %q is of the split %s: the rows are of another data set, or sorted anew",
			r.place, r.usage, e.ID, e.Split)
	}
	return nil
}

// rowOf returns the number of a CSV file's row from the example's ID.
func rowOf(id string) (int, bool) {
	_, number, ok := strings.Cut(path.Base(id), ":")
	n, err := strconv.Atoi(number)
	return n, ok && err == nil && n > 0
}

// keyOf returns the name by which votes may speak of an example: the whole ID or the last element, whichever they know.
func keyOf(id string, known map[string][]int) string {
	whole := bare(id)
	if _, ok := known[whole]; ok {
		return whole
	}
	return path.Base(whole)
}
