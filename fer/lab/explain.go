package lab

import (
	"ferlab/fer/records"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Explain opens a run for explanation on faces of the notebooks' source, see [results.Explain].
func Explain(r *run.Run, perEmotion int) (*results.Explained, error) {
	data, err := Data()
	if err != nil {
		return nil, err
	}
	e, err := results.Explain(data, r, perEmotion)
	if err != nil {
		return nil, err
	}
	e.AscentSteps = ascentSteps()
	return e, nil
}

// LargeClassPictures shows the picture that raises the logit of each emotion most, which the report shows 150 pixels
// wide.
func LargeClassPictures(r *run.Run) (show.Play, error) {
	return results.LargeClassPictures(ascentSteps(), r)
}

// AnswerFilters says what the filters of a shipped run answer to, see [results.AnswerFilters].
func AnswerFilters(r *run.Run) (show.Answer, error) {
	f, err := records.OpenFilters()
	if err != nil {
		return show.Answer{}, err
	}
	return results.AnswerFilters(f, r)
}

// ServingFilters shows the filters of a shipped run that serve each emotion most, see [results.ServingFilters]. The
// front page shows them, too.
func ServingFilters(r *run.Run) (show.Card, error) {
	f, err := records.OpenFilters()
	if err != nil {
		return show.Card{}, err
	}
	drawn, err := results.ServingFilters(f, r, ascentSteps())
	return show.Card{Figure: drawn}, err
}

// ascentSteps is the notebooks' setting of gradient ascent.
func ascentSteps() int {
	if Small() {
		return 24
	}
	return 128
}
