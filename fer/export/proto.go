package export

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Values of TensorProto.DataType and AttributeProto.AttributeType, see
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. The field numbers in this package are that file's; the few
// messages that a model needs are written directly, since no Go package publishes the generated ones.
const (
	floatType = 1
	uint8Type = 2

	attributeFloat = 1
	attributeInt   = 2
	attributeInts  = 7
)

// message is an encoded protocol-buffer message that grows field by field.
type message []byte

func (m *message) text(field protowire.Number, s string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, field, protowire.BytesType), s)
}

func (m *message) number(field protowire.Number, v int) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) message(field protowire.Number, sub message) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), sub)
}

// floats appends raw little-endian data.
func (m *message) floats(field protowire.Number, values []float32) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.BytesType), uint64(4*len(values)))
	for _, v := range values {
		*m = protowire.AppendFixed32(*m, math.Float32bits(v))
	}
}

func attribute(name string, kind int) (a message) {
	a.text(1, name)
	a.number(20, kind)
	return a
}

func intAttribute(name string, v int) message {
	a := attribute(name, attributeInt)
	a.number(3, v)
	return a
}

func intsAttribute(name string, values ...int) message {
	a := attribute(name, attributeInts)
	for _, v := range values {
		a.number(8, v)
	}
	return a
}

func floatAttribute(name string, v float32) message {
	a := attribute(name, attributeFloat)
	a = protowire.AppendFixed32(protowire.AppendTag(a, 2, protowire.Fixed32Type), math.Float32bits(v))
	return a
}
