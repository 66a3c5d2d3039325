package results

import (
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/votes"
)

// points returns "62.3 [60.7, 63.9]", or a dash where the share is undefined.
func points(i evaluate.Interval) string {
	if i.Value != i.Value {
		return "–"
	}
	return fmt.Sprintf("%.1f [%.1f, %.1f]", 100*i.Value, 100*i.Low, 100*i.High)
}

// decimal returns "0.912 [0.880, 0.945]".
func decimal(i evaluate.Interval) string {
	return fmt.Sprintf("%.3f [%.3f, %.3f]", i.Value, i.Low, i.High)
}

const intervals = "95 % bootstrap intervals over images"

// People compares voters, labels and nets, as [votes.Agreements] gives them, on n images.
func People(all []votes.Agreement, n int) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Who agrees with whom, %%, n=%d; %s", n, intervals),
		Header: []string{"answer of", "is FER2013's label", "is that of one voter",
			"is that of more than half of nine voters"},
	}
	for _, a := range all {
		t.Rows = append(t.Rows, []string{a.Name, points(a.Label), points(a.Voter), points(a.Others)})
	}
	return t
}

// PeopleByEmotion says how often each agrees with nine voters, by the emotion that more than half of these see.
func PeopleByEmotion(all []votes.Agreement) figure.Table {
	t := figure.Table{
		Caption: "Agreement with more than half of nine voters, by the emotion that they see, %; " + intervals,
		Header:  append([]string{"answer of"}, fer.Emotions.Names()...),
	}
	for _, a := range againstOthers(all) {
		row := []string{a.Name}
		for _, share := range a.ByEmotion {
			row = append(row, points(share))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// againstOthers leaves out who can't be compared with nine voters.
func againstOthers(all []votes.Agreement) []votes.Agreement {
	return slices.DeleteFunc(slices.Clone(all), func(a votes.Agreement) bool { return a.Name == votes.AllTen })
}

// PeopleFigure draws [PeopleByEmotion].
func PeopleFigure(all []votes.Agreement) (*figure.Figure, error) {
	var series []figure.BarSeries
	for _, a := range againstOthers(all) {
		bars := figure.BarSeries{Name: a.Name}
		for _, share := range a.ByEmotion {
			bars.Values = append(bars.Values, share.Value)
			bars.Low, bars.High = append(bars.Low, share.Low), append(bars.High, share.High)
		}
		series = append(series, bars)
	}
	return figure.Bars(fer.Emotions.Names(), series, figure.Axis{Label: "agreement", Percent: true}, figure.Options{
		Title: "Agreement with people",
		Caption: "Answers that are what more than half of nine voters see, by the emotion that they see. " +
			"Whiskers are " + intervals + ".",
		Width: 860,
	})
}

// PeopleSentence says how far people and nets agree with FER2013's labels of a split, in Markdown.
func PeopleSentence(all []votes.Agreement, n int, split string) (string, error) {
	share := func(i evaluate.Interval) string {
		return fmt.Sprintf("%.1f %% [%.1f, %.1f]", 100*i.Value, 100*i.Low, 100*i.High)
	}
	text := ""
	for _, a := range all {
		switch a.Name {
		case votes.OneVoter, votes.OldLabel:
		case votes.AllTen:
			text = fmt.Sprintf("The answer that most of ten people give agrees with "+
				"FER2013's label for %s of %s (n=%d)", share(a.Label), split, n)
		default:
			text += fmt.Sprintf(", that of %s for %s", a.Name, share(a.Label))
		}
	}
	if text == "" {
		return "", fmt.Errorf("people: there is no answer of all voters among %d", len(all))
	}
	return text + ".", nil
}

// levelName says how many of ten voters agree.
func levelName(agree int) string {
	switch agree {
	case 10:
		return "all ten"
	case votes.Split:
		return "5 or fewer"
	}
	return fmt.Sprint(agree)
}

// Levels shows a net's record by how far people agree.
func Levels(net string, levels []votes.Level) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("%s by how many of ten voters agree; shares in %%, entropies in nats; %s", net, intervals),
		Header: []string{"agree", "images", "label has the most votes", "net is right by the label",
			"net has the most votes",
			"net's confidence", "net's entropy", "voters' entropy"},
	}
	for _, l := range levels {
		t.Rows = append(t.Rows, []string{levelName(l.Votes), fmt.Sprint(l.Images), points(l.Labels), points(l.Accuracy),
			points(l.Most),
			points(l.Confidence), decimal(l.Entropy), decimal(l.People)})
	}
	return t
}

// LevelsFigure draws how often nets and FER2013's labels are what most voters say, by how many of ten agree. levels are
// those of the nets of the same names.
func LevelsFigure(nets []string, levels [][]votes.Level) (*figure.Figure, error) {
	if len(nets) == 0 || len(nets) != len(levels) {
		return nil, fmt.Errorf("people: %d nets with %d records", len(nets), len(levels))
	}
	line := func(name string, of []votes.Level, what func(votes.Level) evaluate.Interval) figure.Series {
		s := figure.Series{Name: name}
		for _, l := range slices.Backward(of) {
			v := what(l)
			s.X, s.Y = append(s.X, float64(l.Votes)), append(s.Y, v.Value)
			s.Low, s.High = append(s.Low, v.Low), append(s.High, v.High)
		}
		return s
	}
	series := []figure.Series{line(votes.OldLabel, levels[0],
		func(l votes.Level) evaluate.Interval { return l.Labels })}
	for i, name := range nets {
		series = append(series, line(name, levels[i], func(l votes.Level) evaluate.Interval { return l.Most }))
	}
	return figure.Lines(series, figure.Axis{Label: "voters of ten that agree (5: or fewer)", Integer: true},
		figure.Axis{Label: "answers with the most votes", Percent: true}, figure.Options{
			Title: "Where people agree",
			Caption: "Share of answers that have the most votes, by how many votes these are. Whiskers are " +
				intervals + ".",
		})
}

// VoteCalibration compares how well nets foretell labels and votes.
func VoteCalibration(nets []string, of []votes.Calibration) (figure.Table, error) {
	t := figure.Table{
		Caption: "Log-loss in nats against FER2013's labels and against the shares of votes, " +
			"and whether nets are unsure where people are; " + intervals,
		Header: []string{"net", "images", "loss of labels", "loss of votes", "at best (voters' entropy)",
			"correlation of net's and voters' entropy"},
	}
	if len(nets) != len(of) {
		return t, fmt.Errorf("people: %d nets with %d calibrations", len(nets), len(of))
	}
	for i, c := range of {
		t.Rows = append(t.Rows, []string{nets[i], fmt.Sprint(c.Images), decimal(c.LabelLoss), decimal(c.VoteLoss),
			decimal(c.Floor), decimal(c.Correlation)})
	}
	return t, nil
}
