package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
)

var table = audit.Findings{
	{"train/sad/Training_1.jpg", "sad", "neutral", audit.Contradiction, "train/neutral/a, b.jpg", 1},
	{"synthetic/1/5", "fear", "", audit.NearDuplicate, "synthetic/1/2", 0.9789123456789},
	{"synthetic/1/9", "", "", audit.BlankImage, "", 0},
	{"synthetic/1/11", "happy", "surprise", audit.LabelError, "", 1e-300},
}

func TestCSV(t *testing.T) {
	var file bytes.Buffer
	if err := table.WriteCSV(&file); err != nil {
		t.Fatal(err)
	}
	if line := strings.SplitN(file.String(), "\n",
		3)[1]; line != `train/sad/Training_1.jpg,sad,neutral,"contradicting label of train/neutral/a, b.jpg",1` {
		t.Errorf("row %q", line)
	}
	text := file.String()
	back, err := audit.ReadCSV(&file)
	if err != nil || !slices.Equal(back, table) {
		t.Errorf("read back %v, %v, want %v", back, err, table)
	}
	for bad, want := range map[string]string{
		"":                        "empty",
		"id,label\n":              "fields",
		text + ",sad,,blank,1\n":  "line 6, column id",
		text + "x,sad,,ugly,1\n":  "line 6, column reason",
		text + "x,sad,,blank,a\n": "line 6, column score",
		strings.Replace(text, "suggested", "hint", 1): "line 1",
	} {
		if _, err := audit.ReadCSV(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", bad[max(0, len(bad)-30):], err, want)
		}
	}
}

// The table is what dataset.Options.Exclude takes.
func TestFindingsExclude(t *testing.T) {
	d := faces(t, 70, 14)
	findings := audit.Findings{}
	for _, i := range []int{3, 9, 72} {
		e := d.Examples[i]
		findings = append(findings, audit.Finding{ID: e.ID, Label: d.Classes.Name(e.Label),
			Reason: audit.BlankImage})
	}
	path := filepath.Join(t.TempDir(), "audit.csv")
	if err := findings.In(d.Split(fer.Train)).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	back, err := audit.ReadFile(path)
	if err != nil || len(back) != 2 {
		t.Fatal(back, err)
	}
	rest, err := dataset.Open("synthetic:train=70,test=14", &dataset.Options{Exclude: path})
	if err != nil || rest.Len() != 82 || !rest.Has(fer.Test) {
		t.Errorf("%v, %d examples left, want 82", err, rest.Len())
	}
	if _, err := audit.ReadFile(filepath.Join(t.TempDir(), "none.csv")); !os.IsNotExist(err) {
		t.Errorf("error %v, want that there is no such file", err)
	}
}
