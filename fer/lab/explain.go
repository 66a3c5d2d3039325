package lab

import (
	"strings"

	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/synth"
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

// ClassPictures shows the picture that raises the logit of each emotion most, for one or more runs.
func ClassPictures(runs ...*run.Run) (*figure.Figure, error) {
	return results.ClassPictures(ascentSteps(), runs...)
}

// ascentSteps is the notebooks' setting of gradient ascent.
func ascentSteps() int {
	if Small() {
		return 24
	}
	return 128
}

// RankMethods scores methods against synthetic faces that the run wasn't trained on, see [results.RankMethods]. If the
// notebooks' source isn't synthetic, the table says only that.
func RankMethods(r *run.Run, methods ...explain.Method) (figure.Table, error) {
	if !strings.HasPrefix(Source(), "synthetic") {
		note := "Methods are ranked on synthetic faces, whose truth is known, with a net that has learned such faces: " +
			"unset " + SourceEnv + " to see it."
		return figure.Table{Header: []string{"ranking"}, Rows: [][]string{{note}}}, nil
	}
	n := 28
	if Small() {
		n = 14
	}
	return results.RankMethods(r, synth.Faces(rankSeed, n), methods...)
}

// rankSeed makes faces that no training source has by default.
const rankSeed = 40
