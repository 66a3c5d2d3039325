package audit

import (
	"fmt"
	"slices"

	"ferlab/fer/evaluate"
	"ferlab/fer/votes"
)

// SelfConfidence scores how doubtful each label is by its own probability, as 1 − p(label). Ranked so, labels stand as
// by the net's loss. It is 1 less cleanlab's score "self_confidence" (Northcutt, Jiang & Chuang 2021).
func SelfConfidence(p evaluate.Predictions) []float64 {
	scores := make([]float64, len(p))
	for i, row := range p {
		scores[i] = 1 - row.Probs[row.Label]
	}
	return scores
}

// NormalizedMargin scores how doubtful each label is by how far the best other emotion's probability exceeds the
// label's, from −1 to 1 scaled to 0…1. It is 1 less cleanlab's score "normalized_margin".
func NormalizedMargin(p evaluate.Predictions) []float64 {
	scores := make([]float64, len(p))
	for i, row := range p {
		other := 0.0
		for e, v := range row.Probs {
			if e != int(row.Label) {
				other = max(other, v)
			}
		}
		scores[i] = (1 + other - row.Probs[row.Label]) / 2
	}
	return scores
}

// Search is a list of labels, the most doubtful first, judged by people.
type Search struct {
	Name string
	// AP is the average precision of the list: the area under its precision–recall curve. Beyond is AP less that of the
	// net's loss, on the same resamples of images.
	AP, Beyond evaluate.Interval
	// At is the place on the curve after as many labels as confident learning suspects.
	At    evaluate.Point
	Curve []evaluate.Point
}

// Suspects is a set of findings, judged by people.
type Suspects struct {
	Name      string
	Suspected int // Examples in the set about which people were asked.
	Found     int // Those that are what is looked for.
	Wanted    int // All examples that are what is looked for.
	// Precision is Found of Suspected and Recall Found of Wanted, with Wilson's 95 % intervals.
	Precision, Recall evaluate.Interval
}

// Judgement says what people think of an audit.
type Judgement struct {
	Labels int // Labels about which people were asked.
	Wrong  int // Those that people call wrong, see [votes.Votes.Wrong].
	// Searches are of the net alone: its loss, the normalised margin, and confident learning ranked by either, whose
	// suspects stand before all others.
	Searches []Search
	// Suspects are sets: those of confident learning, and those that the images show.
	Suspects []Suspects
}

// Names of searches.
const (
	byLoss         = "the net's loss"
	byMargin       = "normalised margin"
	confidentLoss  = "confident learning, then loss"
	confidentOther = "confident learning, then margin"
)

// Judge compares an audit with people's votes. Predictions of images that the net was not trained on (out of fold) are
// searched for wrong labels; those without votes don't take part. findings, which may be none, are [Images]' of the
// same data set. Contradicting labels are judged by whether people call the label wrong. Blank and unusual images are
// looked for among faces that show no face: FER+ left them out, so they lack votes, or at least half of the votes say
// so.
func Judge(t votes.Table, p evaluate.Predictions, findings Findings, b evaluate.Bootstrap) (Judgement, error) {
	j, err := judge(t, p, findings, b)
	if err != nil {
		return j, fmt.Errorf("audit: judge: %w", err)
	}
	return j, nil
}

func judge(t votes.Table, all evaluate.Predictions, findings Findings, b evaluate.Bootstrap) (j Judgement, err error) {
	if err := all.Check(); err != nil {
		return j, err
	}
	var p evaluate.Predictions
	wrong, noFace := map[string]bool{}, map[string]bool{}
	var positive []bool
	for _, row := range all {
		v, voted := t[row.ID]
		noFace[row.ID] = !voted || 2*v[votes.NoFace] >= v.Total()
		if voted {
			wrong[row.ID] = v.Wrong(row.Label)
			p, positive = append(p, row), append(positive, wrong[row.ID])
			j.Wrong += int(indicator(wrong[row.ID]))
		}
	}
	if len(p) == 0 {
		return j, fmt.Errorf("none of the %d predicted images has votes, such as %q: "+
			"are the votes of another data set?", len(all), all[0].ID)
	}
	j.Labels = len(p)
	errors, err := LabelErrors(all) // The net's opinion of an image needs no votes.
	if err != nil {
		return j, err
	}
	doubted := map[string]bool{}
	for _, f := range errors {
		doubted[f.ID] = true
	}
	loss, margin := SelfConfidence(p), NormalizedMargin(p)
	first := func(scores []float64) []float64 {
		scores = slices.Clone(scores)
		for i, row := range p {
			scores[i] += indicator(doubted[row.ID])
		}
		return scores
	}
	names := []string{byLoss, byMargin, confidentLoss, confidentOther}
	scores := [][]float64{loss, margin, first(loss), first(margin)}
	confident := suspects("confident learning", errors, wrong)
	ap, beyond, err := evaluate.AveragePrecision(positive, b, scores...)
	if err != nil {
		return j, err
	}
	for i, name := range names {
		s := Search{Name: name, AP: ap[i], Beyond: beyond[i]}
		if s.Curve, err = evaluate.PrecisionRecall(positive, scores[i]); err != nil {
			return j, err
		}
		s.At = at(s.Curve, confident.Suspected)
		j.Searches = append(j.Searches, s)
	}
	j.Suspects = []Suspects{
		confident,
		suspects("contradicting labels of equal images", findings.Of(Contradiction), wrong),
		suspects("contradicting labels of nearly equal images", findings.Of(NearContradiction), wrong),
		suspects("blank, as no face", findings.Of(BlankImage), noFace),
		suspects("unusual, as no face", findings.Of(UnusualImage), noFace),
	}
	return j, nil
}

// at returns the last point of at most n listed labels, or the first.
func at(curve []evaluate.Point, n int) evaluate.Point {
	i := 0
	for i+1 < len(curve) && curve[i+1].Listed <= n {
		i++
	}
	return curve[i]
}

// suspects judges the examples of findings that truth knows.
func suspects(name string, f Findings, truth map[string]bool) Suspects {
	s := Suspects{Name: name}
	seen := map[string]bool{}
	for _, x := range f {
		if wanted, asked := truth[x.ID]; asked && !seen[x.ID] {
			seen[x.ID] = true
			s.Suspected++
			s.Found += int(indicator(wanted))
		}
	}
	for _, wanted := range truth {
		s.Wanted += int(indicator(wanted))
	}
	s.Precision, s.Recall = evaluate.Wilson(s.Found, s.Suspected), evaluate.Wilson(s.Found, s.Wanted)
	return s
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
