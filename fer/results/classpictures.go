package results

import (
	"fmt"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// ClassPictures shows the picture that raises the logit of each emotion most, for one or more runs, after so many steps
// of gradient ascent; 0 means the default of [explain.AscentOptions].
func ClassPictures(steps int, runs ...*run.Run) (*figure.Figure, error) {
	var rows [][]figure.Cell
	var names []string
	var classes fer.Classes
	for _, r := range runs {
		if classes = r.Config.Classes; !classes.Equal(runs[0].Config.Classes) {
			return nil, otherClasses(runs[0], r)
		}
		ascents, err := classAscents(steps, r)
		if err != nil {
			return nil, err
		}
		var row []figure.Cell
		for _, a := range ascents {
			row = append(row, figure.Cell{Image: a.Image, Caption: fmt.Sprintf("logit %.1f", a.Activation)})
		}
		rows, names = append(rows, row), append(names, Name(r)+"\n"+source(r.Record.Source))
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{Title: "The picture that each class answers to most",
			Caption: "By gradient ascent from noise; no image was used."},
		Rows: names, Columns: classes.Names(), Side: 84,
	})
}

func classAscents(steps int, r *run.Run) ([]explain.Ascent, error) {
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	return explain.AscendClasses(m, &explain.AscentOptions{Steps: steps})
}

// ClassPicture is a picture of [LargeClassPictures].
type ClassPicture struct {
	Name string `json:"name"`
	Alt  string `json:"alt"`
	PNG  []byte `json:"png"`
}

// LargeClassPictures shows the same of one run, which the report shows 150 pixels wide each.
func LargeClassPictures(steps int, r *run.Run) (show.Play, error) {
	ascents, err := classAscents(steps, r)
	if err != nil {
		return show.Play{}, err
	}
	var cells []figure.Cell
	var pictures []ClassPicture
	right := 0
	for _, a := range ascents {
		class, e := fer.Class(a.Channel), r.Config.Classes.Name(fer.Class(a.Channel))
		if a.Predicted == class {
			right++
		}
		cells = append(cells, figure.Cell{Image: a.Image, Caption: e})
		data, err := figure.ImagePNG(a.Image, 3*fer.Size)
		if err != nil {
			return show.Play{}, err
		}
		pictures = append(pictures, ClassPicture{e, fmt.Sprintf("What %s looks like to %s: a picture by gradient "+
			"ascent", e, Name(r)), data})
	}
	f, err := figure.Grid(slices.Collect(slices.Chunk(cells, 4)), figure.GridOptions{Side: 110, Smooth: true,
		Options: figure.Options{
			Title: "The emotions themselves",
			Caption: fmt.Sprintf("The picture that raises the answer of %s for each emotion most, by gradient ascent "+
				"from noise; no image was used. The net, trained on %s, takes %d of the %d for their emotion.", Name(r),
				source(r.Record.Source), right, len(ascents)),
			Alt: "Grey pictures that gradient ascent made, one for each of " +
				strings.Join(r.Config.Classes.Names(), ", ") + ": mouths, brows and eyes of that expression, repeated",
		}})
	return show.Play{Figure: f, Kind: "classes", Data: pictures}, err
}
