package results

import (
	"errors"
	"fmt"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Explained is a net with faces to explain it on: some of each emotion.
type Explained struct {
	Net     *explain.Model
	Images  []*fer.Image
	Classes []fer.Class // Their labels.
	Caption string      // Names the net and the faces.

	// AscentSteps is the number of steps of gradient ascent of pictures that filters answer to; 0 means that of
	// [explain.AscentOptions].
	AscentSteps int

	examples []fer.Example
	source   string
}

// Explain opens a run for explanation on faces of a data set, the first of each emotion in a split that nets aren't
// trained on.
func Explain(data *dataset.Dataset, r *run.Run, perEmotion int) (*Explained, error) {
	if err := r.Fits(data); err != nil {
		return nil, err
	}
	net, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	split := testSplit(data)
	e := &Explained{Net: net, examples: data.Split(split).Examples}
	counts := map[fer.Class]int{}
	for _, class := range data.Classes.All() {
		for _, x := range e.examples {
			if x.Label != class || counts[class] == perEmotion {
				continue
			}
			counts[class]++
			e.Images, e.Classes = append(e.Images, x.Image), append(e.Classes, class)
		}
	}
	if len(e.Images) == 0 {
		return nil, fmt.Errorf("the %s split of %s has no labelled face to explain", split, data.Name)
	}
	e.source = fmt.Sprintf("faces of %s's %s", data.Name, splitName(split))
	if data.Kind == dataset.Synthetic {
		e.source = "drawn faces of the " + splitName(split)
	}
	e.Caption = fmt.Sprintf("Net: %s. Faces: %s %s", Name(r), figure.Count(len(e.Images)), e.source)
	return e, nil
}

// attribute returns a method's maps, or the error of a method that can't work on the net.
func attribute(method explain.Method, net *explain.Model, images []*fer.Image, classes []fer.Class) ([]*explain.Map,
	error) {
	maps, err := method.Attribute(net, images, classes)
	var vanished *explain.DegenerateError
	if errors.As(err, &vanished) {
		return maps, nil // Such maps show, and count, as empty.
	}
	return maps, err
}

// Gallery shows what methods say of each face.
func (e *Explained) Gallery(methods ...explain.Method) (*figure.Figure, error) {
	return explain.Gallery(e.Net, e.Images, e.Classes, methods, figure.Options{
		Title: "Where the net looks, by method",
		Caption: "Blue to red: against and for the " + e.Net.Classes.Noun() + " on the left. Dark to yellow: the " +
			"more influence, the lighter. " + e.Caption + ".",
	})
}

// Right shows a method's map as the original report does (original, heat map, overlays above thresholds) of faces that
// the net recognises: the first of each emotion in the split.
func (e *Explained) Right(method explain.Method) (*figure.Figure, error) {
	var chosen []panel
	err := e.eachEmotion(func(x fer.Example, seen fer.Class) bool {
		if seen != x.Label {
			return false
		}
		chosen = append(chosen, panel{x.Image, seen, e.Net.Classes.Name(seen)})
		return true
	})
	if err != nil {
		return nil, err
	}
	return e.panels(method, chosen, "Recognised",
		"of each "+e.Net.Classes.Noun()+" the first face that the net recognises")
}

// Wrong shows the same of faces that the net takes for another emotion, the first of each, up to so many: each is
// explained for the emotion that the net takes it for, and for its label.
func (e *Explained) Wrong(method explain.Method, most int) (*figure.Figure, error) {
	var chosen []panel
	err := e.eachEmotion(func(x fer.Example, seen fer.Class) bool {
		if seen == x.Label || len(chosen) >= 2*most {
			return false
		}
		chosen = append(chosen, panel{x.Image, seen, e.Net.Classes.Name(seen) + ",\nsays the net"},
			panel{x.Image, x.Label, e.Net.Classes.Name(x.Label) + ",\nsays the label"})
		return true
	})
	if err != nil {
		return nil, err
	}
	return e.panels(method, chosen, "Mistaken",
		"faces that the net takes for another "+e.Net.Classes.Noun()+", each explained for that and for its label")
}

// panel is a face to explain for a class.
type panel struct {
	image *fer.Image
	class fer.Class
	label string
}

// eachEmotion offers the examples of one emotion after the other, with what the net takes them for, until one is taken.
func (e *Explained) eachEmotion(take func(x fer.Example, seen fer.Class) bool) error {
	var images []*fer.Image
	for _, x := range e.examples {
		images = append(images, x.Image)
	}
	seen, err := e.Net.Predict(images)
	if err != nil {
		return err
	}
	for _, class := range e.Net.Classes.All() {
		for i, x := range e.examples {
			if x.Label == class && take(x, seen[i]) {
				break
			}
		}
	}
	return nil
}

func (e *Explained) panels(method explain.Method, chosen []panel, title, which string) (*figure.Figure, error) {
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no face to show, want %s", which)
	}
	var images []*fer.Image
	var classes []fer.Class
	var rows []string
	for _, v := range chosen {
		images, classes, rows = append(images, v.image), append(classes, v.class), append(rows, v.label)
	}
	maps, err := attribute(method, e.Net, images, classes)
	if err != nil {
		return nil, err
	}
	return explain.Panels(images, classes, maps, explain.PanelOptions{
		Options: figure.Options{
			Title:   title + " faces, explained by " + explain.Title(method.Name()),
			Caption: fmt.Sprintf("%s Net: %s. Faces: %s, %s.", panelWords, named(e.Net.Name), e.source, which),
		},
		Rows: rows, Classes: e.Net.Classes,
	})
}

// panelWords explain the columns of [explain.Panels].
const panelWords = "Red speaks for the emotion, blue against it. Thresholds are shares of a map's largest value."

// Shuffled shows the maps of methods for the first face, with the net's weights as learned and shuffled.
func (e *Explained) Shuffled(methods ...explain.Method) (*figure.Figure, error) {
	shuffled, err := e.Net.Randomised(1)
	if err != nil {
		return nil, err
	}
	rows := make([][]figure.Cell, 2)
	var columns []string
	for _, method := range methods {
		var pair [2][]*explain.Map
		for i, net := range []*explain.Model{e.Net, shuffled} {
			maps, err := attribute(method, net, e.Images, e.Classes)
			if err != nil {
				return nil, err
			}
			heat, err := figure.Heat(maps[0].Figure())
			if err != nil {
				return nil, err
			}
			pair[i] = maps
			rows[i] = append(rows[i], figure.Cell{Image: heat})
		}
		rows[1][len(rows[1])-1].Caption = "likeness " + minus("%.2f", explain.Likeness(pair[0], pair[1]))
		columns = append(columns, explain.Title(method.Name()))
	}
	return figure.Grid(rows, figure.GridOptions{
		Options: figure.Options{
			Title: "Does the map depend on what was learned?",
			Caption: "The first face, explained before and after the weights of each layer are shuffled; likeness " +
				"is Spearman's correlation of the magnitudes over all faces, apart from what their maps have in " +
				"common. " + e.Caption + ".",
		},
		Rows: []string{"learned", "shuffled"}, Columns: columns, Side: 84,
	})
}
