package report

import (
	"fmt"
	"strings"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Confusion draws a run's confusion matrix on its validation split: row-normalised shares, or counts.
func Confusion(r *run.Run, kind figure.MatrixKind) (*figure.Figure, error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, err
	}
	c := p.Confusion()
	values, title := c.Normalised(), "Confusion of "+r.Name+", %"
	if kind == figure.Counts {
		values, title = c.Counts(), "Confusion of "+r.Name+", faces"
	}
	return figure.ConfusionMatrix(values, kind, nil, figure.Options{
		Title: title, Width: sideBySide, Caption: "Labels down, predictions across. " + sentence(r.Caption()),
	})
}

// sideBySide is the width of a figure of which two fit beside each other.
const sideBySide = 440

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
	difference := pb.Confusion().Normalised()
	for i, row := range pa.Confusion().Normalised() {
		for j, v := range row {
			difference[i][j] -= v
		}
	}
	return figure.ConfusionMatrix(difference, figure.Differences, nil, figure.Options{
		Title:   fmt.Sprintf("What %s does otherwise than %s, points", b.Name, a.Name),
		Width:   sideBySide,
		Caption: fmt.Sprintf("Row-normalised confusion of %s minus that of %s. %s; %s", b.Name, a.Name, a.Caption(), sentence(b.Caption())),
	})
}

func sentence(s string) string { return strings.TrimRight(s, ".") + "." }

// Mistakes names a run's kinds of mistake that are more frequent than one in ten, the most frequent first, as a Markdown list.
func Mistakes(r *run.Run) (string, error) {
	p, err := r.Predictions()
	if err != nil {
		return "", err
	}
	list := fmt.Sprintf("**%s:** what is taken for what in more than 10 %% of cases\n", r.Name)
	mistakes := p.Confusion().Mistakes(evaluate.DefaultThreshold)
	for _, m := range mistakes {
		list += fmt.Sprintf("\n- %v", m)
	}
	if len(mistakes) == 0 {
		list += "\n- nothing"
	}
	return list, nil
}

// Numbers is the table of [evaluate.Report] for runs: overall figures with 95 % bootstrap intervals, a column a run.
func Numbers(runs ...*run.Run) (header []string, rows [][]string, err error) {
	header = []string{"measure"}
	rows = [][]string{{"images"}, {"accuracy, %"}, {"balanced accuracy, %"}, {"macro F1, %"}, {"label among the two first, %"},
		{"Cohen's kappa"}, {"macro ROC AUC"}, {"negative log-likelihood, nats"}, {"Brier score"}, {"expected calibration error, %"}}
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return nil, nil, err
		}
		e, err := evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 500})
		if err != nil {
			return nil, nil, err
		}
		header = append(header, r.Name)
		for i, cell := range []string{fmt.Sprint(e.N), percent(e.Accuracy), percent(e.BalancedAccuracy), percent(e.MacroF1), percent(e.Top2),
			number(e.Kappa), number(e.MacroAUC), number(e.NLL), number(e.Brier), fmt.Sprintf("%.1f", 100*e.ECE)} {
			rows[i] = append(rows[i], cell)
		}
	}
	return header, rows, nil
}

// ClassNumbers is the table of precision, recall, F1 and ROC AUC of every emotion, with 95 % bootstrap intervals.
func ClassNumbers(r *run.Run) (header []string, rows [][]string, err error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, nil, err
	}
	e, err := evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 500})
	if err != nil {
		return nil, nil, err
	}
	header = []string{"emotion", "faces", "precision, %", "recall, %", "F1, %", "ROC AUC"}
	for _, c := range e.Classes {
		rows = append(rows, []string{c.Emotion.String(), fmt.Sprint(c.Support), percent(c.Precision), percent(c.Recall), percent(c.F1), number(c.AUC)})
	}
	return header, rows, nil
}

// percent writes a share as "64.3 [62.7–65.8]" and number a value as "0.584 [0.566–0.602]".
func percent(i evaluate.Interval) string {
	return fmt.Sprintf("%.1f [%.1f–%.1f]", 100*i.Value, 100*i.Low, 100*i.High)
}

func number(i evaluate.Interval) string {
	return fmt.Sprintf("%.3f [%.3f–%.3f]", i.Value, i.Low, i.High)
}

// The report's claims about confusion: pairs of emotions that are taken for each other, and emotions that are easy.
var (
	confused = [][2]fer.Emotion{
		{fer.Fear, fer.Angry}, {fer.Fear, fer.Sad}, {fer.Fear, fer.Surprise}, {fer.Fear, fer.Neutral},
		{fer.Disgust, fer.Angry}, {fer.Disgust, fer.Fear},
		{fer.Angry, fer.Sad}, {fer.Angry, fer.Neutral},
		{fer.Sad, fer.Neutral},
	}
	easy = []fer.Emotion{fer.Happy, fer.Surprise}
)

// Claims holds the report's claims about confusion against a run's predictions: the rows of a table, with their header.
//
// A pair of emotions is confused as claimed in a direction if more than one in ten faces of the one are taken for the other:
// confirmed in both directions, partly in one, or not. Shares have 95 % Wilson intervals; where one holds 10 %, the verdict
// "could be otherwise" on other images. An emotion is easy if its recall is above the run's accuracy: confirmed if all of its interval
// is, partly if only the estimate is.
func Claims(r *run.Run) (header []string, rows [][]string, err error) {
	p, err := r.Predictions()
	if err != nil {
		return nil, nil, err
	}
	c := p.Confusion()
	header = []string{"the report's claim", "there, %", "and back, %", "here"}
	share := func(label, predicted fer.Emotion) evaluate.Interval {
		return evaluate.Wilson(c[label][predicted], c.Support(label))
	}
	for _, pair := range confused {
		there, back := share(pair[0], pair[1]), share(pair[1], pair[0])
		rows = append(rows, []string{fmt.Sprintf("%v ↔ %v", pair[0], pair[1]), percent(there), percent(back), confusedVerdict(there, back)})
	}
	for _, e := range easy {
		recall, verdict := share(e, e), "not confirmed"
		if accuracy := p.Accuracy(); recall.Low > accuracy {
			verdict = "confirmed"
		} else if recall.Value > accuracy {
			verdict = "partly"
		}
		rows = append(rows, []string{fmt.Sprintf("%v is easy", e), percent(recall), "–", verdict})
	}
	return header, rows, nil
}

func confusedVerdict(directions ...evaluate.Interval) string {
	above, close := 0, false
	for _, d := range directions {
		if d.Value > evaluate.DefaultThreshold {
			above++
		}
		close = close || d.Contains(evaluate.DefaultThreshold)
	}
	verdict := []string{"not confirmed", "partly", "confirmed"}[above]
	if close {
		verdict += ", but could be otherwise"
	}
	return verdict
}
