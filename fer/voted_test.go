package fer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/run"
	"ferlab/fer/votes"
)

const voteColumns = "id,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"

// voteOn writes what ten people say of the faces of [folders]: of each class's first seven, of the others contempt.
func voteOn(t *testing.T, source string) string {
	t.Helper()
	d, err := dataset.Open(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString(voteColumns)
	for _, e := range d.Examples {
		var v votes.Votes
		for c := range v {
			if votes.Choice(c).Emotion() == e.Label {
				v[c], v[votes.Contempt] = 6, 4
			}
		}
		if base := filepath.Base(e.ID); base == "0.png" || base == "4.png" {
			v = votes.Votes{votes.Contempt: 10}
		}
		fmt.Fprintf(&text, "%s,%s\n", e.ID, strings.Trim(strings.ReplaceAll(fmt.Sprint(v), " ", ","), "[]"))
	}
	return saveText(t, "votes.csv", text.String())
}

func saveText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A net learns FER+'s eight classes from votes, is measured by them, and by nothing else.
func TestVotesAllTheWay(t *testing.T) {
	source := folders(t, fer.Emotions.Names()...)
	file := voteOn(t, source)
	told := ""
	quiet := &run.Options{Warn: func(line string) { told += line }}
	r, err := quickly(t, source, func(c *run.Config) {
		c.Votes = votes.Config{File: file, Rule: votes.MajorityRule}
	}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Config.Classes.Equal(fer.FERPlus) || !strings.HasPrefix(r.Config.Votes.File, "votes.csv@") {
		t.Errorf("classes %s, votes %+v", r.Config.Classes, r.Config.Votes)
	}
	if !strings.Contains(told, "majority leaves 42 of 42 images: angry 4") || !strings.Contains(told, "contempt 14") {
		t.Errorf("told %q", told)
	}
	own, err := r.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	c := run.Config{Source: source, Votes: votes.Config{File: file, Rule: votes.MajorityRule}}
	voted, count, err := c.Open(dataset.Options{})
	if err != nil || count.Kept() != 42 {
		t.Fatal(err)
	}
	p, err := r.PredictRaw(voted.Split(fer.Test))
	if err != nil {
		t.Fatal(err)
	}
	contempt := 0
	for i, row := range p {
		if row.Label != own[i].Label {
			t.Errorf("%s is labelled %d, and %d in the record", row.ID, row.Label, own[i].Label)
		}
		if fer.FERPlus.Name(row.Label) == "contempt" {
			contempt++
		}
	}
	if m, err := evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 20}); err != nil || contempt != 7 ||
		m.Classes[7].Support != 7 {
		t.Errorf("%d are of contempt, %v", contempt, err)
	}
	exported(t, r)
	unvoted, err := dataset.Open(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Predict(unvoted); err == nil || !strings.Contains(err.Error(), "give the votes, too") {
		t.Errorf("measured by other labels: %v", err)
	}
	// The shares are what is learned, where a training asks for them: other data for the same labels.
	shares, err := quickly(t, source, func(c *run.Config) {
		c.Votes = votes.Config{File: file, Rule: votes.ProbabilitiesRule}
	}, quiet)
	if err != nil || shares.Record.TrainHash == r.Record.TrainHash ||
		shares.History[0].TrainLoss == r.History[0].TrainLoss {
		t.Errorf("learned from shares: %v", err)
	}
}

// Votes that can't be used are one error of the training, which names their row.
func TestWrongVotes(t *testing.T) {
	source := folders(t, fer.Emotions.Names()...)
	for want, text := range map[string]string{
		"row 1 (train/angry/0): the votes sum to zero":        "train/angry/0.png,0,0,0,0,0,0,0,0,0,0\n",
		"row 1 (train/angry/0): votes for sadness are \"-1\"": "train/angry/0.png,11,0,0,-1,0,0,0,0,0,0\n",
		"is about \"Training_1\", which is no image of":       "Training_1,10,0,0,0,0,0,0,0,0,0\n",
		"rule majority leaves none of 1 images":               "train/angry/0.png,5,5,0,0,0,0,0,0,0,0\n",
		"has no split \"test\" to validate on":                "train/angry/0.png,10,0,0,0,0,0,0,0,0,0\n",
	} {
		file := saveText(t, "votes.csv", voteColumns+text)
		_, err := quickly(t, source, func(c *run.Config) {
			c.Votes = votes.Config{File: file, Rule: votes.MajorityRule}
		}, &run.Options{Warn: func(string) {}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
