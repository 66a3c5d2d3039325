package results

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Face is a face in a play's data, as a PNG file.
type Face struct {
	PNG   []byte `json:"png"`
	Label string `json:"label"`
	Says  string `json:"says"` // The net, and how sure it is.
}

// faceOf returns the face of a prediction, and its image.
func faceOf(d *dataset.Dataset, row evaluate.Prediction) (Face, *fer.Image, error) {
	e, err := d.ByID(row.ID)
	if err != nil {
		return Face{}, nil, err
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&b, e.Image.Gray())
	return Face{b.Bytes(), row.Classes.Name(row.Label), fmt.Sprintf("%s, %.0f %%", row.Classes.Name(row.Predicted()),
		100*row.Confidence())}, e.Image, err
}

// answered shows a face with its label, what a net says, and how sure it is.
func answered(m *fer.Image, row evaluate.Prediction) figure.Cell {
	return figure.Cell{Image: m, Caption: fmt.Sprintf("label: %s\nnet: %s\n%.0f %% sure", row.Classes.Name(row.Label),
		row.Classes.Name(row.Predicted()), 100*row.Confidence())}
}

// perCell is how many faces a cell of [ConfusionExamples] opens.
const perCell = 2

// ConfusionExamples shows a face of each kind of answer, labels down and answers across; with the report's script a
// cell opens more of its faces.
func ConfusionExamples(r *run.Run, d *dataset.Dataset) (show.Play, error) {
	p, err := r.Predictions()
	if err != nil {
		return show.Play{}, err
	}
	type cell struct {
		Faces []Face `json:"faces"`
		Count int    `json:"count"`
	}
	classes := p.Classes()
	n := classes.Len()
	data := struct {
		Classes []string `json:"classes"`
		Cells   [][]cell `json:"cells"`
	}{Classes: classes.Names(), Cells: make([][]cell, n)}
	rows := make([][]figure.Cell, n)
	for i := range rows {
		rows[i], data.Cells[i] = make([]figure.Cell, n), make([]cell, n)
	}
	for _, row := range p {
		if !classes.Has(row.Label) {
			continue
		}
		at := &data.Cells[row.Label][row.Predicted()]
		if at.Count++; len(at.Faces) == perCell {
			continue
		}
		face, image, err := faceOf(d, row)
		if err != nil {
			return show.Play{}, err
		}
		at.Faces = append(at.Faces, face)
		if shown := &rows[row.Label][row.Predicted()]; shown.Image == nil {
			shown.Image = image
		}
	}
	for i := range rows {
		for j := range rows[i] {
			if count := data.Cells[i][j].Count; count > 0 {
				rows[i][j].Caption = figure.Count(count)
			}
		}
	}
	f, err := figure.Grid(rows, figure.GridOptions{Rows: data.Classes, Columns: data.Classes, Side: 42,
		Options: figure.Options{
			Title: "Confusion by example",
			Caption: fmt.Sprintf("Labels down, answers of %s across: a face of each kind, and how many there are. %s",
				Name(r), measured(r)),
		}})
	return show.Play{Figure: f, Kind: "confusion", Data: data}, err
}

// Guess shows faces with their labels and what a run says of them; with the report's script the reader guesses first.
// There are as many of each emotion, the first of the run's predictions.
func Guess(r *run.Run, d *dataset.Dataset, ofEach int) (show.Play, error) {
	p, err := r.Predictions()
	if err != nil {
		return show.Play{}, err
	}
	var faces []Face
	var cells []figure.Cell
	taken := map[fer.Class]int{}
	right := 0
	for _, row := range p {
		if !row.Classes.Has(row.Label) || taken[row.Label] == ofEach {
			continue
		}
		taken[row.Label]++
		face, image, err := faceOf(d, row)
		if err != nil {
			return show.Play{}, err
		}
		if row.Correct() {
			right++
		}
		faces, cells = append(faces, face), append(cells, answered(image, row))
	}
	f, err := figure.Grid(slices.Collect(slices.Chunk(cells, 7)), figure.GridOptions{Side: 96, Options: figure.Options{
		Title: "Guess the emotion",
		Caption: fmt.Sprintf("Faces with their labels and what %s says of them: it is right about %d of %d. "+
			"%s", Name(r), right,
			len(faces), measured(r)),
	}})
	return show.Play{Figure: f, Kind: "guess", Data: map[string]any{"classes": p.Classes().Names(), "faces": faces,
		"net": Name(r)}}, err
}

// Threshold shows a method's maps of the first faces above thresholds; with the report's script a slider sets it.
func (e *Explained) Threshold(method explain.Method, faces int) (show.Play, error) {
	var images []*fer.Image
	var names []string
	seen := map[fer.Class]bool{}
	for i, m := range e.Images {
		if class := e.Classes[i]; !seen[class] && len(seen) < faces {
			seen[class] = true
			images, names = append(images, m), append(names, "drawn: "+e.Net.Classes.Name(class))
		}
	}
	classes, err := e.Net.Predict(images)
	if err != nil {
		return show.Play{}, err
	}
	maps, err := attribute(method, e.Net, images, classes)
	if err != nil {
		return show.Play{}, err
	}
	type item struct {
		Name string `json:"name"`
		Says string `json:"says"`
		Face []byte `json:"face"` // 48×48 grey levels.
		Map  []byte `json:"map"`  // 255 for the largest importance.
	}
	var data []item
	rows := make([]string, len(images))
	for i, m := range images {
		data = append(data, item{names[i], e.Net.Classes.Name(classes[i]), m[:], maps[i].Levels()})
		rows[i] = names[i] + "\nnet: " + e.Net.Classes.Name(classes[i])
	}
	words := figure.Options{
		Title: "What speaks for the answer, by " + explain.Title(method.Name()),
		Caption: fmt.Sprintf("For what the net says. Thresholds are shares of a map's largest value. Net: %s. Faces: "+
			"%s.", named(e.Net.Name), e.source),
	}
	f, err := above(images, maps, rows, words)
	return show.Play{Figure: f, Kind: "threshold", Data: data}, err
}

// above shows faces, named below, and then the same with what of their maps reaches 30 % and 70 % of its largest value.
func above(faces []*fer.Image, maps []*explain.Map, names []string, words figure.Options) (*figure.Figure, error) {
	thresholds := []float64{0.3, 0.7}
	rows := make([][]figure.Cell, 1+len(thresholds))
	for i, face := range faces {
		rows[0] = append(rows[0], figure.Cell{Image: face, Caption: names[i]})
		for k, threshold := range thresholds {
			over, err := figure.Overlay(face, figure.NewMap(maps[i].Importance()),
				figure.OverlayOptions{Threshold: threshold})
			if err != nil {
				return nil, err
			}
			rows[k+1] = append(rows[k+1], figure.Cell{Image: over})
		}
	}
	return figure.Grid(rows, figure.GridOptions{Rows: []string{"face", "above 30 %", "above 70 %"}, Side: 84,
		Options: words})
}
