package audit_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
)

// faces opens synthetic faces.
func faces(t *testing.T, train, test int) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open(fmt.Sprintf("synthetic:train=%d,test=%d", train, max(test, 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Examples = d.Examples[:train+test]
	return d
}

// plant adds an example and returns its ID.
func plant(d *dataset.Dataset, kind string, m *fer.Image, label fer.Class, split fer.Split) string {
	id := fmt.Sprintf("%s/%d", kind, d.Len())
	d.Examples = append(d.Examples, fer.Example{ID: id, Image: m, Label: label, Split: split})
	return id
}

// changes are the ways in which a planted image nearly equals its original.
var changes = map[string]func(m *fer.Image, rng *rand.Rand) *fer.Image{
	"shift": func(m *fer.Image, rng *rand.Rand) *fer.Image {
		dx, dy := rng.IntN(2), 2*rng.IntN(2)-1
		return pixels(func(x, y int) float64 {
			return float64(m[min(max(y+dy, 0), fer.Size-1)*fer.Size+min(max(x+dx, 0), fer.Size-1)])
		})
	},
	"brightness": func(m *fer.Image, rng *rand.Rand) *fer.Image {
		gain, offset := 0.8+0.4*rng.Float64(), 30*rng.Float64()-15
		return pixels(func(x, y int) float64 { return gain*float64(m[y*fer.Size+x]) + offset })
	},
	"noise": func(m *fer.Image, rng *rand.Rand) *fer.Image {
		return pixels(func(x, y int) float64 { return float64(m[y*fer.Size+x]) + 3*rng.NormFloat64() })
	},
	"jpeg": func(m *fer.Image, _ *rand.Rand) *fer.Image {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, m.Gray(), &jpeg.Options{Quality: 75}); err != nil {
			panic(err)
		}
		decoded, err := jpeg.Decode(&file)
		if err != nil {
			panic(err)
		}
		out, err := fer.FromImage(decoded)
		if err != nil {
			panic(err)
		}
		return out
	},
}

func pixels(f func(x, y int) float64) *fer.Image {
	m := new(fer.Image)
	for i := range m {
		m[i] = uint8(min(max(f(i%fer.Size, i/fer.Size)+0.5, 0), 255))
	}
	return m
}

func ids(g audit.Group) (list []string) {
	for _, e := range g.Examples {
		list = append(list, e.ID)
	}
	return list
}
