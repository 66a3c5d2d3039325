package results

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/fer/semisup"
	"ferlab/fer/show"
)

// Gain is what an algorithm gains over the supervised baseline at a number of labels, with the interval by Student's t
// over seeds, each seed with the same labelled images.
type Gain struct {
	Algorithm semisup.Algorithm
	Labels    int // For each class.
	Seeds     int
	Points    evaluate.Interval // NaN ends for a single seed.
}

// Verdict calls a tie a tie.
func (g Gain) Verdict() string {
	switch {
	case math.IsNaN(g.Points.Low):
		return "one seed"
	case g.Points.Low > 0:
		return "gains"
	case g.Points.High < 0:
		return "loses"
	}
	return "tie"
}

// Gains compares every algorithm with the baseline, in the order of the algorithms and of the numbers of labels.
func Gains(outcomes []semisup.Result) []Gain {
	base := map[[2]uint64]float64{} // By labels and seed.
	var labels []int
	for _, r := range outcomes {
		if r.Algorithm == "supervised" {
			base[[2]uint64{uint64(r.Labels), r.Seed}] = r.Accuracy
			if !slices.Contains(labels, r.Labels) {
				labels = append(labels, r.Labels)
			}
		}
	}
	slices.Sort(labels)
	var gains []Gain
	for _, a := range semisup.Algorithms() {
		for _, n := range labels {
			var values []float64
			for _, r := range outcomes {
				if b, ok := base[[2]uint64{uint64(n), r.Seed}]; ok && r.Algorithm == a.Name && r.Labels == n {
					values = append(values, r.Accuracy-b)
				}
			}
			if len(values) > 0 && a.Name != "supervised" {
				gains = append(gains, Gain{a, n, len(values), student(values)})
			}
		}
	}
	return gains
}

// student returns the mean with its 95 % interval by Student's t.
func student(values []float64) evaluate.Interval {
	mean, deviation := stat.MeanStdDev(values, nil)
	n := float64(len(values))
	half := math.NaN()
	if n > 1 {
		half = distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * stat.StdErr(deviation, n)
	}
	return evaluate.Interval{Value: mean, Low: mean - half, High: mean + half}
}

// AnswerFewLabels says what unlabelled faces bring at most, by the recorded runs.
func AnswerFewLabels(outcomes []semisup.Result, all *run.Run) (show.Answer, error) {
	gains := Gains(outcomes)
	if len(gains) == 0 {
		return show.Answer{}, fmt.Errorf("no recorded run can be compared with a baseline")
	}
	best := slices.MaxFunc(gains, func(a, b Gain) int { return cmp.Compare(a.Points.Low, b.Points.Low) })
	most := 0
	for _, g := range gains {
		most = max(most, g.Labels)
	}
	later := ""
	for _, g := range gains {
		if g.Algorithm.Name == best.Algorithm.Name && g.Labels == most {
			later = fmt.Sprintf(" and with %d by %.1f", most, 100*g.Points.Value)
		}
	}
	count := map[string]int{}
	for _, g := range gains {
		count[g.Verdict()]++
	}
	whole, err := accuracyOf(all)
	if err != nil {
		return show.Answer{}, err
	}
	picture, err := GainsFigure(gains, posterWidth, 220)
	return show.Answer{
		Sentence: fmt.Sprintf("Unlabelled faces help, the more the fewer labels there are: %s lifts accuracy by %.1f "+
			"points with %d labels of each class%s.", best.Algorithm.Title, 100*best.Points.Value, best.Labels, later),
		Number: fmt.Sprintf("+%.1f points", 100*best.Points.Value),
		Of: fmt.Sprintf("over the same net without them (95 %% interval %.1f–%.1f, %d seeds; PublicTest, n=%s).",
			100*best.Points.Low, 100*best.Points.High, best.Seeds, figure.Count(outcomes[0].Images)),
		Notes: []string{fmt.Sprintf("Of %d comparisons %d are gains, %d losses and %d ties. No algorithm comes near "+
			"the %s that the whole CNN reaches with all labels.",
			len(gains), count["gains"], count["loses"], count["tie"], share(whole.Value))},
		Picture: picture,
	}, err
}

