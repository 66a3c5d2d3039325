package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Accuracies that the original report gives, in percent, by kind of net.
var original = map[string]float64{"cnn": 65.896, "dnn": 38.702}

// posterWidth is the width of a picture of an answer, in CSS pixels.
const posterWidth = 330

// accuracyOf returns a run's accuracy with its interval.
func accuracyOf(r *run.Run) (evaluate.Interval, error) {
	p, err := r.Predictions()
	if err != nil {
		return evaluate.Interval{}, err
	}
	return evaluate.Accuracy(p, evaluate.Bootstrap{}), nil
}

// AnswerCNN says how good a run is, beside the original report's and other runs.
func AnswerCNN(r *run.Run, others ...*run.Run) (show.Answer, error) {
	a, err := accuracyOf(r)
	if err != nil {
		return show.Answer{}, err
	}
	there := original[r.Config.Model]
	than := "about as many as the original report's net"
	if low, high := 100*a.Low, 100*a.High; low > there {
		than = "more than the original report's net"
	} else if high < there {
		than = "fewer than the original report's net"
	}
	answer := show.Answer{
		Sentence: fmt.Sprintf("It names the emotion of %s, %s.", inWords(a.Value), than),
		Number:   share(a.Value),
		Of: fmt.Sprintf("of %s (%s); the original report: %.1f %% on the board of its course, other images.",
			images(r), between(a), there),
	}
	for _, o := range others {
		b, err := accuracyOf(o)
		if err != nil {
			return answer, err
		}
		answer.Notes = append(answer.Notes, fmt.Sprintf("%s, a net with %s parameters: %s (%s).", Name(o),
			figure.Count(o.Record.Parameters), share(b.Value), between(b)))
	}
	answer.Picture, err = AgainstOriginalFigure(append([]*run.Run{r}, others...)...)
	return answer, err
}

// inWords writes a share of faces as a simple fraction: "two faces in three".
func inWords(v float64) string {
	numbers := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight"}
	k, n := fraction(v)
	noun := "faces"
	if k == 1 {
		noun = "face"
	}
	return fmt.Sprintf("%s %s in %s", numbers[k], noun, numbers[n])
}

// fraction returns the simplest k/n, n ≤ 8, within two points of v.
func fraction(v float64) (k, n int) {
	best := 1
	for n = 2; n <= 8; n++ {
		if k = int(math.Round(v * float64(n))); math.Abs(float64(k)/float64(n)-v) < 0.02 {
			return k, n
		}
		if math.Abs(math.Round(v*float64(n))/float64(n)-v) < math.Abs(math.Round(v*float64(best))/float64(best)-v) {
			best = n
		}
	}
	return int(math.Round(v * float64(best))), best
}

// AgainstOriginalFigure draws the accuracy of runs, and that of the original report's nets of their kinds.
func AgainstOriginalFigure(runs ...*run.Run) (*figure.Figure, error) {
	bars := figure.BarSeries{}
	var labels []string
	add := func(name string, v, low, high float64) {
		labels = append(labels, name)
		bars.Values, bars.Low, bars.High = append(bars.Values, v), append(bars.Low, low), append(bars.High, high)
	}
	for _, r := range runs {
		if there, ok := original[r.Config.Model]; ok {
			add("original "+named(r.Config.Model), there/100, math.NaN(), math.NaN())
		}
		a, err := accuracyOf(r)
		if err != nil {
			return nil, err
		}
		add(Name(r), a.Value, a.Low, a.High)
	}
	return figure.Bars(labels, []figure.BarSeries{bars}, figure.Axis{Label: "accuracy", Percent: true},
		figure.Options{
			Title: "Accuracy, here and in the original report",
			Caption: "Whiskers are 95 % bootstrap intervals; the original report gives none, and measured on the " +
				"board of its course. " + measured(runs...),
			Width: posterWidth, Height: 210,
		})
}

