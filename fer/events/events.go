// Package events writes TensorBoard event files: series of numbers per step, which `tensorboard --logdir` draws.
//
// A file is a row of TFRecords (https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details), each
// a length and an Event protocol buffer with their masked CRC-32C; the first says the version of the format.
package events

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Writer writes events.
type Writer struct{ w io.Writer }

// NewWriter returns a writer that has written the file's head, dated at a time.
func NewWriter(w io.Writer, at time.Time) (*Writer, error) {
	e := seconds(at)
	e = protowire.AppendString(protowire.AppendTag(e, 3, protowire.BytesType), "brain.Event:2")
	writer := &Writer{w}
	return writer, writer.record(e)
}

// Scalar writes the value of a series, such as "loss/train", at a step and a time.
func (w *Writer) Scalar(tag string, step int, at time.Time, value float64) error {
	var v, summary []byte
	v = protowire.AppendString(protowire.AppendTag(v, 1, protowire.BytesType), tag)
	v = protowire.AppendFixed32(protowire.AppendTag(v, 2, protowire.Fixed32Type), math.Float32bits(float32(value)))
	summary = protowire.AppendBytes(protowire.AppendTag(summary, 1, protowire.BytesType), v)
	e := seconds(at)
	e = protowire.AppendVarint(protowire.AppendTag(e, 2, protowire.VarintType), uint64(step))
	e = protowire.AppendBytes(protowire.AppendTag(e, 5, protowire.BytesType), summary)
	return w.record(e)
}

// seconds begins an Event with its time.
func seconds(at time.Time) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type),
		math.Float64bits(float64(at.UnixNano())/1e9))
}

// record writes a TFRecord.
func (w *Writer) record(data []byte) error {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	all := binary.LittleEndian.AppendUint32(head, masked(head))
	all = append(all, data...)
	_, err := w.w.Write(binary.LittleEndian.AppendUint32(all, masked(data)))
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the CRC-32C, rotated and shifted so that the CRC of data that holds CRCs is as good as any.
func masked(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}
