package report_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/report"
	"ferlab/fer/run"
)

// The confusion figures and tables of the shipped runs can be made; every claim has its row, and its verdict follows from the
// shares that it names.
func TestConfusion(t *testing.T) {
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []figure.MatrixKind{figure.Shares, figure.Counts} {
			if _, err := report.Confusion(r, kind); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := report.ConfusionDifference(r, r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		p, err := r.Predictions()
		if err != nil {
			t.Fatal(err)
		}
		list, err := report.Mistakes(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Confusion().Mistakes(0) {
			if !strings.Contains(list, m.String()) {
				t.Errorf("%s: %q is missing from\n%s", name, m, list)
			}
		}
		_, rows, err := report.Claims(r)
		if err != nil || len(rows) != 11 {
			t.Fatalf("%s: %d claims, %v, want 11", name, len(rows), err)
		}
		for _, row := range rows[:9] {
			above := 0
			for _, cell := range row[1:3] {
				if whole, _, _ := strings.Cut(cell, "."); len(whole) > 1 && !strings.HasPrefix(cell, "10.0") {
					above++
				}
			}
			if want := []string{"not confirmed", "partly", "confirmed"}[above]; !strings.HasPrefix(row[3], want) && !strings.Contains(strings.Join(row, " "), " 10.0 [") {
				t.Errorf("%s: %q, want %s", name, row, want)
			}
		}
		for _, table := range []func() ([]string, [][]string, error){
			func() ([]string, [][]string, error) { return report.Numbers(r, r) },
			func() ([]string, [][]string, error) { return report.ClassNumbers(r) },
		} {
			header, rows, err := table()
			if err != nil || len(rows) == 0 || len(rows[0]) != len(header) {
				t.Errorf("%s: table %v %v %v", name, header, rows, err)
			}
		}
	}
}

// Temperature scaling makes the shipped CNN's likelihood better on faces that didn't choose the temperature.
func TestCalibration(t *testing.T) {
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, err := report.Calibration(r)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := rows[0][4], rows[0][5]; after > before {
		t.Errorf("negative log-likelihood rises from %s to %s", before, after)
	}
	if _, err := report.Reliability(r); err != nil {
		t.Error(err)
	}
	if _, err := report.ScaledReliability(r); err != nil {
		t.Error(err)
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
	if _, err := report.MostConfidentWrong(r, d, 7); err != nil {
		t.Error(err)
	}
	_, rows, err := report.Audit(d)
	if err != nil || len(rows) != len(audit.Reasons())-1 || rows[1][0] != "leak" || rows[1][1] != "1" {
		t.Errorf("audit %v, %v, want one leak", rows, err)
	}
	if s, err := report.Leaks(r, d); err != nil || !strings.Contains(s, "without the 1 leaked") {
		t.Errorf("%q, %v, want the accuracy without the leaked face", s, err)
	}
}
