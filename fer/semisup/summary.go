package semisup

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/notebook"
	"ferlab/fer/run"
)

// Name is the name of a training's folder: "fixmatch-25-1" for 25 labels of each class and the seed 1.
func (c Config) Name() string {
	labels := fmt.Sprint(c.LabelsPerClass)
	if c.LabelsPerClass == 0 {
		labels = fmt.Sprintf("%gpc", 100*c.LabelFraction)
	}
	return fmt.Sprintf("%s-%s-%d", c.Algorithm, labels, c.Train.Seed)
}

// Result is a complete run with its algorithm and number of labels.
type Result struct {
	Config Config // Its own part: Train is the run's.
	Run    *run.Run
}

// Results opens the complete runs in the sub-folders of a folder, in the order of their names; what isn't complete is left out.
func Results(dir string) ([]Result, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*", configFile))
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, path := range paths {
		c, err := readConfig(path)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "run.json")); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		r, err := run.Open(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		c.Train = r.Config
		results = append(results, Result{c, r})
	}
	if len(results) == 0 {
		return nil, fmt.Errorf("%s holds no complete run of semi-supervised training", dir)
	}
	return results, nil
}

// point is the accuracy of an algorithm at a number of labels over seeds.
type point struct {
	algorithm Algorithm
	labels    int // Per class, on average.
	values    []float64
}

func points(results []Result) (list []point, err error) {
	for _, r := range results {
		a, err := Find(r.Config.Algorithm)
		if err != nil {
			return nil, err
		}
		labels := r.Config.LabelsPerClass
		if labels == 0 {
			labels = int(math.Round(r.Config.LabelFraction * float64(r.Run.Record.TrainImages) / fer.NumEmotions))
		}
		i := slices.IndexFunc(list, func(p point) bool { return p.algorithm.Name == a.Name && p.labels == labels })
		if i < 0 {
			i = len(list)
			list = append(list, point{algorithm: a, labels: labels})
		}
		list[i].values = append(list[i].values, r.Run.Record.Accuracy)
	}
	slices.SortStableFunc(list, func(a, b point) int { return a.labels - b.labels })
	return list, nil
}

// interval is the mean and the half-width of its 95 % interval by Student's t over seeds; NaN for a single one.
func (p point) interval() (mean, half float64) {
	n := float64(len(p.values))
	for _, v := range p.values {
		mean += v / n
	}
	if len(p.values) < 2 {
		return mean, math.NaN()
	}
	sum := 0.0
	for _, v := range p.values {
		sum += (v - mean) * (v - mean)
	}
	return mean, distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * math.Sqrt(sum/(n-1)/n)
}

// caption says where the numbers come from.
func caption(results []Result) string {
	r := results[0].Run.Record
	return fmt.Sprintf("Accuracy on %s of %s (n = %d) after the last epoch, chosen by no accuracy; mean over seeds, with 95 %% intervals where there is more than one.",
		r.Validation, r.Source, r.ValidationImages)
}

// Summary is the table of accuracy by algorithm and labels of each class.
func Summary(results []Result) (notebook.Tabular, error) {
	t := notebook.Tabular{Caption: caption(results), Header: []string{"algorithm", "labels of each class", "accuracy, %", "seeds"}}
	list, err := points(results)
	if err != nil {
		return t, err
	}
	for _, a := range Algorithms() {
		for _, p := range list {
			if p.algorithm.Name != a.Name {
				continue
			}
			mean, half := p.interval()
			cell := fmt.Sprintf("%.1f", 100*mean)
			if !math.IsNaN(half) {
				cell += fmt.Sprintf(" ± %.1f", 100*half)
			}
			t.Rows = append(t.Rows, []string{a.Title, fmt.Sprint(p.labels), cell, fmt.Sprint(len(p.values))})
		}
	}
	return t, nil
}

// Curves draws accuracy against the labels of each class, on a logarithmic axis, a line for each algorithm.
func Curves(results []Result) (*figure.Figure, error) {
	list, err := points(results)
	if err != nil {
		return nil, err
	}
	var series []figure.Series
	for _, a := range Algorithms() {
		s := figure.Series{Name: a.Title, Dashed: a.Views == None}
		for _, p := range list {
			if p.algorithm.Name == a.Name {
				mean, half := p.interval()
				s.X, s.Y = append(s.X, float64(p.labels)), append(s.Y, mean)
				s.Low, s.High = append(s.Low, mean-half), append(s.High, mean+half)
			}
		}
		if len(s.X) > 0 {
			series = append(series, s)
		}
	}
	return figure.Lines(series, figure.Axis{Label: "labels of each class", Log: true}, figure.Axis{Label: "accuracy", Percent: true},
		figure.Options{Title: "Accuracy by number of labels", Caption: strings.TrimSpace(caption(results))})
}
