package explain

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/synth"
)

// fixed is a method that gives an image a map without asking the net.
type fixed struct {
	name string
	of   func(image *fer.Image) *Map
}

func (f fixed) Name() string { return f.name }

func (f fixed) Attribute(_ *Model, images []*fer.Image, _ []fer.Class) ([]*Map, error) {
	maps := make([]*Map, len(images))
	for i, image := range images {
		maps[i] = f.of(image)
	}
	return checked(f, maps, "zero everywhere")
}

// A ranking knows the truth, and names methods that ignore the net, say nothing, or do worse than chance.
func TestRank(t *testing.T) {
	m := referenceModel(t)
	faces := synth.Faces(5, 28)
	masks := map[*fer.Image]*fer.Mask{}
	for _, f := range faces {
		masks[f.Image] = f.Mask
	}
	inMask := func(image *fer.Image, in, out float64) *Map {
		a := new(Map)
		for k, on := range masks[image] {
			a.Values[k] = out
			if on {
				a.Values[k] = in
			}
		}
		return a
	}
	truth := fixed{"truth", func(image *fer.Image) *Map { return inMask(image, 1, 0) }}
	lie := fixed{"lie", func(image *fer.Image) *Map { return inMask(image, 0, 1) }}
	nothing := fixed{"nothing", func(*fer.Image) *Map { return new(Map) }}
	r, err := Rank(m, faces, []Method{nothing, lie, truth, Gradient{}}, &RankOptions{SanityFaces: 2})
	if err != nil {
		t.Fatal(err)
	}
	scores := map[string]Score{}
	for _, s := range r.Scores {
		scores[s.Method] = s
	}
	failed := func(method string) string { return strings.Join(scores[method].Failed, "; ") }
	if s := scores["truth"]; s.Pointing < 0.999 || math.Abs(s.Mass-1) > 1e-9 || math.Abs(s.Similarity-1) > 1e-9 ||
		math.Abs(s.SSIM-1) > 1e-9 || !strings.Contains(failed("truth"), "ignores the weights") {
		t.Errorf("the truth scores %+v", s)
	}
	if s := scores["lie"]; s.Pointing != 0 || s.Mass != 0 || !strings.Contains(failed("lie"), "points no better") ||
		!strings.Contains(failed("lie"), "mass no better") {
		t.Errorf("the lie scores %+v", s)
	}
	if s := scores["nothing"]; s.Vanished != r.Faces || !strings.Contains(failed("nothing"), "vanish") ||
		s.Mass != r.Random.Mass {
		t.Errorf("nothing scores %+v, random %+v", s, r.Random)
	}
	if math.Abs(r.Random.Mass-r.Chance) > 0.02 || r.Faces < 2 {
		t.Errorf("random has %.3f of its mass in masks of %.3f of %d faces", r.Random.Mass, r.Chance, r.Faces)
	}
	if !slices.IsSortedFunc(r.Scores, func(a, b Score) int { return min(len(a.Failed), 1) - min(len(b.Failed), 1) }) {
		t.Error("a failing method stands before one that passes")
	}
	table := r.Table()
	header, rows := table.Header, table.Rows
	if len(rows) != 5 || rows[4][1] != "random" || !strings.Contains(strings.Join(rows[3], " "), "FAIL: ") {
		t.Errorf("table %v %v", header, rows)
	}
	for _, row := range rows {
		if len(row) != len(header) {
			t.Errorf("row %v has %d cells, want %d", row, len(row), len(header))
		}
	}
}

// A method that the net has no layer for stands last, without scores.
func TestRankWithoutConvolution(t *testing.T) {
	dnn := newModel(t, model.DNN(&model.DNNConfig{Blocks: []int{8}, Dense: []int{8}}))
	r, err := Rank(dnn, synth.Faces(5, 28), []Method{GradCAM{}, Gradient{}}, &RankOptions{SanityFaces: 2})
	if err != nil {
		t.Fatal(err)
	}
	rows := r.Table().Rows
	if len(rows) != 3 || rows[0][1] != "gradient" || rows[1][1] != "grad-cam" ||
		rows[1][len(rows[1])-1] != "needs a convolution" || rows[1][2] != "–" {
		t.Errorf("table %v", rows)
	}
}
