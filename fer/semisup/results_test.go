package semisup

import (
	"bytes"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The results of a folder of runs are what their records say, and survive being written as a table.
func TestResults(t *testing.T) {
	dir := t.TempDir()
	var names []string
	accuracy := map[string]float64{}
	for _, algorithm := range []string{"supervised", "freematch"} {
		c := tiny(algorithm)
		c.Train.Epochs, c.Rounds, c.StepsPerEpoch, c.Train.Seed = 1, 1, 2, 5
		r := train(t, filepath.Join(dir, c.Name()), c, nil)
		names, accuracy[c.Name()] = append(names, c.Name()), r.Record.Accuracy
	}
	if names[1] != "freematch-3-5" {
		t.Errorf("the last folder is %q", names[1])
	}
	results, err := Results(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 2 {
		t.Fatalf("%d results, want 2", len(results))
	}
	first := results[0]
	if first.Algorithm != "freematch" || first.Labels != 3 || first.Seed != 5 || first.Steps != 2 ||
		first.Images != 35 || first.Accuracy != accuracy[names[1]] || !(first.MaskRate >= 0) {
		t.Errorf("the first result is %+v", first)
	}
	if !math.IsNaN(results[1].MaskRate) {
		t.Errorf("the baseline has the mask rate %v", results[1].MaskRate)
	}
	var table bytes.Buffer
	if err := WriteCSV(&table, results); err != nil {
		t.Fatal(err)
	}
	again, err := ReadCSV(strings.NewReader(table.String()))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]Result{results, again} { // NaN equals nothing.
		for i := range list {
			if math.IsNaN(list[i].MaskRate) {
				list[i].MaskRate = -1
			}
			if math.IsNaN(list[i].PseudoAccuracy) {
				list[i].PseudoAccuracy = -1
			}
		}
	}
	if !reflect.DeepEqual(results, again) {
		t.Errorf("read %+v, want %+v", again, results)
	}
	if _, err := ReadCSV(strings.NewReader(strings.Replace(table.String(), ",3,5,", ",three,5,", 1))); err == nil ||
		!strings.Contains(err.Error(), "row 1") {
		t.Errorf("error %v, want one that names row 1", err)
	}
	if _, err := Results(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no complete run") {
		t.Errorf("an empty folder: %v", err)
	}
}

// The recorded runs have three seeds of each algorithm at each number of labels, all of one length.
func TestRecorded(t *testing.T) {
	results, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	list, err := points(results)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 12 {
		t.Errorf("%d pairs of algorithm and labels, want 4 × 3", len(list))
	}
	for _, p := range list {
		if !slices.Equal(p.seeds, []uint64{1, 2, 3}) {
			t.Errorf("%s at %d labels has the seeds %v", p.algorithm, p.labels, p.seeds)
		}
	}
	for _, r := range results {
		if r.Steps != results[0].Steps || r.Images != 3589 {
			t.Errorf("%s at %d labels: %d steps, %d images", r.Algorithm, r.Labels, r.Steps, r.Images)
		}
	}
}

// The table and the figure hold means over seeds with Student's interval, and refuse what can't be compared.
func TestTables(t *testing.T) {
	results := []Result{
		{Algorithm: "fixmatch", Labels: 100, Seed: 1, Accuracy: 0.60},
		{Algorithm: "supervised", Labels: 25, Seed: 1, Accuracy: 0.40},
		{Algorithm: "supervised", Labels: 25, Seed: 2, Accuracy: 0.50},
		{Algorithm: "supervised", Labels: 25, Seed: 3, Accuracy: 0.60},
		{Algorithm: "fixmatch", Labels: 25, Seed: 1, Accuracy: 0.55},
		{Algorithm: "fixmatch", Labels: 25, Seed: 2, Accuracy: 0.57},
	}
	for i := range results {
		results[i].Source, results[i].Split, results[i].Images, results[i].Steps = "faces", "test", 70, 9
	}
	table, err := AccuracyTable(results)
	if err != nil {
		t.Fatal(err)
	}
	// t(0.975; 2) = 4.3027 and t(0.975; 1) = 12.7062, times 10/√3 and √2/√2 points.
	want := [][]string{{"Supervised only", "50.0 ± 24.8", ""}, {"FixMatch", "56.0 ± 12.7 (2 seeds)", "60.0 (1 seed)"}}
	if !reflect.DeepEqual(table.Rows, want) || len(table.Header) != 3 || table.Header[1] != "25 labels of each class" ||
		table.Header[2] != "100" {
		t.Errorf("header %q, rows %q, want %q", table.Header, table.Rows, want)
	}
	gains, err := Gains(results)
	if err != nil {
		t.Fatal(err)
	}
	// Both have seeds with differences of 15 and 7 points, with a standard error of 4: half-width 12.7062 · 4.
	if want := [][]string{{"FixMatch", "+11.0 ± 50.8"}}; !reflect.DeepEqual(gains.Rows, want) {
		t.Errorf("gains %q, want %q", gains.Rows, want)
	}
	if _, err := Gains(results[:1]); err == nil {
		t.Error("gains over no baseline should be an error")
	}
	f, err := AccuracyByLabels(results)
	if err != nil {
		t.Fatal(err)
	}
	if caption, _ := f.Description(); !strings.Contains(caption, "faces") || !strings.Contains(caption, "n = 70") {
		t.Errorf("the caption %q doesn't say what was measured", caption)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	results[2].Images = 71
	if _, err := AccuracyByLabels(results); err == nil || !strings.Contains(err.Error(), "can't be compared") {
		t.Errorf("results on different images: %v", err)
	}
	if _, err := AccuracyTable(nil); err == nil {
		t.Error("a table of nothing should be an error")
	}
}
