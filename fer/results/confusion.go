package results

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Confusion draws the confusion matrices of runs on their validation splits, side by side: row-normalised shares, or
// counts.
func Confusion(kind figure.MatrixKind, runs ...*run.Run) (figure.Row, error) {
	var figures figure.Row
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return nil, err
		}
		f, err := confusion(r, p.Confusion(), kind, sideBySide)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

func confusion(r *run.Run, c evaluate.Confusion, kind figure.MatrixKind, width int) (*figure.Figure, error) {
	values, unit := c.Normalised(), "in percent of each row"
	if kind == figure.Counts {
		values, unit = c.Counts(), "faces"
	}
	return figure.ConfusionMatrix(values, kind, c.Classes.Names(), figure.Options{
		Title: fmt.Sprintf("Confusion of %s, %s", Name(r), unit), Width: width,
		Caption: "Labels down, answers across. " + measured(r),
	})
}

// sideBySide is the width of a figure of which two fit beside each other.
const sideBySide = 330

// ConfusionDifference draws the row-normalised confusion matrix of b minus that of a.
func ConfusionDifference(a, b *run.Run) (*figure.Figure, error) {
	pa, err := a.Predictions()
	if err != nil {
		return nil, err
	}
	pb, err := b.Predictions()
	if err != nil {
		return nil, err
	}
	if !pa.Classes().Equal(pb.Classes()) {
		return nil, otherClasses(a, b)
	}
	difference := pb.Confusion().Normalised()
	for i, row := range pa.Confusion().Normalised() {
		for j, v := range row {
			difference[i][j] -= v
		}
	}
	return figure.ConfusionMatrix(difference, figure.Differences, pa.Classes().Names(), figure.Options{
		Title:   fmt.Sprintf("What %s does otherwise than %s, points", Name(b), Name(a)),
		Width:   sideBySide,
		Caption: fmt.Sprintf("Shares of %s minus those of %s.", Name(b), Name(a)),
	})
}

// otherClasses says that two runs can't be compared.
func otherClasses(a, b *run.Run) error {
	return fmt.Errorf("run %s tells apart %s, and run %s %s: compare runs of the same classes", a.Name,
		a.Config.Classes, b.Name, b.Config.Classes)
}

func sentence(s string) string { return strings.TrimRight(s, ".") + "." }

// Mistakes lists the runs' kinds of mistake that are more frequent than one in ten, the most frequent first.
func Mistakes(runs ...*run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: "Mistakes that more than one face in ten of an emotion meets; Wilson's 95 % intervals. " +
			measured(runs...),
		Header: []string{"net", "label", "the net says", "of the faces, %", "faces"},
	}
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return t, err
		}
		for _, m := range p.Confusion().Mistakes(evaluate.DefaultThreshold) {
			t.Rows = append(t.Rows, []string{Name(r), m.Classes.Name(m.Label), m.Classes.Name(m.Predicted),
				percent(m.Rate),
				fmt.Sprintf("%d\u00a0of\u00a0%d", m.Count, m.Support)})
		}
	}
	return t, nil
}

// Numbers is the table of [evaluate.Measures] for runs: overall figures with 95 % bootstrap intervals, a column a run.
func Numbers(runs ...*run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: "Measures with 95 % bootstrap intervals. " + measured(runs...),
		Header:  []string{"measure"},
		Rows: [][]string{{"images"}, {"accuracy, %"}, {"balanced accuracy, %"}, {"macro F1, %"},
			{"label among the two first, %"}, {"Cohen's kappa"}, {"macro ROC AUC"}, {"negative log-likelihood, nats"},
			{"Brier score"}, {"expected calibration error, %"}},
	}
	if len(runs) == 0 {
		return t, errors.New("numbers of no run")
	}
	for _, r := range runs {
		e, err := evaluated(r)
		if err != nil {
			return t, err
		}
		t.Header = append(t.Header, Name(r))
		for i, cell := range []string{figure.Count(e.N), percent(e.Accuracy), percent(e.BalancedAccuracy),
			percent(e.MacroF1), percent(e.Top2),
			number(e.Kappa), number(e.MacroAUC), number(e.NLL), number(e.Brier), fmt.Sprintf("%.1f", 100*e.ECE)} {
			t.Rows[i] = append(t.Rows[i], cell)
		}
	}
	return t, nil
}

