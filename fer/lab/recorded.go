package lab

import (
	"bytes"
	_ "embed" // The portrait.
	"fmt"
	"image/png"
	"path/filepath"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

//go:embed portrait/astronaut.png
var astronaut []byte

// PortraitWords say whom [Portrait] shows, and who gave it.
const PortraitWords = "The portrait is of the astronaut Eileen Collins, by NASA, in the public domain."

// Portrait returns a freely licensed photograph as the nets see it, for pages that must not show a face of FER2013.
func Portrait() (*fer.Image, error) {
	img, err := png.Decode(bytes.NewReader(astronaut))
	if err != nil {
		return nil, fmt.Errorf("the portrait: %w", err)
	}
	return fer.FromImage(img)
}

// Sweep compares the recorded trainings of the DNN that each changed one thing: docs/accuracy/dnn-sweep.
func Sweep() (figure.Table, error) {
	folder := filepath.Join(root(), "docs", "accuracy", "dnn-sweep")
	paths, err := filepath.Glob(filepath.Join(folder, "trial*"))
	if err != nil {
		return figure.Table{}, err
	}
	var runs []*run.Run
	for _, path := range paths {
		r, err := run.Open(path)
		if err != nil {
			return figure.Table{}, err
		}
		runs = append(runs, r)
	}
	if len(runs) < 2 {
		return figure.Table{}, fmt.Errorf("%s holds %d recorded trainings, want several", folder, len(runs))
	}
	return results.Steps(runs[0], runs[1:]...), nil
}