// GainsFigure draws gains over the baseline against the number of labels.
func GainsFigure(gains []Gain, width, height int) (*figure.Figure, error) {
	var series []figure.Series
	for _, g := range gains {
		i := slices.IndexFunc(series, func(s figure.Series) bool { return s.Name == g.Algorithm.Title })
		if i < 0 {
			i = len(series)
			series = append(series, figure.Series{Name: g.Algorithm.Title})
		}
		s := &series[i]
		s.X, s.Y = append(s.X, float64(g.Labels)), append(s.Y, 100*g.Points.Value)
		s.Low, s.High = append(s.Low, 100*g.Points.Low), append(s.High, 100*g.Points.High)
	}
	if len(series) == 0 {
		return nil, fmt.Errorf("no gain to draw")
	}
	ends := series[0].X
	series = append(series, figure.Series{Name: "baseline", X: []float64{ends[0], ends[len(ends)-1]},
		Y: []float64{0, 0}, Reference: true})
	return figure.Lines(series, figure.Axis{Label: "labels of each class", Log: true},
		figure.Axis{Label: "gain over the baseline, points"}, figure.Options{
			Title: "What unlabelled faces bring",
			Caption: "Accuracy less that of the supervised baseline with the same labelled faces; mean over seeds, " +
				"whiskers are 95 % intervals by Student's t.",
			Width: width, Height: height,
		})
}

// GainsTable lists every comparison with its verdict, losses too.
func GainsTable(outcomes []semisup.Result) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Every algorithm against the baseline with the same labelled faces, seed by seed; %s, "+
			"n=%s; 95 %% intervals by Student's t; one that holds 0 is a tie",
			source(outcomes[0].Source), figure.Count(outcomes[0].Images)),
		Header: []string{"algorithm", "labels of each class", "seeds", "gain, points", "verdict"},
	}
	for _, g := range Gains(outcomes) {
		t.Rows = append(t.Rows, []string{g.Algorithm.Title, fmt.Sprint(g.Labels), fmt.Sprint(g.Seeds),
			signed(g.Points), g.Verdict()})
	}
	return t
}

// LabelsFigure draws accuracy by number of labels, with a line for a run that has them all.
func LabelsFigure(outcomes []semisup.Result, all *run.Run) (*figure.Figure, error) {
	var series []figure.Series
	low, high, seeds := math.Inf(1), 0.0, 0
	for _, a := range semisup.Algorithms() {
		s := figure.Series{Name: a.Title, Dashed: a.Name == "supervised"}
		by := map[int][]float64{}
		var labels []int
		for _, r := range outcomes {
			if r.Algorithm == a.Name {
				if by[r.Labels] == nil {
					labels = append(labels, r.Labels)
				}
				by[r.Labels] = append(by[r.Labels], r.Accuracy)
			}
		}
		slices.Sort(labels)
		for _, n := range labels {
			seeds = max(seeds, len(by[n]))
			i := student(by[n])
			s.X, s.Y = append(s.X, float64(n)), append(s.Y, i.Value)
			s.Low, s.High = append(s.Low, i.Low), append(s.High, i.High)
			low, high = min(low, float64(n)), max(high, float64(n))
		}
		if len(s.X) > 0 {
			series = append(series, s)
		}
	}
	over := "one seed"
	if seeds > 1 {
		over = "mean over seeds, 95 % intervals by Student's t"
	}
	caption := fmt.Sprintf("Accuracy on %s, n=%s, after the last of %s steps; %s.", source(outcomes[0].Source),
		figure.Count(outcomes[0].Images), figure.Count(outcomes[0].Steps), over)
	if all != nil {
		a, err := accuracyOf(all)
		if err != nil {
			return nil, err
		}
		series = append(series, figure.Series{Name: "all labels", X: []float64{low, high},
			Y: []float64{a.Value, a.Value}, Reference: true})
		caption += fmt.Sprintf(" The line of all labels is the recorded %s: twice as many channels, all %s labels, %d "+
			"epochs.",
			Name(all), figure.Count(all.Record.TrainImages), len(all.History))
	}
	return figure.Lines(series, figure.Axis{Label: "labels of each class", Log: true},
		figure.Axis{Label: "accuracy", Percent: true}, figure.Options{Title: "Accuracy by number of labels",
			Caption: caption})
}

// Verdicts compares pairs of runs on the same images, in a table that calls a tie a tie and a loss a loss. what says of
// each pair what it compares.
func Verdicts(caption string, what [][]string, header []string, pairs ...[2]*run.Run) (figure.Table, error) {
	t := figure.Table{Caption: caption, Header: append(slices.Clone(header), "difference, points", "verdict")}
	for i, pair := range pairs {
		c, err := compared(pair[0], pair[1])
		if err != nil {
			return t, err
		}
		verdict := "tie"
		if d := c.Difference; !c.Tie() && d.Value > 0 {
			verdict = "gains"
		} else if !c.Tie() {
			verdict = "loses"
		}
		t.Rows = append(t.Rows, append(slices.Clone(what[i]), signed(c.Difference), verdict))
	}
	return t, nil
}
