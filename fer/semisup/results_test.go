package semisup

import (
	"bytes"
	"fmt"
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

// The recorded runs have three seeds of each of four algorithms at each number of labels, all of one length, and those
// on FER+ a baseline with all labels.
func TestRecorded(t *testing.T) {
	for name, want := range map[string]struct{ points, images int }{"fer2013": {12, 3589}, "ferplus": {17, 3225}} {
		results, err := Recorded(name)
		if err != nil {
			t.Fatal(err)
		}
		seeds := map[string][]uint64{}
		for _, r := range results {
			point := fmt.Sprintf("%s with %d labels", r.Algorithm, r.Labels)
			seeds[point] = append(seeds[point], r.Seed)
			if few := r.Labels <= 250; few && r.Steps != results[0].Steps || r.Images != want.images {
				t.Errorf("%s: %s: %d steps, %d images", name, point, r.Steps, r.Images)
			} else if !few {
				seeds[point] = []uint64{1, 2, 3} // All labels, however many seeds.
			}
		}
		if len(seeds) != want.points {
			t.Errorf("%s: %d pairs of algorithm and labels, want %d", name, len(seeds), want.points)
		}
		for point, list := range seeds {
			if !slices.Equal(list, []uint64{1, 2, 3}) {
				t.Errorf("%s: %s: the seeds %v", name, point, list)
			}
		}
	}
	if _, err := Recorded("none"); err == nil {
		t.Error("results that aren't recorded should be an error")
	}
}
