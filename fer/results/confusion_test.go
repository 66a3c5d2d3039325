package results_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

// The confusion figures and tables of the shipped runs can be made; every claim has its row, and its verdict follows
// from the shares that it names.
func TestConfusion(t *testing.T) {
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []figure.MatrixKind{figure.Shares, figure.Counts} {
			if f, err := results.Confusion(kind, r, r); err != nil || len(f) != 2 {
				t.Errorf("%s: %d figures, %v", name, len(f), err)
			}
		}
		if _, err := results.ConfusionDifference(r, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p, err := r.Predictions()
		if err != nil {
			t.Fatal(err)
		}
		list, err := results.Mistakes(r)
		if err != nil {
			t.Fatal(err)
		}
		if mistakes := p.Confusion().Mistakes(0); len(list.Rows) != len(mistakes) {
			t.Errorf("%s: %d mistakes in the table, want %d", name, len(list.Rows), len(mistakes))
		}
		if !r.Config.Classes.Equal(fer.Emotions) {
			if _, err := results.Claims(r); err == nil {
				t.Errorf("%s: the original's claims about its classes, without an error", name)
			}
			continue
		}
		claims, err := results.Claims(r)
		rows := claims.Rows
		if err != nil || len(rows) != 14 {
			t.Fatalf("%s: %d claims, %v, want 14", name, len(rows), err)
		}
		for _, row := range rows[:9] {
			above := false
			if whole, _, _ := strings.Cut(row[1], "."); len(whole) > 1 && !strings.HasPrefix(row[1], "10.0") {
				above = true
			}
			want := map[bool]string{true: "confirmed", false: "not confirmed"}[above]
			if !strings.HasPrefix(row[2], want) && !strings.HasPrefix(row[1], "10.0") {
				t.Errorf("%s: %q, want %s", name, row, want)
			}
		}
		hardest := 0
		for _, row := range rows[11:] {
			if strings.HasPrefix(row[2], "confirmed") {
				hardest++
			}
		}
		if hardest == 0 {
			t.Errorf("%s: none of %v is among the hardest three of seven", name, rows[11:])
		}
		if table, err := results.Numbers(r, r); err != nil || len(table.Rows[0]) != len(table.Header) {
			t.Errorf("%s: %v, %v", name, table, err)
		}
		if table, err := results.ClassNumbers(r); err != nil || len(table.Rows) != fer.NumEmotions {
			t.Errorf("%s: %v, %v", name, table, err)
		}
	}
}

// Temperature scaling makes the shipped DNN's likelihood better on faces that didn't choose the temperature.
func TestCalibration(t *testing.T) {
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	table, err := results.Calibration(r)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := table.Rows[0][4], table.Rows[0][5]; after > before {
		t.Errorf("negative log-likelihood rises from %s to %s", before, after)
	}
	if f, err := results.Reliability(r); err != nil || len(f) != 2 {
		t.Errorf("%d figures, %v", len(f), err)
	}
}

// The live sections work on a source: wrong faces, the audit's table, and the sentence about leaks.
func TestLiveAudit(t *testing.T) {
	d, err := dataset.Open("synthetic:train=140,test=70", nil)
	if err != nil {
		t.Fatal(err)
	}
	leak := d.Examples[150]
	leak.ID, leak.Split = "copy", "train"
	d.Examples = append(d.Examples, leak)
	c := run.Quick()
	c.CNN, c.Epochs, c.WarmupSteps, c.Validation = model.CNNConfig{Filters: []int{4, 4}, Dense: []int{8}}, 1, 1, "test"
	r, err := run.Train(context.Background(), filepath.Join(t.TempDir(), "net"), c, &run.Options{Data: d})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.MostConfidentWrong(r, d, 7); err != nil {
		t.Error(err)
	}
	table, err := results.Audit(d)
	rows := table.Rows
	if err != nil || len(rows) != len(audit.Reasons())-1 || rows[1][0] != "leak" || rows[1][1] != "1" {
		t.Errorf("audit %v, %v, want one leak", rows, err)
	}
	if s, err := results.Leaks(r, d); err != nil || !strings.Contains(s, "without the 1 that stand") {
		t.Errorf("%q, %v, want the accuracy without the leaked face", s, err)
	}
}
