package export

import (
	"maps"
	"slices"

	"ferlab/fer"
)

// Versions of the format: opset 17 is read by onnxruntime from 1.12 on.
const (
	irVersion = 8
	opset     = 17
)

// builder gathers the nodes and weights of a GraphProto. Images are channels-last outside and channels-first, as ONNX's
// operators want them, inside.
type builder struct {
	graph message
	first map[string]bool // Which tensors are [N, C, H, W].
}

// encode writes the layers as an ONNX model: pixels to [0, 1], the layers, and the softmax at the temperature.
func encode(layers []layer, o Options) []byte {
	b := builder{first: map[string]bool{}}
	image, kind := "image", uint8Type
	if o.Float {
		kind = floatType
	} else {
		b.node("Cast", "image_float", []string{image}, intAttribute("to", floatType))
		image = "image_float"
	}
	b.node("Mul", pixels, []string{image, b.weight("pixel_scale", nil, []float32{1.0 / 255})})
	for _, l := range layers {
		b.layer(l)
	}
	last := layers[len(layers)-1].name
	b.node("Identity", "logits", []string{last})
	b.node("Mul", "calibrated", []string{"logits", b.weight("inverse_temperature", nil,
		[]float32{float32(1 / o.Temperature)})})
	b.node("Softmax", "probabilities", []string{"calibrated"}, intAttribute("axis", 1))
	at := b.maps(layers, o)
	b.graph.text(2, o.Name)
	b.graph.message(11, value("image", kind, fer.Size, fer.Size, 1))
	b.graph.message(12, value("probabilities", floatType, o.Classes.Len()))
	b.graph.message(12, value("logits", floatType, o.Classes.Len()))
	if at != nil {
		b.graph.message(12, value("maps", floatType, at...))
	}

	var model message
	model.number(1, irVersion)
	model.text(2, "ferlab")
	model.text(6, "The "+o.Classes.Noun()+" of a face, 48×48, grey 0…255, one batch axis; see the metadata for the "+
		"order of classes.")
	model.message(7, b.graph)
	var operators message
	operators.number(2, opset)
	model.message(8, operators)
	properties := o.metadata()
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		var p message
		p.text(1, key)
		p.text(2, properties[key])
		model.message(14, p)
	}
	return model
}

// maps adds the node of [Options.Maps] and returns the shape of its output, nil without it.
func (b *builder) maps(layers []layer, o Options) []int {
	head := layers[len(layers)-1]
	i := slices.IndexFunc(layers, func(l layer) bool { return l.name == head.inputs[0] })
	if !o.Maps || head.kind != "Dense" || i < 0 || layers[i].kind != "GlobalAveragePooling2D" {
		return nil
	}
	last := b.transposed(layers[i].inputs[0], false)
	b.node("MatMul", "maps", []string{last, head.weights[0].name})
	return []int{layers[i].in[0], layers[i].in[1], head.out[0]}
}

// layer adds the node of a layer; its output has the layer's name.
func (b *builder) layer(l layer) {
	inputs := slices.Clone(l.inputs)
	if len(l.in) == 3 && l.kind != "Flatten" {
		for i := range inputs {
			inputs[i] = b.transposed(inputs[i], true)
		}
	}
	b.first[l.name] = len(l.out) == 3
	plain := func() (names []string) {
		for _, w := range l.weights {
			names = append(names, b.weight(w.name, w.dims, w.values))
		}
		return names
	}
	switch l.kind {
	case "Conv2D":
		k := l.weights[0]
		kernel, dims := channelsFirst(k.values, k.dims)
		inputs = append(inputs, b.weight(k.name, dims, kernel))
		if len(l.weights) > 1 {
			inputs = append(inputs, b.weight(l.weights[1].name, l.weights[1].dims, l.weights[1].values))
		}
		p := l.padding()
		b.node("Conv", l.name, inputs, intsAttribute("kernel_shape", k.dims[0], k.dims[1]),
			intsAttribute("pads", p, p, p, p),
			intsAttribute("strides", 1, 1))
	case "Dense":
		b.node("Gemm", l.name, append(inputs, plain()...))
	case "BatchNormalization":
		b.node("BatchNormalization", l.name, append(inputs, plain()...), floatAttribute("epsilon", epsilon))
	case "ReLU":
		b.node("Relu", l.name, inputs)
	case "MaxPooling2D":
		b.node("MaxPool", l.name, inputs, intsAttribute("kernel_shape", 2, 2), intsAttribute("strides", 2, 2))
	case "GlobalAveragePooling2D":
		b.node("GlobalAveragePool", l.name+"_map", inputs)
		b.node("Flatten", l.name, []string{l.name + "_map"}, intAttribute("axis", 1))
	case "Flatten":
		b.node("Flatten", l.name, []string{b.transposed(inputs[0], false)}, intAttribute("axis", 1))
	case "Add":
		b.node("Add", l.name, inputs)
	default: // Dropout at rate 0.
		b.node("Identity", l.name, inputs)
	}
}

// transposed returns the name of an image tensor with its channels first or last, and adds the node that makes it so.
func (b *builder) transposed(name string, first bool) string {
	if b.first[name] == first {
		return name
	}
	perm, suffix := []int{0, 2, 3, 1}, "_nhwc"
	if first {
		perm, suffix = []int{0, 3, 1, 2}, "_nchw"
	}
	if _, done := b.first[name+suffix]; !done {
		b.node("Transpose", name+suffix, []string{name}, intsAttribute("perm", perm...))
		b.first[name+suffix] = first
	}
	return name + suffix
}

// channelsFirst turns a kernel [h, w, in, out] into ONNX's [out, in, h, w].
func channelsFirst(values []float32, d []int) ([]float32, []int) {
	window := d[0] * d[1]
	y := make([]float32, len(values))
	for i, v := range values {
		o, rest := i%d[3], i/d[3]
		in, at := rest%d[2], rest/d[2]
		y[(o*d[2]+in)*window+at] = v
	}
	return y, []int{d[3], d[2], d[0], d[1]}
}

// node adds a NodeProto that makes the tensor of its own name.
func (b *builder) node(op, name string, inputs []string, attributes ...message) {
	var n message
	for _, in := range inputs {
		n.text(1, in)
	}
	n.text(2, name)
	n.text(3, name)
	n.text(4, op)
	for _, a := range attributes {
		n.message(5, a)
	}
	b.graph.message(1, n)
}

// weight adds a TensorProto and returns its name; no dimensions make a scalar.
func (b *builder) weight(name string, dims []int, values []float32) string {
	var t message
	for _, d := range dims {
		t.number(1, d)
	}
	t.number(2, floatType)
	t.text(8, name)
	t.floats(9, values)
	b.graph.message(5, t)
	return name
}

// value is a ValueInfoProto: a tensor [N, dims…].
func value(name string, kind int, dims ...int) message {
	var shape, n, tensor, kinds, v message
	n.text(2, "N")
	shape.message(1, n)
	for _, d := range dims {
		var dim message
		dim.number(1, d)
		shape.message(1, dim)
	}
	tensor.number(1, kind)
	tensor.message(2, shape)
	kinds.message(1, tensor)
	v.text(1, name)
	v.message(2, kinds)
	return v
}
