package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
)

// PreActivation returns the layer whose output goes into the ReLU of the given layer: "bn2" for "conv2", "bn2" or
// "relu2"; for any other layer that layer itself. Gradient ascent works on it, since behind a ReLU a silent channel has
// no gradient. It returns an error for an unknown layer.
func (m *Model) PreActivation(layer string) (string, error) {
	if _, err := m.Layer(layer); err != nil {
		return "", err
	}
	for i, l := range m.layers {
		switch {
		case l.Name != layer:
		case l.Type == "ReLU" && i > 0:
			return m.layers[i-1].Name, nil
		case l.Type != "BatchNormalization" && i+1 < len(m.layers) && m.layers[i+1].Type == "BatchNormalization":
			return m.layers[i+1].Name, nil
		}
	}
	return layer, nil
}

// Channels returns the number of channels (of units, if it has no positions) of a layer, or an error that lists the
// layers.
func (m *Model) Channels(layer string) (int, error) {
	l, err := m.Layer(layer)
	if err != nil {
		return 0, err
	}
	return l.Output[len(l.Output)-1], nil
}

// FirstChannels returns the first channels of a layer, at most so many, and the number of all.
func (m *Model) FirstChannels(layer string, most int) (channels []int, all int, err error) {
	if all, err = m.Channels(layer); err != nil {
		return nil, 0, err
	}
	channels = make([]int, min(all, most))
	for c := range channels {
		channels[c] = c
	}
	return channels, all, nil
}

// checkChannels returns an error unless the layer has all channels.
func (m *Model) checkChannels(layer string, channels []int) error {
	n, err := m.Channels(layer)
	if err != nil {
		return err
	}
	for _, c := range channels {
		if c < 0 || c >= n {
			return fmt.Errorf("layer %s has no channel %d, want 0 … %d", layer, c, n-1)
		}
	}
	return nil
}

// leak is what counts of a value below 0 in a channel's answer. The plain mean of a map is linear in the first layer,
// and black or white would be the picture of every filter; behind a ReLU a silent channel has no gradient.
const leak = 0.1

// respond reduces a layer's output to one value per channel, [batch, channels]: the mean over the positions of a leaky
// ReLU, or the value of the position in the middle.
func respond(y *graph.Node, middle bool) *graph.Node {
	d := y.Shape().Dimensions
	switch {
	case len(d) != 4:
		return y
	case middle:
		y = graph.Slice(y, graph.AxisRange(), graph.AxisElem(d[1]/2), graph.AxisElem(d[2]/2), graph.AxisRange())
		return graph.Reshape(y, d[0], d[3])
	}
	return graph.ReduceMean(graph.Max(y, graph.MulScalar(y, leak)), 1, 2)
}

// responses says how the channels of a layer answer to images: [image][channel], logits [image][class].
type responses struct {
	means, middles [][]float32 // See respond.
	peaks          [][]float32 // The largest value at any position.
	places         [][]float32 // The number of that position, row by row.
	logits         [][]float32
}

// answers returns the middles or the means.
func (r responses) answers(middle bool) [][]float32 {
	if middle {
		return r.middles
	}
	return r.means
}

func (m *Model) responses(layer string, xs []pixels) (responses, error) {
	if len(xs) == 0 {
		return responses{}, nil
	}
	out, err := m.call("responses "+layer, func(logits, _, images *graph.Node) []*graph.Node {
		y := output(images.Graph(), layer)
		d := y.Shape().Dimensions
		channels := d[len(d)-1]
		places := graph.Reshape(y, d[0], -1, channels)
		largest := graph.ReduceMax(places, 1)
		where := graph.ConvertDType(graph.ArgMax(places, 1), largest.DType())
		return []*graph.Node{respond(y, false), respond(y, true), largest, where, logits}
	}, xs, nil)
	if err != nil {
		return responses{}, err
	}
	return responses{out[0], out[1], out[2], out[3], out[4]}, nil
}

// ChannelMap is what one channel of a layer makes of an image.
type ChannelMap struct {
	Channel  int
	Values   []float64 // Row by row.
	Width    int
	Strength float64 // Largest magnitude.
}

// Activations returns the maps of all channels of a layer for an image, the strongest first. It returns an error if the
// layer doesn't exist or has no positions.
func Activations(m *Model, layer string, image *fer.Image) ([]ChannelMap, error) {
	l, err := m.Layer(layer)
	if err != nil {
		return nil, err
	}
	if len(l.Output) != 3 {
		return nil, fmt.Errorf("layer %s (%s) has no positions: an activation map needs a convolution, its batch "+
			"norm, ReLU or pool", l.Name, l.Type)
	}
	out, err := m.call("activations "+layer, func(_, _, images *graph.Node) []*graph.Node {
		return []*graph.Node{output(images.Graph(), layer)}
	}, []pixels{toPixels(image)}, nil)
	if err != nil {
		return nil, err
	}
	channels := l.Output[2]
	maps := make([]ChannelMap, channels)
	for c := range maps {
		maps[c] = ChannelMap{Channel: c, Width: l.Output[1], Values: make([]float64, l.Output[0]*l.Output[1])}
	}
	for k, v := range out[0][0] {
		c := &maps[k%channels]
		c.Values[k/channels] = float64(v)
		c.Strength = max(c.Strength, math.Abs(float64(v)))
	}
	slices.SortStableFunc(maps, func(a, b ChannelMap) int { return cmp.Compare(b.Strength, a.Strength) })
	return maps, nil
}
