// Package nn holds the graph blocks of Ferlab's nets: layers named and initialised as Keras does, and the forms of
// convolution, batch normalisation, pooling and dropout that XLA runs fast on a CPU.
//
// Layers are functions of a scope and a node, [batch, height, width, channels] for images and [batch, features] after
// [Flatten]. Each names itself within the scope (conv1, conv2, bn1, …) and enters itself in the graph's list of
// [Layers], so that any net written as one function has a summary and can be explained layer by layer.
//
// Like GoMLX's own graph functions they panic on a wrong shape; the packages that run a graph turn that into an error.
package nn

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Layer describes one layer of a net as it stands in a graph.
type Layer struct {
	Name         string      // Its name within the net: "conv1".
	Type         string      // Keras's name of its kind: "Conv2D".
	Output       *graph.Node // Its output in that graph, [batch, …].
	Params       int         // Number of parameters, trainable or not.
	NonTrainable int         // How many of them training doesn't change by gradient.
	MultiplyAdds int         // Multiply-add operations of a forward pass of one example.

	// A layer whose output has positions, [batch, height, width, channels], says how they lie over those of the layer
	// before it: each sees a square of Kernel×Kernel, Stride apart, the first of which begins Pad before the first
	// position. A Kernel of 0 leaves positions as they are.
	Kernel, Stride, Pad int
}

const layersKey = "/ferlab_layers"

// Layers returns the layers that have been built into a graph, in order.
func Layers(g *graph.Graph) []Layer {
	if list, ok := model.GetGraphParam(g, layersKey); ok {
		return *list.(*[]Layer)
	}
	return nil
}

// Record enters a layer of one's own in its graph's list and returns its output, so that summaries show it and
// explanations reach it. Without a name it gets its type's, in small letters, and a number. A convolution or a pool
// must say its Kernel, Stride and Pad: see [Layer].
//
//	y := graph.Convolve(x, kernel).Strides(2).NoPadding().Done()
//	y = nn.Record(nn.Layer{Type: "Conv2D", Output: y, Params: kernel.Shape().Size(), Kernel: 3, Stride: 2})
func Record(l Layer) *graph.Node {
	if l.Name == "" {
		l.Name = nextName(l.Output.Graph(), strings.ToLower(l.Type))
	}
	return record(l)
}

// record is [Record] of a layer with a name.
func record(l Layer) *graph.Node {
	g := l.Output.Graph()
	list, ok := model.GetGraphParam(g, layersKey)
	if !ok {
		list = new([]Layer)
		model.SetGraphParam(g, layersKey, list)
	}
	all := list.(*[]Layer)
	*all = append(*all, l)
	return l.Output
}

// nextName returns prefix1, prefix2, … for the layers of one prefix in a graph.
func nextName(g *graph.Graph, prefix string) string {
	n := 1
	for _, l := range Layers(g) {
		if len(l.Name) > len(prefix) && l.Name[:len(prefix)] == prefix && l.Name[len(prefix)] <= '9' {
			n++
		}
	}
	return fmt.Sprintf("%s%d", prefix, n)
}

// Flatten turns [batch, …] into [batch, features].
func Flatten(_ *model.Scope, x *graph.Node) *graph.Node {
	batch := x.Shape().Dimensions[0]
	y := graph.Reshape(x, batch, x.Shape().Size()/batch)
	return record(Layer{Name: nextName(x.Graph(), "flatten"), Type: "Flatten", Output: y})
}

// Dense is a fully connected layer without activation: x·kernel + bias, [batch, features] → [batch, units].
func Dense(s *model.Scope, x *graph.Node, units int) *graph.Node {
	g := x.Graph()
	name := nextName(g, "dense")
	s = s.In("%s", name)
	features := x.Shape().Dimensions[x.Rank()-1]
	kernel := variable(s, "kernel", glorotUniform, features, units).NodeValue(g)
	bias := variable(s, "bias", zeros, units).NodeValue(g)
	y := graph.Add(matMul(x, kernel), graph.ExpandLeftToRank(bias, 2))
	return record(Layer{Name: name, Type: "Dense", Output: y, Params: (features + 1) * units,
		MultiplyAdds: features * units})
}

// ReLU is max(x, 0).
func ReLU(_ *model.Scope, x *graph.Node) *graph.Node {
	return record(Layer{Name: nextName(x.Graph(), "relu"), Type: "ReLU", Output: guide(relu(x))})
}

func relu(x *graph.Node) *graph.Node { return graph.MaxScalar(x, 0) }

// GlobalAveragePool averages over height and width: [batch, height, width, channels] → [batch, channels].
func GlobalAveragePool(_ *model.Scope, x *graph.Node) *graph.Node {
	y := graph.ReduceMean(x, 1, 2)
	return record(Layer{Name: nextName(x.Graph(), "gap"), Type: "GlobalAveragePooling2D", Output: y})
}
