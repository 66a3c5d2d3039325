// Package results says in figures, tables and sentences what came of runs: each function answers one question about
// runs, about data or about both. It asks for nothing but what it is given; package ferlab/fer/lab knows the notebooks'
// own.
package results

import (
	"fmt"
	"strings"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// Accuracy draws the accuracy of runs on their validation splits with 95 % bootstrap intervals.
func Accuracy(runs ...*run.Run) (*figure.Figure, error) {
	bars := figure.BarSeries{}
	var names, captions []string
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return nil, err
		}
		a := evaluate.Accuracy(p, evaluate.Bootstrap{})
		names = append(names, r.Name)
		captions = append(captions, r.Caption())
		bars.Values, bars.Low, bars.High = append(bars.Values, a.Value), append(bars.Low, a.Low), append(bars.High,
			a.High)
	}
	return figure.Bars(names, []figure.BarSeries{bars}, figure.Axis{Label: "accuracy", Percent: true}, figure.Options{
		Title:   "Accuracy",
		Caption: "Whiskers are 95 % bootstrap intervals. " + strings.Join(captions, "; ") + ".",
		Width:   360,
	})
}

// Recall draws the recall of every emotion for one or more runs with 95 % bootstrap intervals.
func Recall(runs ...*run.Run) (*figure.Figure, error) {
	var series []figure.BarSeries
	var captions []string
	var classes fer.Classes
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return nil, err
		}
		if classes = p.Classes(); !classes.Equal(runs[0].Config.Classes) {
			return nil, otherClasses(runs[0], r)
		}
		e, err := evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 500})
		if err != nil {
			return nil, err
		}
		bars := figure.BarSeries{Name: r.Name}
		for _, c := range e.Classes {
			bars.Values = append(bars.Values, c.Recall.Value)
			bars.Low, bars.High = append(bars.Low, c.Recall.Low), append(bars.High, c.Recall.High)
		}
		series = append(series, bars)
		captions = append(captions, r.Caption())
	}
	return figure.Bars(classes.Names(), series, figure.Axis{Label: "recall", Percent: true}, figure.Options{
		Title: "Recall of each " + classes.Noun(),
		Caption: "Share of the faces of " + article(classes) + " that are recognised, with 95 % bootstrap intervals. " +
			strings.Join(captions, "; ") + ".",
	})
}

// Verdict compares two runs on the same images in a sentence, in Markdown, that calls a tie a tie.
func Verdict(a, b *run.Run) (string, error) {
	pa, err := a.Predictions()
	if err != nil {
		return "", err
	}
	pb, err := b.Predictions()
	if err != nil {
		return "", err
	}
	c, err := evaluate.Compare(pa, pb, evaluate.Bootstrap{})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**Verdict:** %s.", c.Verdict(a.Name, b.Name)), nil
}

// Parameters compares nets by size and cost.
func Parameters(names []string, nets []model.Net) (figure.Table, error) {
	t := figure.Table{
		Caption: "Size and cost of the nets",
		Header:  []string{"net", "layers", "parameters", "trainable", "multiply-adds per image"},
	}
	for i, net := range nets {
		s, err := model.Summarize(net)
		if err != nil {
			return t, fmt.Errorf("%s: %w", names[i], err)
		}
		total, frozen := s.Params()
		t.Rows = append(t.Rows, []string{names[i], fmt.Sprint(len(s.Layers)), fmt.Sprint(total),
			fmt.Sprint(total - frozen), fmt.Sprint(s.MultiplyAdds())})
	}
	return t, nil
}

// AgainstOriginal sets runs against the original report's own numbers.
func AgainstOriginal(runs ...*run.Run) (figure.Table, error) {
	reported := map[string]string{"cnn": "65.896", "dnn": "38.702"}
	t := figure.Table{
		Caption: "Accuracy there (the course's board, another test set) and here, with the 95 % bootstrap interval; " +
			"1 seed",
		Header: []string{"net", "the original report, %", "here, %", "interval", "split", "epoch"},
	}
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return t, err
		}
		a := evaluate.Accuracy(p, evaluate.Bootstrap{})
		t.Rows = append(t.Rows, []string{
			r.Name, reported[r.Config.Model], fmt.Sprintf("%.2f", 100*a.Value), fmt.Sprintf("%.2f–%.2f", 100*a.Low,
				100*a.High),
			fmt.Sprintf("%s n=%d", r.Record.Validation, r.Record.ValidationImages), r.Record.Selection,
		})
	}
	return t, nil
}

// article is "an emotion" or "a class".
func article(classes fer.Classes) string {
	if classes.Noun() == "class" {
		return "a class"
	}
	return "an emotion"
}
