package results

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

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
func (g Gain) Verdict() string { return against(g.Points, 0, "gains", "loses") }

// Gains compares every algorithm with the baseline, seed by seed, in the order of the algorithms and of the numbers of
// labels. It is an error if none can be compared.
func Gains(outcomes []semisup.Result) ([]Gain, error) {
	list, err := gather(outcomes)
	if err != nil {
		return nil, err
	}
	var gains []Gain
	for _, p := range list {
		base := find(list, "supervised", p.labels)
		if base == nil || p.algorithm.Name == "supervised" {
			continue
		}
		differences := map[uint64]float64{}
		for seed, accuracy := range p.accuracy {
			if b, ok := base.accuracy[seed]; ok {
				differences[seed] = accuracy - b
			}
		}
		if len(differences) > 0 {
			gains = append(gains, Gain{p.algorithm, p.labels, len(differences), student(differences)})
		}
	}
	if len(gains) == 0 {
		return nil, errors.New("no gains: no algorithm has a run with the labels and seed of a supervised one")
	}
	return gains, nil
}

// AnswerFewLabels says what unlabelled faces bring at most, by the recorded runs.
func AnswerFewLabels(s Study) (show.Answer, error) {
	outcomes := s.Few
	gains, err := Gains(outcomes)
	if err != nil {
		return show.Answer{}, err
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
	picture, err := GainsFigure(outcomes, posterWidth, 220)
	return show.Answer{
		Sentence: fmt.Sprintf("Unlabelled faces help a little, for sure at some numbers of labels only: %s lifts "+
			"accuracy by %.1f points with %d labels of each class%s.",
			best.Algorithm.Title, 100*best.Points.Value, best.Labels, later),
		Number: fmt.Sprintf("+%.1f points", 100*best.Points.Value),
		Of: fmt.Sprintf("over the same net without them (95 %% interval %.1f–%.1f, %d seeds; %s).",
			100*best.Points.Low, 100*best.Points.High, best.Seeds, measuredOn(outcomes[0])),
		Notes: []string{fmt.Sprintf("Of %d comparisons %d are gains, %d losses and %d ties. With all labels the net "+
			"reaches %s.", len(gains), count["gains"], count["loses"], count["tie"], share(s.All.Accuracy))},
		Picture: picture,
	}, err
}

// GainsFigure draws gains over the baseline against the number of labels; a width and height of 0 are the usual ones.
func GainsFigure(outcomes []semisup.Result, width, height int) (*figure.Figure, error) {
	gains, err := Gains(outcomes)
	if err != nil {
		return nil, err
	}
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
func GainsTable(outcomes []semisup.Result) (figure.Table, error) {
	gains, err := Gains(outcomes)
	if err != nil {
		return figure.Table{}, err
	}
	t := figure.Table{
		Caption: fmt.Sprintf("Every algorithm against the baseline with the same labelled faces, seed by seed; %s; "+
			"95 %% intervals by Student's t; one that holds 0 is a tie", measuredOn(outcomes[0])),
		Header: []string{"algorithm", "labels of each class", "seeds", "gain, points", "verdict"},
	}
	for _, g := range gains {
		t.Rows = append(t.Rows, []string{g.Algorithm.Title, fmt.Sprint(g.Labels), fmt.Sprint(g.Seeds),
			signed(g.Points), g.Verdict()})
	}
	return t, nil
}

// LabelsFigure draws accuracy by number of labels, with a line for a net that has them all; none if all is nil.
func LabelsFigure(outcomes []semisup.Result, all *AllLabels) (*figure.Figure, error) {
	list, err := gather(outcomes)
	if err != nil {
		return nil, err
	}
	var series []figure.Series
	for _, p := range list {
		if n := len(series); n == 0 || series[n-1].Name != p.algorithm.Title {
			series = append(series, figure.Series{Name: p.algorithm.Title, Dashed: p.algorithm.Name == "supervised"})
		}
		s, i := &series[len(series)-1], p.interval()
		s.X, s.Y = append(s.X, float64(p.labels)), append(s.Y, i.Value)
		s.Low, s.High = append(s.Low, i.Low), append(s.High, i.High)
	}
	caption := overSeeds(outcomes, list)
	if all != nil {
		ends := series[0].X
		series = append(series, figure.Series{Name: "all labels", X: []float64{ends[0], ends[len(ends)-1]},
			Y: []float64{all.Accuracy, all.Accuracy}, Reference: true})
		caption += " " + all.About
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
