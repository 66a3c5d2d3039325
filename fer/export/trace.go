package export

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// layer is a layer of a net in inference: what it computes, of which layers' outputs, with which weights.
type layer struct {
	name, kind string   // As in [nn.Layer].
	inputs     []string // Names of layers, or [pixels].
	in, out    []int    // Shapes of the (first) input and of the output without the batch, channels last.
	weights    []weight // In the order of weightNames.
}

// weight is a variable, row-major.
type weight struct {
	name   string
	dims   []int
	values []float32
}

// pixels is the name of the net's input, in [0, 1].
const pixels = "pixels"

// weightNames lists the kinds of layers that can be exported, with their variables; a name with ? may be missing.
var weightNames = map[string][]string{
	"Conv2D":                 {"kernel", "bias?"},
	"Dense":                  {"kernel", "bias"},
	"BatchNormalization":     {"gamma", "beta", "moving_mean", "moving_variance"},
	"ReLU":                   {},
	"MaxPooling2D":           {},
	"GlobalAveragePooling2D": {},
	"Flatten":                {},
	"Add":                    {},
	"Dropout":                {},
}

// trace builds a net's graph and reads its layers from it, without dropout, which does nothing in inference.
func trace(net model.Net, store *gomlx.Store) (layers []layer, err error) {
	var failure error
	err = model.Inspect(1, store, func(s *gomlx.Scope, images *graph.Node) {
		layers, failure = read(images, model.Logits(s, net, images), store)
	})
	return layers, errors.Join(err, failure)
}

// read follows the graph from each layer's output back to the layers that it is computed of.
func read(images, logits *graph.Node, store *gomlx.Store) (layers []layer, err error) {
	names := map[*graph.Node]string{images: pixels}
	shape := map[string][]int{pixels: {fer.Size, fer.Size, 1}}
	for _, l := range nn.Layers(images.Graph()) {
		known, ok := weightNames[l.Type]
		if !ok {
			return nil, fmt.Errorf("layer %s is a %s, which can't be exported", l.Name, l.Type)
		}
		if _, same := names[l.Output]; same {
			continue // It does nothing in inference.
		}
		e := layer{name: l.Name, kind: l.Type, out: slices.Clone(l.Output.Shape().Dimensions[1:])}
		e.inputs = sources(l.Output, names)
		if want := map[bool]int{true: 2, false: 1}[l.Type == "Add"]; len(e.inputs) != want {
			return nil, fmt.Errorf("layer %s is computed of %d other layers, want %d: it can't be exported", l.Name,
				len(e.inputs), want)
		}
		e.in = shape[e.inputs[0]]
		for _, name := range known {
			optional := name[len(name)-1] == '?'
			if optional {
				name = name[:len(name)-1]
			}
			w, err := readWeight(store, l.Name, name)
			if err != nil && !optional {
				return nil, err
			}
			if err == nil {
				e.weights = append(e.weights, w)
			}
		}
		if spare := e.spare(); spare < 0 || spare%2 != 0 {
			return nil, fmt.Errorf("layer %s is a convolution with a stride or with unequal padding, which can't be "+
				"exported", l.Name)
		}
		names[l.Output], shape[l.Name] = l.Name, e.out
		layers = append(layers, e)
	}
	if len(layers) == 0 || names[logits] != layers[len(layers)-1].name {
		return nil, fmt.Errorf("the net's logits are not the output of its last layer: it can't be exported")
	}
	return layers, nil
}

// sources returns the names of the layers that a node is computed of, in the order of the graph's inputs.
func sources(node *graph.Node, names map[*graph.Node]string) (found []string) {
	seen := map[*graph.Node]bool{}
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if name, ok := names[n]; ok {
			found = append(found, name)
			return
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	visit(node)
	return found
}

func readWeight(store *gomlx.Store, layer, name string) (weight, error) {
	v := store.GetVariable("/" + model.Scope + "/" + layer + "/" + name)
	if v == nil {
		return weight{}, fmt.Errorf("layer %s has no weight %s.%s: it can't be exported", layer, layer, name)
	}
	value, err := v.Value()
	if err != nil {
		return weight{}, err
	}
	values, err := tensors.CopyFlatData[float32](value)
	if err != nil {
		return weight{}, fmt.Errorf("weight %s.%s: %w", layer, name, err)
	}
	return weight{layer + "." + name, slices.Clone(value.Shape().Dimensions), values}, nil
}

// padding is how many zeros a convolution of stride 1 puts at each side.
func (l layer) padding() int { return l.spare() / 2 }

// spare is by how much a convolution's output is larger than without padding; 0 for other layers.
func (l layer) spare() int {
	if l.kind != "Conv2D" {
		return 0
	}
	return l.out[0] + l.weights[0].dims[0] - 1 - l.in[0]
}