// AnswerDNN says how far the second run is behind the first, a net with as many parameters.
func AnswerDNN(cnn, dnn *run.Run) (show.Answer, error) {
	a, err := accuracyOf(dnn)
	if err != nil {
		return show.Answer{}, err
	}
	c, err := compared(cnn, dnn)
	if err != nil {
		return show.Answer{}, err
	}
	d := c.Difference
	sentence := fmt.Sprintf("No. With as many parameters (%s; the CNN has %s) it is %.0f points less accurate.",
		figure.Count(dnn.Record.Parameters), figure.Count(cnn.Record.Parameters), 100*d.Value)
	if c.Tie() {
		sentence = "It can't be told: the two nets tie."
	} else if d.Value < 0 {
		sentence = fmt.Sprintf("Better: it is %.0f points more accurate.", -100*d.Value)
	}
	picture, err := AgainstOriginalFigure(cnn, dnn)
	return show.Answer{
		Sentence: sentence,
		Number:   share(a.Value),
		Of: fmt.Sprintf("of %s (%s); the CNN leads by %.1f points [%.1f, %.1f] on the same faces.", images(dnn),
			between(a), 100*d.Value, 100*d.Low, 100*d.High),
		Notes: []string{fmt.Sprintf("It gained %.0f points over the original report's DNN (%.1f %%, on other images), "+
			"the CNN %.1f.", 100*a.Value-original["dnn"], original["dnn"], 100*c.A-original["cnn"])},
		Picture: picture,
	}, err
}

func compared(a, b *run.Run) (evaluate.Comparison, error) {
	pa, err := a.Predictions()
	if err != nil {
		return evaluate.Comparison{}, err
	}
	pb, err := b.Predictions()
	if err != nil {
		return evaluate.Comparison{}, err
	}
	return evaluate.Compare(pa, pb, evaluate.Bootstrap{})
}

// AnswerConfusion names the most frequent mistakes of a run, and its easiest and hardest emotions.
func AnswerConfusion(r *run.Run) (show.Answer, error) {
	p, err := r.Predictions()
	if err != nil {
		return show.Answer{}, err
	}
	c := p.Confusion()
	mistakes := c.Mistakes(evaluate.DefaultThreshold)
	if len(mistakes) == 0 {
		return show.Answer{Sentence: "None: no emotion is taken for another in more than one case of ten."}, nil
	}
	var first []string
	for _, m := range mistakes[:min(3, len(mistakes))] {
		first = append(first, fmt.Sprintf("%s for %s", c.Classes.Name(m.Label), c.Classes.Name(m.Predicted)))
	}
	byRecall := hardest(c)
	ease := func(e fer.Class) string { return fmt.Sprintf("%s (%.0f %%)", c.Classes.Name(e), 100*c.Recall(e)) }
	n := len(byRecall)
	worst := mistakes[0]
	picture, err := confusion(r, c, figure.Shares, 300)
	return show.Answer{
		Sentence: fmt.Sprintf("It takes %s.", list(first)),
		Number:   fmt.Sprintf("%.0f %%", 100*worst.Rate.Value),
		Of: fmt.Sprintf("of the faces labelled %s are called %s (%d of %d, 95 %% interval %.0f–%.0f; %s).",
			c.Classes.Name(worst.Label), c.Classes.Name(worst.Predicted), worst.Count, worst.Support,
			100*worst.Rate.Low, 100*worst.Rate.High, images(r)),
		Notes: []string{fmt.Sprintf("Easiest are %s and %s, hardest %s and %s: shares of their faces that are "+
			"recognised.", ease(byRecall[n-1]), ease(byRecall[n-2]), ease(byRecall[0]), ease(byRecall[1]))},
		Picture: picture,
	}, err
}

// hardest returns the emotions that have faces, in rising order of recall.
func hardest(c evaluate.Confusion) []fer.Class {
	var all []fer.Class
	for _, e := range c.Classes.All() {
		if c.Support(e) > 0 {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b fer.Class) int { return cmp.Compare(c.Recall(a), c.Recall(b)) })
	return all
}
