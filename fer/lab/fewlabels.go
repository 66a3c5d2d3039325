package lab

import (
	"context"
	"fmt"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/semisup"
	"ferlab/fer/show"
)

// FewLabels are the numbers of labelled faces of each class that the notebook compares its algorithms at; one in a
// small setting.
func FewLabels() []int {
	if Small() {
		return []int{2}
	}
	return []int{2, 5, 15}
}

// FewLabelsConfig is the configuration of the notebook's semi-supervised trainings: a slim net and 200 steps, 4 in a
// small setting. There is no dropout, without which the baseline is far better after so few steps, and FreeMatch's
// thresholds move fast.
func FewLabelsConfig(algorithm string, labels int) semisup.Config {
	c := semisup.Quick(algorithm, labels, 1)
	c.Train.CNN = model.CNNConfig{Filters: []int{8, 16, 16, 32}, Dense: []int{64}}
	c.Train.LearningRate, c.Train.BatchSize, c.Ratio = 4e-3, 14, 3
	c.Train.Epochs, c.StepsPerEpoch = 4, 50
	c.Train.Augment.Contrast, c.Train.Augment.Brightness = 0.4, 0.2
	c.ThresholdEMA = 0.9
	if Small() {
		c.StepsPerEpoch, c.Train.WarmupSteps = 1, 1
	}
	return c
}

// ClearFaces returns the data of the notebook's semi-supervised trainings: 1,400 synthetic faces to train on and 700 to
// test, fewer in a small setting, with full expressions and in clear view, whatever source the other notebooks run on.
func ClearFaces() *dataset.Dataset {
	train, test := 1400, 700
	if Small() {
		train, test = 210, 70
	}
	d, _ := audit.Planted(train+test, 0, 1)
	for i := range d.Examples[train:] {
		d.Examples[train+i].Split = fer.Test
	}
	return d
}

// LearnWithFewLabels trains the net with every algorithm at each of [FewLabels], or opens the runs if that has been
// done before, and returns their results.
func LearnWithFewLabels() ([]semisup.Result, error) {
	data := ClearFaces()
	dir := fewLabelsFolder()
	progress := show.NewProgress("training", len(FewLabels())*len(semisup.Algorithms()))
	defer progress.Done("")
	done := 0
	for _, a := range semisup.Algorithms() {
		for _, labels := range FewLabels() { // The others run the graphs that the first compiled.
			c := FewLabelsConfig(a.Name, labels)
			progress.Update(done, c.Name())
			// A threshold that nothing reaches so early is seen in the table.
			o := &semisup.Options{Options: run.Options{Data: data, Warn: func(string) {}}}
			if _, err := semisup.Train(context.Background(), filepath.Join(dir, c.Name()), c, o); err != nil {
				return nil, err
			}
			done++
		}
	}
	return semisup.Results(dir)
}

func fewLabelsFolder() string {
	folder := "few-labels"
	if Small() {
		folder += "-small"
	}
	return filepath.Join(root(), "runs", "notebooks", folder)
}

// FewLabelsVerdicts compares every algorithm with the supervised baseline on the same test faces, at each of
// [FewLabels].
func FewLabelsVerdicts() (figure.Table, error) {
	var what [][]string
	var pairs [][2]*run.Run
	for _, labels := range FewLabels() {
		base, err := fewLabelsRun("supervised", labels)
		if err != nil {
			return figure.Table{}, err
		}
		for _, a := range semisup.Algorithms() {
			if a.Name == "supervised" {
				continue
			}
			r, err := fewLabelsRun(a.Name, labels)
			if err != nil {
				return figure.Table{}, err
			}
			what, pairs = append(what, []string{fmt.Sprint(labels), a.Title}), append(pairs, [2]*run.Run{r, base})
		}
	}
	return results.Verdicts("Every algorithm against the supervised baseline on the same test faces of this notebook; "+
		"one seed; paired 95 % bootstrap intervals, and McNemar's "+
		"test", what, []string{"labels of each class", "algorithm"}, pairs...)
}

func fewLabelsRun(algorithm string, labels int) (*run.Run, error) {
	return run.Open(filepath.Join(fewLabelsFolder(), FewLabelsConfig(algorithm, labels).Name()))
}
