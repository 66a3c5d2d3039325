package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/semisup"
)

// RemoveLabels shows the faces of every class that keep their labels when all but a few lose theirs, a row a class.
func RemoveLabels(d *dataset.Dataset, perClass int, seed uint64) (*figure.Figure, error) {
	part, err := semisup.Remove(d.Split(fer.Train), semisup.Kept{PerClass: perClass}, seed)
	if err != nil {
		return nil, err
	}
	rows := make([][]figure.Cell, d.Classes.Len())
	for _, e := range part.Labelled.Examples {
		rows[e.Label] = append(rows[e.Label], figure.Cell{Image: e.Image})
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title: "All that is labelled",
			Caption: fmt.Sprintf("The %d faces of %s that keep their labels, chosen by the seed %d; %s other faces "+
				"have none.", part.Labelled.Len(), source(d.Name), seed, figure.Count(part.Unlabelled.Len())),
		},
		Rows: d.Classes.Names(), Side: 60,
	})
}

// WeakAndStrong shows the first training faces of a data set, each with weak and strong views of it, as the algorithms
// of a configuration see them.
func WeakAndStrong(d *dataset.Dataset, c semisup.Config, faces int) (*figure.Figure, error) {
	a := semisup.Augmenter{Augment: c.Train.Augment, Operations: c.Operations, Cutout: c.Cutout}
	columns := []struct {
		name string
		view func(dst, src *fer.Image, rng *rand.Rand)
	}{{"weak", a.Weak}, {"weak", a.Weak}, {"strong", a.Strong}, {"strong", a.Strong}, {"strong", a.Strong}, {"strong",
		a.Strong}}
	names := []string{"face"}
	for _, column := range columns {
		names = append(names, column.name)
	}
	var rows [][]figure.Cell
	rng := rand.New(rand.NewPCG(c.Train.Seed, 0))
	train := d.Split(fer.Train).Examples
	if faces < 1 || len(train) < faces {
		return nil, fmt.Errorf("views of %d training faces of %q, want 1 … %d", faces, d.Name, len(train))
	}
	for _, e := range train[:faces] {
		row := []figure.Cell{{Image: e.Image}}
		for _, column := range columns {
			m := new(fer.Image)
			column.view(m, e.Image, rng)
			row = append(row, figure.Cell{Image: m})
		}
		rows = append(rows, row)
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title: "Two kinds of views",
			Caption: "Weak: mirrored or not, moved by up to 4 pixels, and in another light. Strong: that, two " +
				"random operations and a grey square.",
		},
		Columns: names, Side: 72,
	})
}

// PseudoLabels is a table of what the algorithms that choose pseudo-labels let through in their last epoch, and how
// much of it was right.
func PseudoLabels(outcomes []semisup.Result) (figure.Table, error) {
	t := figure.Table{
		Caption: "Unlabelled faces that count in the last epoch, and how many of these pseudo-labels are right; " +
			"mean over seeds",
		Header: []string{"algorithm", "labels of each class", "counted, %", "of these right, %"},
	}
	percent := func(sum, n float64) string {
		if n == 0 {
			return "–"
		}
		return fmt.Sprintf("%.0f", 100*sum/n)
	}
	for _, a := range semisup.Algorithms() {
		if a.Name != "pseudolabel" && a.Name != "fixmatch" && a.Name != "freematch" {
			continue // In the others every face counts, or none.
		}
		var labels []int
		for _, r := range outcomes {
			if r.Algorithm == a.Name && !slices.Contains(labels, r.Labels) {
				labels = append(labels, r.Labels)
			}
		}
		slices.Sort(labels)
		for _, n := range labels {
			var masks, runs, right, known float64
			for _, r := range outcomes {
				if r.Algorithm != a.Name || r.Labels != n {
					continue
				}
				masks, runs = masks+r.MaskRate, runs+1
				if !math.IsNaN(r.PseudoAccuracy) {
					right, known = right+r.PseudoAccuracy, known+1
				}
			}
			t.Rows = append(t.Rows, []string{a.Title, fmt.Sprint(n), percent(masks, runs), percent(right, known)})
		}
	}
	return t, nil
}
