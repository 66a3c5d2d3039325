package evaluate

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	"ferlab/fer"
)

// FuzzReadCSV checks that any table of predictions is refused, or read to predictions that are written and read back as
// they are.
func FuzzReadCSV(f *testing.F) {
	const head = "id,label,angry,disgust,fear,happy,sad,surprise,neutral\n"
	f.Add([]byte(head + "a,happy,0,0,0,1,0,0,0\n\"b,\"\"\n\",,1e-3,0,0,.999,0,0x0p1,0\n"))
	f.Add([]byte(head + "a,sad,0,0,0,1,0,NaN,0\n"))
	f.Add([]byte(head + "a,sad,0,0,0,1,0,0,0\na,sad,0,0,0,1,0,0,0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ReadCSV(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := p.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		if back, err := ReadCSV(&out); err != nil || !reflect.DeepEqual(back, p) {
			t.Errorf("read %v, read back %v, %v", p, back, err)
		}
	})
}

// FuzzReadProbabilities checks that any table of probabilities, such as soft labels, is refused, or read to rows that
// sum to 1.
func FuzzReadProbabilities(f *testing.F) {
	const head = "extra,id,neutral,angry,disgust,fear,happy,sad,surprise\n"
	f.Add([]byte(head + ",a,0,0,0,1,0,0,0\n?,\"b,\"\"\n\",1e-3,0,0,.999,0,0x0p1,0\n"))
	f.Add([]byte(head + ",a,0,0,0,1,0,NaN,0\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := ReadProbabilities(bytes.NewReader(data), fer.Emotions)
		if err != nil {
			return
		}
		for id, row := range table {
			sum := 0.0
			for _, p := range row {
				sum += p
			}
			if !(math.Abs(sum-1) < 1e-3) || id == "" {
				t.Errorf("image %q: %v sum to %v", id, row, sum)
			}
		}
	})
}
