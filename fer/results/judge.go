package results

import (
	"fmt"

	"ferlab/fer/audit"
	"ferlab/fer/figure"
)

// Searches shows how well lists of doubtful labels find those that people call wrong.
func Searches(j audit.Judgement) figure.Table {
	t := figure.Table{
		Caption: fmt.Sprintf("Search for the labels that people call wrong: %d of %d; %s", j.Wrong, j.Labels,
			intervals),
		Header: []string{"listed by", "average precision, %", "beyond the loss, points", "of the first",
			"are wrong, %", "of all wrong, %"},
	}
	for _, s := range j.Searches {
		t.Rows = append(t.Rows, []string{s.Name, points(s.AP), points(s.Beyond), fmt.Sprint(s.At.Listed),
			fmt.Sprintf("%.1f", 100*s.At.Precision), fmt.Sprintf("%.1f", 100*s.At.Recall)})
	}
	return t
}

// Suspects shows how many of an audit's findings people confirm.
func Suspects(j audit.Judgement) figure.Table {
	t := figure.Table{
		Caption: "Suspects that people confirm; Wilson's 95 % intervals",
		Header:  []string{"suspects", "number", "confirmed", "precision, %", "of all", "recall, %"},
	}
	for _, s := range j.Suspects {
		t.Rows = append(t.Rows, []string{s.Name, fmt.Sprint(s.Suspected), fmt.Sprint(s.Found), points(s.Precision),
			fmt.Sprint(s.Wanted), points(s.Recall)})
	}
	return t
}

// curvePoints is about how many points a curve is drawn with.
const curvePoints = 200

// SearchFigure draws the precision–recall curves of a judgement's searches.
func SearchFigure(j audit.Judgement) (*figure.Figure, error) {
	if len(j.Searches) == 0 {
		return nil, fmt.Errorf("search figure: the judgement has no searches")
	}
	var series []figure.Series
	for _, s := range j.Searches {
		line := figure.Series{Name: s.Name}
		next := 1.0 / curvePoints // The first few labels jump between 0 and 100 %.
		for _, p := range s.Curve {
			if p.Recall >= next {
				line.X, line.Y = append(line.X, p.Recall), append(line.Y, p.Precision)
				next = p.Recall + 1.0/curvePoints
			}
		}
		series = append(series, line)
	}
	chance := float64(j.Wrong) / float64(j.Labels)
	series = append(series, figure.Series{Name: "chance", X: []float64{0, 1}, Y: []float64{chance, chance},
		Reference: true})
	return figure.Lines(series, figure.Axis{Label: "share of all wrong labels that are listed", Percent: true},
		figure.Axis{Label: "share of the listed that are wrong", Percent: true}, figure.Options{
			Title: "Search for wrong labels",
			Caption: fmt.Sprintf("Labels listed by doubt, against the %d of %d that people call wrong.", j.Wrong,
				j.Labels),
		})
}
