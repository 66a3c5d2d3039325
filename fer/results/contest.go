package results

import (
	"fmt"

	"ferlab/fer/figure"
	"ferlab/fer/votes"
)

// Contests says how often nets are right by FER2013's labels and by people, and how far beyond the first of them.
func Contests(of []votes.Contest) figure.Table {
	t := figure.Table{
		Header: []string{"net", "right by the label, all images", "beyond the first, points",
			"by the label, clean part", "beyond the first, points",
			"by people, clean part", "beyond the first, points"},
	}
	for k, c := range of {
		t.Caption = fmt.Sprintf("Nets by labels and by people, %%; n=%d, clean part n=%d, where %d of ten "+
			"voters agree; %s", c.Images[0], c.Images[1], votes.CleanVotes, intervals)
		row := []string{c.Name}
		for i, share := range c.By {
			beyond := "–"
			if k > 0 {
				beyond = points(c.Beyond[i].Difference)
			}
			row = append(row, points(share), beyond)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
