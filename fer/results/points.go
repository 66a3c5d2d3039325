package results

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/semisup"
)

// point is the accuracy of an algorithm with a number of labels, over seeds.
type point struct {
	algorithm semisup.Algorithm
	labels    int                // Labelled images of each class.
	accuracy  map[uint64]float64 // By seed.
}

// gather makes points of results, in the order of the algorithms, then in rising order of labels. Results of different
// images can't be compared.
func gather(outcomes []semisup.Result) (list []point, err error) {
	if len(outcomes) == 0 {
		return nil, errors.New("no results to sum up")
	}
	algorithms := semisup.Algorithms()
	place := func(name string) int {
		return slices.IndexFunc(algorithms, func(a semisup.Algorithm) bool { return a.Name == name })
	}
	for _, r := range outcomes {
		if o := outcomes[0]; r.Source != o.Source || r.Split != o.Split || r.Images != o.Images {
			return nil, fmt.Errorf("results on %s, %s (n = %d) and on %s, %s (n = %d) can't be compared: give them "+
				"a folder each", o.Source, o.Split, o.Images, r.Source, r.Split, r.Images)
		}
		k := place(r.Algorithm)
		if k < 0 {
			continue // An algorithm of the reader's own.
		}
		p := find(list, r.Algorithm, r.Labels)
		if p == nil {
			list = append(list, point{algorithms[k], r.Labels, map[uint64]float64{}})
			p = &list[len(list)-1]
		}
		p.accuracy[r.Seed] = r.Accuracy
	}
	slices.SortStableFunc(list, func(a, b point) int {
		if a.algorithm.Name != b.algorithm.Name {
			return place(a.algorithm.Name) - place(b.algorithm.Name)
		}
		return a.labels - b.labels
	})
	return list, nil
}

// find returns the point of an algorithm and a number of labels, nil if there is none.
func find(list []point, algorithm string, labels int) *point {
	for i := range list {
		if list[i].algorithm.Name == algorithm && list[i].labels == labels {
			return &list[i]
		}
	}
	return nil
}

// interval is the mean over seeds with its interval.
func (p point) interval() evaluate.Interval { return student(p.accuracy) }

// student returns the mean of values by seed with its 95 % interval by Student's t; NaN ends for a single one.
func student(bySeed map[uint64]float64) evaluate.Interval {
	var values []float64
	for _, v := range bySeed {
		values = append(values, v)
	}
	slices.Sort(values) // One order of the sum.
	n := float64(len(values))
	mean, deviation := stat.MeanStdDev(values, nil)
	half := math.NaN()
	if n > 1 {
		half = distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * stat.StdErr(deviation, n)
	}
	return evaluate.Interval{Value: mean, Low: mean - half, High: mean + half}
}

// overSeeds says where the numbers of results come from.
func overSeeds(outcomes []semisup.Result, list []point) string {
	r, least, most := outcomes[0], math.MaxInt, 0
	for _, p := range list {
		least, most = min(least, len(p.accuracy)), max(most, len(p.accuracy))
	}
	how := "one seed"
	if most > 1 {
		how = fmt.Sprintf("mean of %d seeds", most)
		if least < most {
			how += " where nothing else is said"
		}
		how += ", with 95 % intervals by Student's t"
	}
	return fmt.Sprintf("Accuracy on %s, after the last of %s steps, chosen by no accuracy; %s.", measuredOn(r),
		figure.Count(r.Steps), how)
}

// measuredOn says what a result was measured on: "PublicTest of FER2013 by the majority of FER+, n=3,225".
func measuredOn(r semisup.Result) string {
	name, votes, voted := strings.Cut(r.Source, ", ")
	of := source(name)
	if voted {
		of += " by the " + strings.Replace(votes, "ferplus.csv", "FER+", 1)
	}
	return fmt.Sprintf("%s of %s, n=%s", splitName(r.Split), of, figure.Count(r.Images))
}

// AccuracyTable has a row for each algorithm and a column for each number of labels of each class.
func AccuracyTable(outcomes []semisup.Result) (t figure.Table, err error) {
	list, err := gather(outcomes)
	if err != nil {
		return t, err
	}
	t = figure.Table{Caption: overSeeds(outcomes, list), Header: []string{"accuracy, %"}}
	var labels []int
	seeds := 0
	for _, p := range list {
		labels, seeds = append(labels, p.labels), max(seeds, len(p.accuracy))
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	for i, n := range labels {
		column := figure.Count(n)
		if i == 0 {
			column += " labels of each class"
		}
		t.Header = append(t.Header, column)
	}
	for _, a := range semisup.Algorithms() {
		row, some := []string{a.Title}, false
		for _, n := range labels {
			cell := ""
			if p := find(list, a.Name, n); p != nil {
				cell, some = p.cell(seeds), true
			}
			row = append(row, cell)
		}
		if some {
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

// cell is a point in a table whose points have so many seeds at most: "48.1 ± 0.9", "48.1 (1 seed)".
func (p point) cell(seeds int) string {
	text := plusMinus(p.interval())
	switch n := len(p.accuracy); {
	case n == seeds:
	case n == 1:
		text += " (1 seed)"
	default:
		text += fmt.Sprintf(" (%d seeds)", n)
	}
	return text
}

// plusMinus writes a mean with the half-width of its interval, in percent, "48.1 ± 0.9", or the mean alone if there is
// none.
func plusMinus(i evaluate.Interval) string {
	text := fmt.Sprintf("%.1f", 100*i.Value)
	if !math.IsNaN(i.Low) {
		text += fmt.Sprintf(" ± %.1f", 100*(i.High-i.Value))
	}
	return text
}
