package results

import (
	"fmt"
	"math"

	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/semisup"
)

// published are accuracies in percent with 10, 25, 100 and 250 labels of each class by Roy & Etemad 2022, Analysis of
// Semi-Supervised Methods for Facial Expression Recognition: labels of FER+, the best checkpoint of the evaluation
// images kept.
var published = []struct {
	algorithm string
	percent   [4]float64
}{
	{"pseudolabel", [4]float64{32.79, 36.04, 49.21, 54.88}},
	{"meanteacher", [4]float64{45.21, 55.14, 52.17, 58.06}},
	{"mixmatch", [4]float64{45.69, 46.41, 55.73, 58.27}},
	{"fixmatch", [4]float64{47.88, 49.90, 59.46, 62.20}},
}

var publishedLabels = [4]int{10, 25, 100, 250}

// Beside is a table of results beside the published ones of the same algorithm and number of labels. It compares the
// interval over seeds with the published number, which has none.
func Beside(outcomes []semisup.Result) (figure.Table, error) {
	list, err := gather(outcomes)
	if err != nil {
		return figure.Table{}, err
	}
	t := figure.Table{
		Caption: fmt.Sprintf("Accuracy in %%: here after the last step, on %s, with 95 %% intervals by "+
			"Student's t; published by Roy & Etemad 2022 on the same kind of labels, without interval, the best "+
			"checkpoint of the evaluation images kept", measuredOn(outcomes[0])),
		Header: []string{"algorithm", "labels of each class", "here", "published", "verdict"},
	}
	for _, p := range published {
		for i, labels := range publishedLabels {
			if here := find(list, p.algorithm, labels); here != nil {
				t.Rows = append(t.Rows, []string{here.algorithm.Title, fmt.Sprint(labels), plusMinus(here.interval()),
					fmt.Sprintf("%.1f", p.percent[i]), against(here.interval(), p.percent[i]/100,
						"above", "below")})
			}
		}
	}
	return t, nil
}

// against says where an interval over seeds lies to a number, in the words for above and below; around it is a tie.
func against(i evaluate.Interval, number float64, above, below string) string {
	switch {
	case math.IsNaN(i.Low):
		return "one seed"
	case i.Low > number:
		return above
	case i.High < number:
		return below
	}
	return "tie"
}

// AllLabels is what a net reaches that has all labels.
type AllLabels struct {
	Accuracy float64
	About    string // A sentence: which net, and how many labels.
}

// Study is the results of few labels, and that of all labels, on the same images.
type Study struct {
	Few []semisup.Result
	All AllLabels
}

// TakeAll takes from results those of the baseline with more labels than any other algorithm has: these had all.
func TakeAll(outcomes []semisup.Result) (s Study, err error) {
	most := 0
	for _, r := range outcomes {
		if r.Algorithm != "supervised" {
			most = max(most, r.Labels)
		}
	}
	whole := map[uint64]float64{}
	var one semisup.Result
	for _, r := range outcomes {
		if r.Labels > most {
			whole[r.Seed], one = r.Accuracy, r
		} else {
			s.Few = append(s.Few, r)
		}
	}
	if len(s.Few) == 0 || len(whole) == 0 {
		return s, fmt.Errorf("of %d results none is of a baseline with all labels", len(outcomes))
	}
	s.All = AllLabels{student(whole).Value, fmt.Sprintf("The line of all labels is the same net with all, on "+
		"average %s of each class, %s steps.", figure.Count(one.Labels), figure.Count(one.Steps))}
	return s, nil
}

// FewLabels is the recorded study on FER+'s labels.
func FewLabels() (Study, error) {
	recorded, err := semisup.Recorded("ferplus")
	if err != nil {
		return Study{}, err
	}
	return TakeAll(recorded)
}
