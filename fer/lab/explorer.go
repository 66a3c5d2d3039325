package lab

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Explore explains faces of the notebooks' source live: menus and sliders choose the net, the face, the method, its
// layer and a threshold, and the pictures follow: the map for the emotion that the net answers, its overlay, and the
// net's calibrated probabilities. See [show.Explore] for how it ends and what it leaves. Choices that don't go
// together, such as a class activation map of a net without convolutions, say so in place of the pictures.
func Explore(runs ...*run.Run) error {
	e, err := newExplorer(runs)
	if err != nil {
		return err
	}
	return show.Explore(e.controls(), func(values []int) (show.Item, error) { return e.draw(values) })
}

// explorerFaces is the number of faces of each emotion to choose from.
const explorerFaces = 6

// byDefault is the layer that a method chooses itself.
const byDefault = "by default"

type explorer struct {
	runs    []*run.Run
	nets    []*results.Explained
	methods []explain.Method
	layers  []string // Those of any net that have positions.
	maps    map[mapKey]*explain.Map
	logits  map[[2]int][]float32
}

// mapKey holds indices of net and face, and the name of a method with its layer.
type mapKey struct {
	net, face int
	method    string
}

func newExplorer(runs []*run.Run) (*explorer, error) {
	if len(runs) == 0 {
		return nil, errors.New("nothing to explore: give at least one run")
	}
	data, err := Data()
	if err != nil {
		return nil, err
	}
	e := &explorer{runs: runs, methods: explain.Methods(), layers: []string{byDefault},
		maps: map[mapKey]*explain.Map{}, logits: map[[2]int][]float32{}}
	for _, r := range runs {
		net, err := results.Explain(data, r, explorerFaces)
		if err != nil {
			return nil, err
		}
		e.nets = append(e.nets, net)
		for _, layer := range net.Net.LayersOf("ReLU") {
			if !slices.Contains(e.layers, layer) {
				e.layers = append(e.layers, layer)
			}
		}
	}
	slices.SortStableFunc(e.layers[1:], cmp.Compare[string])
	return e, nil
}

func (e *explorer) controls() []show.Control {
	var nets, methods []string
	first := 0
	for i, net := range e.nets {
		nets = append(nets, fmt.Sprintf("%s (%s)", net.Net.Name, e.runs[i].Record.Source))
	}
	for i, m := range e.methods {
		methods = append(methods, m.Name())
		if m.Name() == (explain.LayerCAM{}).Name() {
			first = i
		}
	}
	return []show.Control{
		{Label: "net", Options: nets},
		{Label: "face", Min: 1, Max: len(e.nets[0].Images), Value: 1},
		{Label: "method", Options: methods, Value: first},
		{Label: "layer", Options: e.layers},
		{Label: "threshold, %", Min: 0, Max: 100, Value: 30},
	}
}

// draw returns the figures for the values of the controls.
func (e *explorer) draw(values []int) (figure.Row, error) {
	net, face, method, layer, threshold :=
		e.nets[values[0]], values[1]-1, e.methods[values[2]], e.layers[values[3]], values[4]
	logits, err := e.answer(values[0], face)
	if err != nil {
		return nil, err
	}
	probs := model.Softmax(logits, e.runs[values[0]].Temperature())
	classes := net.Net.Classes
	answer := fer.Class(slices.Index(probs, slices.Max(probs)))

	note := ""
	if layer != byDefault {
		var uses bool
		if method, uses = onLayer(method, layer); !uses {
			note = fmt.Sprintf(" %s uses no layer.", method.Name())
		}
	}
	m, err := e.attribute(values[0], face, method, answer)
	if err != nil {
		return nil, err
	}
	magnitude := figure.NewMap(m.Importance())
	magnitude.High = max(slices.Max(magnitude.Values), 1e-12)
	heat, err1 := figure.Heat(m.Figure())
	over, err2 := figure.Overlay(net.Images[face], magnitude,
		figure.OverlayOptions{Threshold: float64(threshold) / 100})
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	above := fmt.Sprintf("above %d %%", threshold)
	if threshold == 0 {
		above = "blended"
	}
	maps, err := figure.Grid([][]figure.Cell{{{Image: net.Images[face]}, {Image: heat}, {Image: over}}},
		figure.GridOptions{
			Options: figure.Options{
				Title: explain.Title(method.Name()) + " on " + net.Net.Name,
				Caption: fmt.Sprintf("Face %d of %d, labelled %s; what speaks for the answer, %s. The threshold is a "+
					"share of the map's largest value.%s",
					face+1, len(net.Images), classes.Name(net.Classes[face]), classes.Name(answer), note),
			},
			Columns: []string{"face", "heat map", above}, Side: 144,
		})
	if err != nil {
		return nil, err
	}
	bars, err := figure.Bars(classes.Names(), []figure.BarSeries{{Values: probs}},
		figure.Axis{Label: "probability", Percent: true, Max: 1}, figure.Options{
			Title:   fmt.Sprintf("Answer: %s, %.0f %%", classes.Name(answer), 100*probs[answer]),
			Caption: e.nets[values[0]].Caption + ".", Width: 420, Height: max(200, 24*classes.Len()),
		})
	if err != nil {
		return nil, err
	}
	return figure.Row{maps, bars}, nil
}

func (e *explorer) answer(net, face int) ([]float32, error) {
	key := [2]int{net, face}
	if known, ok := e.logits[key]; ok {
		return known, nil
	}
	logits, err := e.nets[net].Net.Logits(e.nets[net].Images[face : face+1])
	if err != nil {
		return nil, err
	}
	e.logits[key] = logits[0]
	return logits[0], nil
}

func (e *explorer) attribute(net, face int, method explain.Method, class fer.Class) (*explain.Map, error) {
	key := mapKey{net, face, method.Name()}
	if known := e.maps[key]; known != nil {
		return known, nil
	}
	maps, err := method.Attribute(e.nets[net].Net, e.nets[net].Images[face:face+1], []fer.Class{class})
	if err != nil {
		return nil, err
	}
	e.maps[key] = maps[0]
	return maps[0], nil
}

// onLayer returns the method on a layer; uses says whether it works on one at all.
func onLayer(method explain.Method, layer string) (on explain.Method, uses bool) {
	switch m := method.(type) {
	case explain.GradCAM:
		m.Layer = layer
		return m, true
	case explain.GradCAMPlusPlus:
		m.Layer = layer
		return m, true
	case explain.LayerCAM:
		m.Layer = layer
		return m, true
	}
	return method, false
}
