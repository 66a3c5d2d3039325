package lab

import (
	"ferlab/fer/figure"
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
	return results.AnswerFilters(f, r, ascentSteps())
}

// ServingFilters shows the filters of a shipped run that serve each emotion most, see [results.ServingFilters].
func ServingFilters(r *run.Run) (*figure.Figure, error) {
	f, err := records.OpenFilters()
	if err != nil {
		return nil, err
	}
	return results.ServingFilters(f, r, ascentSteps())
}

// ascentSteps is the notebooks' setting of gradient ascent.
func ascentSteps() int {
	if Small() {
		return 24
	}
	return 128
}
