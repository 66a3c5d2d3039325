package results

import (
	"errors"
	"fmt"
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
		c := p.Confusion()
		values, title := c.Normalised(), "Confusion of "+r.Name+", %"
		if kind == figure.Counts {
			values, title = c.Counts(), "Confusion of "+r.Name+", faces"
		}
		f, err := figure.ConfusionMatrix(values, kind, c.Classes.Names(), figure.Options{
			Title: title, Width: sideBySide, Caption: "Labels down, predictions across; " + sentence(r.Caption()),
		})
		if err != nil {
			return nil, err
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// sideBySide is the width of a figure of which two fit beside each other.
const sideBySide = 380

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
		Title: fmt.Sprintf("What %s does otherwise than %s, points", b.Name, a.Name),
		Width: sideBySide,
		Caption: fmt.Sprintf("Row-normalised confusion of %s minus that of %s. %s; %s", b.Name, a.Name, a.Caption(),
			sentence(b.Caption())),
	})
}

// otherClasses says that two runs can't be compared.
func otherClasses(a, b *run.Run) error {
	return fmt.Errorf("run %s tells apart %s, and run %s %s: compare runs of the same classes", a.Name,
		a.Config.Classes, b.Name, b.Config.Classes)
}

// capital begins a text with a capital.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func sentence(s string) string { return strings.TrimRight(s, ".") + "." }

// Mistakes names the runs' kinds of mistake that are more frequent than one in ten, the most frequent first, as
// Markdown lists.
func Mistakes(runs ...*run.Run) (string, error) {
	var b strings.Builder
	for _, r := range runs {
		p, err := r.Predictions()
		if err != nil {
			return "", err
		}
		mistakes := p.Confusion().Mistakes(evaluate.DefaultThreshold)
		fmt.Fprintf(&b, "**%s** mistakes one %s for another in more than 10 %% of its faces %d times:\n\n", r.Name,
			r.Config.Classes.Noun(), len(mistakes))
		for _, m := range mistakes {
			fmt.Fprintf(&b, "- %v\n", m)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// Numbers is the table of [evaluate.Measures] for runs: overall figures with 95 % bootstrap intervals, a column a run.
func Numbers(runs ...*run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: "The nets on their validation splits, with 95 % bootstrap intervals",
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
		t.Header = append(t.Header, r.Name)
		for i, cell := range []string{fmt.Sprint(e.N), percent(e.Accuracy), percent(e.BalancedAccuracy),
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
		Caption: sentence(capital(r.Config.Classes.Noun()) + " by " + r.Config.Classes.Noun() + ": " + r.Caption()),
		Header:  []string{r.Config.Classes.Noun(), "faces", "precision, %", "recall, %", "F1, %", "ROC AUC"},
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

// The original report's claims about confusion: pairs of emotions that are taken for each other, and emotions that are
// easy.
var (
	confused = [][2]fer.Class{
		{fer.Fear, fer.Angry}, {fer.Fear, fer.Sad}, {fer.Fear, fer.Surprise}, {fer.Fear, fer.Neutral},
		{fer.Disgust, fer.Angry}, {fer.Disgust, fer.Fear},
		{fer.Angry, fer.Sad}, {fer.Angry, fer.Neutral},
		{fer.Sad, fer.Neutral},
	}
	easy = []fer.Class{fer.Happy, fer.Surprise}
)

// Claims holds the original report's claims about confusion against a run's predictions.
//
// A pair of emotions is confused as claimed in a direction if more than one in ten faces of the one are taken for the
// other: confirmed in both directions, partly in one, or not. Shares have 95 % Wilson intervals; where one holds 10 %,
// the verdict is a close call: other images could decide otherwise. An emotion is easy if its recall is above the run's
// accuracy: confirmed if all of its interval is, partly if only the estimate is.
func Claims(r *run.Run) (figure.Table, error) {
	t := figure.Table{
		Caption: sentence("The original report's claims against " + r.Caption()),
		Header:  []string{"the original report's claim", "there, %", "and back, %", "here"},
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
	for _, pair := range confused {
		there, back := share(pair[0], pair[1]), share(pair[1], pair[0])
		t.Rows = append(t.Rows, []string{fer.Emotions.Name(pair[0]) + " ↔ " + fer.Emotions.Name(pair[1]),
			percent(there), percent(back), confusedVerdict(there, back)})
	}
	for _, e := range easy {
		recall, verdict := share(e, e), "not confirmed"
		if accuracy := p.Accuracy(); recall.Low > accuracy {
			verdict = "confirmed"
		} else if recall.Value > accuracy {
			verdict = "partly"
		}
		t.Rows = append(t.Rows, []string{fer.Emotions.Name(e) + " is easy", percent(recall), "–", verdict})
	}
	return t, nil
}

func confusedVerdict(directions ...evaluate.Interval) string {
	above, narrow := 0, false
	for _, d := range directions {
		if d.Value > evaluate.DefaultThreshold {
			above++
		}
		narrow = narrow || d.Contains(evaluate.DefaultThreshold)
	}
	verdict := []string{"not confirmed", "partly", "confirmed"}[above]
	if narrow {
		verdict += ", a close call"
	}
	return verdict
}
