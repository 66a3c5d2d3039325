package events

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"testing"
	"time"
)

// The head that TensorBoard 2.20's own RecordWriter and event_pb2 write for the time 0.5: see testdata/check_events.py.
func TestHead(t *testing.T) {
	var b bytes.Buffer
	if _, err := NewWriter(&b, time.Unix(0, 5e8)); err != nil {
		t.Fatal(err)
	}
	const want = "1800000000000000a37f4b2209000000000000e03f1a0d627261696e2e4576656e743a3266f7e1a8"
	if got := hex.EncodeToString(b.Bytes()); got != want {
		t.Errorf("head is %s, want %s", got, want)
	}
}

// The CRC-32C of "123456789" is e3069283 (RFC 3720's polynomial); masked by the formula of TensorFlow's crc32c.h.
func TestMasked(t *testing.T) {
	crc := uint32(0xe3069283)
	if got, want := masked([]byte("123456789")), (crc>>15|crc<<17)+0xa282ead8; got != want {
		t.Errorf("masked CRC %08x, want %08x", got, want)
	}
}

// Every record has its length and the CRCs of length and data.
func TestFraming(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	for step := range 3 {
		if err := w.Scalar("loss/train", step, time.Unix(2, 0), 0.25); err != nil {
			t.Fatal(err)
		}
	}
	data, n := b.Bytes(), 0
	for ; len(data) > 0; n++ {
		size := binary.LittleEndian.Uint64(data)
		body := data[12 : 12+size]
		if binary.LittleEndian.Uint32(data[8:]) != masked(data[:8]) ||
			binary.LittleEndian.Uint32(data[12+size:]) != masked(body) {
			t.Errorf("record %d has a wrong CRC", n)
		}
		data = data[16+size:]
	}
	if n != 4 {
		t.Errorf("%d records, want the head and 3", n)
	}
}
