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
	for _, r := range runs {
		a, err := accuracyOf(r)
		if err != nil {
			return nil, err
		}
		bars.Values, bars.Low, bars.High = append(bars.Values, a.Value), append(bars.Low, a.Low), append(bars.High,
			a.High)
	}
	return figure.Bars(names(runs), []figure.BarSeries{bars}, figure.Axis{Label: "accuracy", Percent: true},
		figure.Options{
			Title:   "Accuracy",
			Caption: "Whiskers are 95 % bootstrap intervals. " + measured(runs...),
			Width:   360,
		})
}

// Recall draws the recall of every emotion for one or more runs with 95 % bootstrap intervals.
func Recall(runs ...*run.Run) (*figure.Figure, error) {
	var series []figure.BarSeries
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
		bars := figure.BarSeries{Name: Name(r)}
		for _, c := range e.Classes {
			bars.Values = append(bars.Values, c.Recall.Value)
			bars.Low, bars.High = append(bars.Low, c.Recall.Low), append(bars.High, c.Recall.High)
		}
		series = append(series, bars)
	}
	return figure.Bars(classes.Names(), series, figure.Axis{Label: "recall", Percent: true}, figure.Options{
		Title: "Recall of each " + classes.Noun(),
		Caption: "Share of the faces of " + article(classes) + " that are recognised, with 95 % bootstrap intervals. " +
			measured(runs...),
	})
}

// Verdict compares two runs on the same images in a sentence, in Markdown, that calls a tie a tie.
func Verdict(a, b *run.Run) (string, error) {
	c, err := compared(a, b)
	if err != nil {
		return "", err
	}
	verdict := strings.Replace(c.Verdict(Name(a), Name(b)), fmt.Sprintf("of %d images", c.N),
		fmt.Sprintf("of %s images", figure.Count(c.N)), 1)
	return fmt.Sprintf("**Verdict:** %s.", verdict), nil
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
		t.Rows = append(t.Rows, []string{named(names[i]), fmt.Sprint(len(s.Layers)), figure.Count(total),
			figure.Count(total - frozen), figure.Count(s.MultiplyAdds())})
	}
	return t, nil
}

// AgainstOriginal sets runs against the original report's own numbers.
func AgainstOriginal(runs ...*run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: "Accuracy in the original report (on the board of its course, other images, no interval) and here. " +
			measured(runs...),
		Header: []string{"net", "original report, %", "here, %", "95 % interval", "parameters", "epochs"},
	}
	for _, r := range runs {
		a, err := accuracyOf(r)
		if err != nil {
			return t, err
		}
		reported := "–"
		if v, ok := original[r.Config.Model]; ok {
			reported = fmt.Sprintf("%.2f", v)
		}
		t.Rows = append(t.Rows, []string{Name(r), reported, fmt.Sprintf("%.2f", 100*a.Value),
			fmt.Sprintf("%.2f–%.2f", 100*a.Low, 100*a.High), figure.Count(r.Record.Parameters),
			fmt.Sprint(len(r.History))})
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
