package semisup

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer/figure"
)

// point is the accuracy of an algorithm at a number of labels over seeds.
type point struct {
	algorithm string
	labels    int // Labelled images of each class.
	values    []float64
	seeds     []uint64 // The values' seeds.
}

// points gathers results by algorithm and labels, in rising order of labels. Results of different images can't be
// compared.
func points(results []Result) (list []point, err error) {
	if len(results) == 0 {
		return nil, errors.New("no results to sum up")
	}
	for _, r := range results {
		if o := results[0]; r.Source != o.Source || r.Split != o.Split || r.Images != o.Images {
			return nil, fmt.Errorf("results on %s, %s (n = %d) and on %s, %s (n = %d) can't be compared: give them "+
				"a folder each",
				o.Source, o.Split, o.Images, r.Source, r.Split, r.Images)
		}
		i := slices.IndexFunc(list, func(p point) bool { return p.algorithm == r.Algorithm && p.labels == r.Labels })
		if i < 0 {
			i = len(list)
			list = append(list, point{algorithm: r.Algorithm, labels: r.Labels})
		}
		list[i].values, list[i].seeds = append(list[i].values, r.Accuracy), append(list[i].seeds, r.Seed)
	}
	slices.SortStableFunc(list, func(a, b point) int { return a.labels - b.labels })
	return list, nil
}

// interval is the mean and the half-width of its 95 % interval by Student's t over seeds; NaN for a single one.
func (p point) interval() (mean, half float64) {
	n := float64(len(p.values))
	if n < 2 {
		return p.values[0], math.NaN()
	}
	mean, deviation := stat.MeanStdDev(p.values, nil)
	return mean, distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * stat.StdErr(deviation, n)
}

// caption says where the numbers come from.
func caption(results []Result, list []point) string {
	r, least, most := results[0], math.MaxInt, 0
	for _, p := range list {
		least, most = min(least, len(p.values)), max(most, len(p.values))
	}
	how := "one seed"
	if most > 1 {
		how = fmt.Sprintf("mean of %d seeds", most)
		if least < most {
			how += " where nothing else is said"
		}
		how += ", with 95 % intervals by Student's t"
	}
	return fmt.Sprintf("Accuracy on %s, %s (n = %d), after the last of %d steps, chosen by no accuracy; %s.",
		strings.Replace(r.Source, "synthetic faces", "drawn faces", 1), r.Split, r.Images, r.Steps, how)
}

// AccuracyTable is the table of accuracy by algorithm and labels of each class.
func AccuracyTable(results []Result) (t figure.Table, err error) {
	list, err := points(results)
	if err != nil {
		return t, err
	}
	return table(list, "accuracy, %", caption(results, list), "%.1f"), nil
}

// Gains is the table of what each algorithm gains over the supervised baseline, in points: the mean of the differences
// between the two with the same seed, that is with the same labelled images and initial weights. Where its interval
// holds 0, it is a tie.
func Gains(results []Result) (t figure.Table, err error) {
	list, err := points(results)
	if err != nil {
		return t, err
	}
	var gains []point
	for _, p := range list {
		base := slices.IndexFunc(list, func(q point) bool {
			return q.algorithm == "supervised" &&
				q.labels == p.labels
		})
		if base < 0 || p.algorithm == "supervised" {
			continue
		}
		gain := point{algorithm: p.algorithm, labels: p.labels}
		for i, seed := range p.seeds {
			if j := slices.Index(list[base].seeds, seed); j >= 0 {
				gain.values, gain.seeds = append(gain.values,
					p.values[i]-list[base].values[j]), append(gain.seeds, seed)
			}
		}
		if len(gain.values) > 0 {
			gains = append(gains, gain)
		}
	}
	if len(gains) == 0 {
		return t, errors.New("no algorithm has a run with the labels and seed of a supervised one")
	}
	return table(gains, "gain, points",
		"Points above the supervised baseline with the same labelled images, seed by seed. "+caption(results,
			gains), "%+.1f"), nil
}

// table has a row for each algorithm and a column for each number of labels.
func table(list []point, corner, caption, format string) figure.Table {
	t := figure.Table{Caption: caption, Header: []string{corner}}
	var labels []int
	seeds := 0
	for _, p := range list {
		if seeds = max(seeds, len(p.values)); !slices.Contains(labels, p.labels) {
			labels = append(labels, p.labels)
			column := fmt.Sprint(p.labels)
			if len(labels) == 1 {
				column += " labels of each class"
			}
			t.Header = append(t.Header, column)
		}
	}
	for _, a := range Algorithms() {
		row, some := []string{a.Title}, false
		for _, n := range labels {
			cell := ""
			if i := slices.IndexFunc(list, func(p point) bool {
				return p.algorithm == a.Name &&
					p.labels == n
			}); i >= 0 {
				cell, some = list[i].cell(seeds, format), true
			}
			row = append(row, cell)
		}
		if some {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// cell is a point in a table whose points have so many seeds at most: "48.1 ± 0.9", "48.1 (1 seed)".
func (p point) cell(seeds int, format string) string {
	mean, half := p.interval()
	cell := fmt.Sprintf(format, 100*mean)
	if !math.IsNaN(half) {
		cell += fmt.Sprintf(" ± %.1f", 100*half)
	}
	switch n := len(p.values); {
	case n == seeds:
	case n == 1:
		cell += " (1 seed)"
	default:
		cell += fmt.Sprintf(" (%d seeds)", n)
	}
	return cell
}

// AccuracyByLabels draws accuracy against the labels of each class, on a logarithmic axis, a line for each algorithm.
func AccuracyByLabels(results []Result) (*figure.Figure, error) {
	list, err := points(results)
	if err != nil {
		return nil, err
	}
	var series []figure.Series
	for _, a := range Algorithms() {
		s := figure.Series{Name: a.Title, Dashed: a.Views == None}
		for _, p := range list {
			if p.algorithm == a.Name {
				mean, half := p.interval()
				s.X, s.Y = append(s.X, float64(p.labels)), append(s.Y, mean)
				s.Low, s.High = append(s.Low, mean-half), append(s.High, mean+half)
			}
		}
		if len(s.X) > 0 {
			series = append(series, s)
		}
	}
	return figure.Lines(series, figure.Axis{Label: "labels of each class", Log: true},
		figure.Axis{Label: "accuracy", Percent: true},
		figure.Options{Title: "Accuracy by number of labels", Caption: caption(results, list)})
}
