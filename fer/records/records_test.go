package records

import (
	"fmt"
	"math"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/votes"
)

func holds(i evaluate.Interval) bool { return i.Low <= i.Value && i.Value <= i.High }

// The record of FER2013 agrees with itself, and its means are of so many faces that they show none.
func TestData(t *testing.T) {
	d, err := OpenData()
	if err != nil {
		t.Fatal(err)
	}
	sum, voted := 0, 0
	for _, s := range d.Splits {
		if len(s.Counts) != len(d.Classes) {
			t.Errorf("%s has %d classes of %d", s.Name, len(s.Counts), len(d.Classes))
		}
		for _, n := range s.Counts {
			sum += n
		}
	}
	if sum != d.Images {
		t.Errorf("%d faces in the splits of %d", sum, d.Images)
	}
	for i, row := range d.Sees {
		for _, n := range row {
			voted += n
		}
		if len(row) != len(d.Classes)+1 {
			t.Errorf("votes about %s have %d columns", d.Classes[i], len(row))
		}
	}
	if voted > d.Images || voted < d.Voted {
		t.Errorf("%d voted images of %d, with %d in a split", voted, d.Images, d.Voted)
	}
	for i, m := range d.Means {
		if len(m) != fer.Pixels || d.Splits[0].Counts[i] < 400 {
			t.Errorf("the mean of %s has %d pixels of %d faces", d.Classes[i], len(m), d.Splits[0].Counts[i])
		}
	}
	if d.Groups.Contradicting > d.Groups.All || d.Groups.Leaking > d.Groups.All {
		t.Errorf("groups %+v", d.Groups)
	}
	for _, p := range d.People {
		if !holds(p.Label) || p.Others != nil && !holds(*p.Others) {
			t.Errorf("%s: %+v", p.Name, p)
		}
	}
}

// The ranking is of at least 200 faces; shares of evidence and of pixels sum up to 1; estimates lie in their intervals.
func TestWhere(t *testing.T) {
	w, err := OpenWhere()
	if err != nil {
		t.Fatal(err)
	}
	if w.Faces < 200 || len(w.Methods) != len(Methods()) {
		t.Errorf("%d methods on %d faces", len(w.Methods), w.Faces)
	}
	for _, m := range w.Methods {
		for _, i := range []evaluate.Interval{m.Pointing, m.Mass, m.Deletion, m.Insertion} {
			if !holds(i) {
				t.Errorf("%s: %v", m.Name, i)
			}
		}
	}
	for _, p := range w.Parts {
		area, share := 0.0, 0.0
		for _, part := range p.Part {
			area, share = area+part.Area, share+part.Share.Value
			if r := part.Ratio(); !holds(r) || math.Abs(r.Value*part.Area-part.Share.Value) > 1e-9 {
				t.Errorf("%s, %s: %+v", p.Class, part.Name, part)
			}
		}
		if math.Abs(area-1) > 1e-6 || math.Abs(share-1) > 1e-6 || p.Faces < 20 || len(p.Mean) != fer.Pixels {
			t.Errorf("%s: areas %g, shares %g, %d faces, a mean map of %d", p.Class, area, share, p.Faces, len(p.Mean))
		}
	}
}

// Each class has a filter of its own in each layer.
func TestFilters(t *testing.T) {
	f, err := OpenFilters()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range f.Layers {
		classes, channels := map[string]bool{}, map[int]bool{}
		for _, s := range l.Serves {
			classes[s.Class], channels[s.Channel] = true, true
			if s.Channel < 0 || s.Channel >= l.Filters {
				t.Errorf("%s has no filter %d", l.Name, s.Channel)
			}
		}
		if len(classes) != fer.NumEmotions || len(channels) != fer.NumEmotions {
			t.Errorf("%s: %v", l.Name, l.Serves)
		}
	}
}

// The counts of a data set with known votes are what is there.
func TestMeasureData(t *testing.T) {
	d, err := dataset.Open("synthetic:train=175,test=35", nil)
	if err != nil {
		t.Fatal(err)
	}
	table := votes.Table{}
	var p evaluate.Predictions
	for _, e := range d.Examples {
		var v votes.Votes
		for c := range votes.NumChoices {
			if votes.Choice(c).Emotion() == e.Label {
				v[c] = 10
			}
		}
		table[e.ID] = v
		if e.Split != fer.Train {
			row := evaluate.Prediction{ID: e.ID, Label: e.Label, Probs: make([]float64, fer.NumEmotions)}
			row.Probs[fer.Happy] = 1
			p = append(p, row)
		}
	}
	r, err := MeasureData(d, table, votes.Net{Name: "always happy", Predictions: p})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range r.Sees {
		for j, n := range row {
			if want := map[bool]int{true: 30}[i == j]; n != want {
				t.Errorf("label %s, seen as %d: %d faces, want %d", r.Classes[i], j, n, want)
			}
		}
	}
	for _, person := range r.People {
		want := map[string]float64{"always happy": 1. / 7}[person.Name]
		if want == 0 {
			want = 1 // All voters give the label.
		}
		if math.Abs(person.Label.Value-want) > 1e-9 {
			t.Errorf("%s agrees with %v of the labels, want %g", person.Name, person.Label, want)
		}
	}
	if fmt.Sprint(r.Splits[0].Counts) != "[25 25 25 25 25 25 25]" || r.Images != 210 {
		t.Errorf("splits %v of %d", r.Splits, r.Images)
	}
}

func TestMeans(t *testing.T) {
	i, half := mean([]float64{1, 2, 3, 4}), 1.96*math.Sqrt(5./3/4)
	if math.Abs(i.Value-2.5) > 1e-12 || math.Abs(i.High-2.5-half) > 1e-9 || math.Abs(2.5-half-i.Low) > 1e-9 {
		t.Errorf("mean %v", i)
	}
	images := make([]*fer.Image, 20)
	for k := range images {
		images[k] = new(fer.Image)
		images[k][0] = uint8(10 * k)
	}
	if _, err := meanImage(images[:19]); err == nil {
		t.Error("no error for a mean that shows single faces")
	}
	if m, err := meanImage(images); err != nil || m[0] != 95 || m[1] != 0 {
		t.Errorf("mean image %v, %v", m[:2], err)
	}
}