// ClassNumbers is the table of precision, recall, F1 and ROC AUC of every emotion, with 95 % bootstrap intervals.
func ClassNumbers(r *run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: fmt.Sprintf("%s, emotion by emotion, with 95 %% bootstrap intervals. %s", Name(r), measured(r)),
		Header:  []string{"emotion", "faces", "precision, %", "recall, %", "F1, %", "ROC AUC"},
	}
	e, err := evaluated(r)
	if err != nil {
		return t, err
	}
	for _, c := range e.Classes {
		t.Rows = append(t.Rows, []string{c.Name, fmt.Sprint(c.Support), percent(c.Precision),
			percent(c.Recall), percent(c.F1), number(c.AUC)})
	}
	return t, nil
}

func evaluated(r *run.Run) (evaluate.Measures, error) {
	p, err := r.Predictions()
	if err != nil {
		return evaluate.Measures{}, err
	}
	return evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 500})
}

// percent writes a share as "64.3 [62.7–65.8]" and number a value as "0.584 [0.566–0.602]".
func percent(i evaluate.Interval) string {
	return fmt.Sprintf("%.1f [%.1f–%.1f]", 100*i.Value, 100*i.Low, 100*i.High)
}

func number(i evaluate.Interval) string {
	return fmt.Sprintf("%.3f [%.3f–%.3f]", i.Value, i.Low, i.High)
}

// The original report's claims: emotions whose faces are taken for others, label first; emotions that are easy; and
// those that are hardest.
var (
	confused = [][2]fer.Class{
		{fer.Fear, fer.Angry}, {fer.Fear, fer.Sad}, {fer.Fear, fer.Surprise}, {fer.Fear, fer.Neutral},
		{fer.Disgust, fer.Angry}, {fer.Disgust, fer.Fear},
		{fer.Angry, fer.Sad}, {fer.Angry, fer.Neutral},
		{fer.Sad, fer.Neutral},
	}
	easy = []fer.Class{fer.Happy, fer.Surprise}
	hard = []fer.Class{fer.Fear, fer.Angry, fer.Disgust}
)

// Claims holds the original report's claims about confusion against a run's predictions, as they are stated.
//
// Faces of one emotion are taken for another as claimed if more than one in ten of them are. An emotion is easy if it
// is recognised more often than faces are on average, and among the hardest if it is one of the three with the lowest
// recall. Shares have 95 % Wilson intervals; where one holds the level that it is compared with, the verdict is a close
// call: other images could decide otherwise.
func Claims(r *run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: fmt.Sprintf("The original report's claims against %s. %s", Name(r), measured(r)),
		Header:  []string{"the original report's claim", "share of the faces, %", "here"},
	}
	p, err := r.Predictions()
	if err != nil {
		return t, err
	}
	if !p.Classes().Equal(fer.Emotions) {
		return t, fmt.Errorf("the claims are about %s, and run %s tells apart %s", fer.Emotions, r.Name, p.Classes())
	}
	c := p.Confusion()
	share := func(label, predicted fer.Class) evaluate.Interval {
		return evaluate.Wilson(c.Images[label][predicted], c.Support(label))
	}
	row := func(claim string, at evaluate.Interval, holds bool, level float64) {
		verdict := map[bool]string{true: "confirmed", false: "not confirmed"}[holds]
		if at.Contains(level) {
			verdict += ", a close call"
		}
		t.Rows = append(t.Rows, []string{claim, percent(at), verdict})
	}
	for _, pair := range confused {
		at := share(pair[0], pair[1])
		claim := fer.Emotions.Name(pair[0]) + " is taken for " + fer.Emotions.Name(pair[1])
		row(claim, at, at.Value > evaluate.DefaultThreshold, evaluate.DefaultThreshold)
	}
	for _, e := range easy {
		at := share(e, e)
		row(fer.Emotions.Name(e)+" is easy", at, at.Value > p.Accuracy(), p.Accuracy())
	}
	order := hardest(c)
	for _, e := range hard {
		at := share(e, e)
		// The level is the recall of the first emotion that is no longer, or the last that is, among the hardest.
		level := math.NaN()
		place := slices.Index(order, e)
		if edge := len(hard); edge < len(order) && place >= 0 {
			other := order[edge]
			if place >= edge {
				other = order[edge-1]
			}
			level = c.Recall(other)
		}
		row(fer.Emotions.Name(e)+" is among the three hardest", at, place >= 0 && place < len(hard), level)
	}
	return t, nil
}
