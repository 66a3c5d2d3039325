package results_test

import (
	"fmt"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/votes"
)

// The tables show what people say about a shipped run's images; here nine of ten say what the label says, in every
// second image another emotion.
func TestPeople(t *testing.T) {
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	table := votes.Table{}
	for i, row := range p[:400] {
		var v votes.Votes
		for c := range v {
			if e := votes.Choice(c).Emotion(); e.Valid() && e == (row.Label+fer.Class(i%2))%fer.NumEmotions {
				v[c] = 9
			}
		}
		v[votes.Unknown] = 1
		table[row.ID] = v
	}
	boot, net := evaluate.Bootstrap{Samples: 50}, votes.Net{Name: "dnn", Predictions: p}
	all, n, err := votes.Agreements(table, boot, net)
	if err != nil {
		t.Fatal(err)
	}
	accuracy := p[:400].Accuracy()
	sentence, err := results.PeopleSentence(all, n, "public")
	if err != nil || !strings.HasPrefix(sentence,
		"The answer that most of ten people give agrees with FER2013's label for 50.0 % [") ||
		!strings.Contains(sentence, fmt.Sprintf("of public (n=400), that of dnn for %.1f %% [", 100*accuracy)) {
		t.Errorf("%v: %s", err, sentence)
	}
	if _, err := results.PeopleSentence(nil, 0, "public"); err == nil {
		t.Error("a sentence about nobody: no error")
	}
	levels, err := votes.ByLevel(table, net, boot)
	if err != nil {
		t.Fatal(err)
	}
	calibration, err := votes.Calibrate(table, net, boot)
	if err != nil {
		t.Fatal(err)
	}
	calibrated, err := results.VoteCalibration([]string{"dnn"}, []votes.Calibration{calibration})
	if err != nil {
		t.Fatal(err)
	}
	contests, err := votes.Contests(table, boot, net, net)
	if err != nil {
		t.Fatal(err)
	}
	j, err := audit.Judge(table, p, nil, boot)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		table figure.Table
		rows  int
		want  string
	}{
		{results.People(all, n), 4, "FER2013's label"}, {results.PeopleByEmotion(all), 3, "one voter"},
		{results.Levels("dnn", levels), 1, "400"}, {calibrated, 1, "0.000 [0.000, 0.000]"},
		{results.Searches(j), 4, "the net's loss"}, {results.Suspects(j), 5, "confident learning"},
		{results.Contests(contests), 2, "0.0 [0.0, 0.0]"},
	} {
		if err := c.table.Check(); err != nil || len(c.table.Rows) != c.rows ||
			!strings.Contains(c.table.String(), c.want) {
			t.Errorf("%v\n%v", err, c.table)
		}
	}
	for name, draw := range map[string]func() (*figure.Figure, error){
		"people": func() (*figure.Figure, error) { return results.PeopleFigure(all) },
		"levels": func() (*figure.Figure,
			error) {
			return results.LevelsFigure([]string{"dnn"}, [][]votes.Level{levels})
		},
		"search": func() (*figure.Figure, error) { return results.SearchFigure(j) },
	} {
		f, err := draw()
		if err == nil {
			_, err = f.PNG()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := results.LevelsFigure(nil, nil); err == nil {
		t.Error("levels of no net: no error")
	}
	if _, err := results.SearchFigure(audit.Judgement{}); err == nil {
		t.Error("a judgement without searches: no error")
	}
}
