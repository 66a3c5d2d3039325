package records

import (
	"errors"
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// Where says where a net looks: how true methods of explanation are to it, and what the best of them says of real
// faces.
type Where struct {
	Net     string `json:"net"`
	Weights string `json:"weights"` // SHA-256: another training's are another net.
	// The ranking, the best first, is of Faces drawn faces that the net recognises, of Drawn; the true masks cover
	// Chance of the pixels.
	Drawn   int      `json:"drawn"`
	Faces   int      `json:"faces"`
	Chance  float64  `json:"chance"`
	Methods []Method `json:"methods"`
	Random  Method   `json:"random"`
	// The parts of real faces that the net recognises, by the first method.
	Source string  `json:"source"`
	Split  string  `json:"split"`
	Parts  []Parts `json:"parts"`
}

// Method is the score of a method of explanation, see [explain.Score].
type Method struct {
	Name       string            `json:"name"`
	Pointing   evaluate.Interval `json:"pointing"`
	Mass       evaluate.Interval `json:"mass"`
	Deletion   evaluate.Interval `json:"deletion"`
	Insertion  evaluate.Interval `json:"insertion"`
	Likeness   float64           `json:"likeness"`
	SSIM       float64           `json:"ssim"`
	Incomplete float64           `json:"incomplete"` // Largest residual; negative for methods that promise none.
	Failed     []string          `json:"failed,omitempty"`
}

// Parts says how a class's evidence spreads over the parts of the face.
type Parts struct {
	Class string `json:"class"`
	Faces int    `json:"faces"`
	Part  []Part `json:"part"`
	Mean  []byte `json:"mean"` // The mean map, 48×48, 255 for its largest value.
}

// Part is a part of the face: its share of the pixels, and of the evidence.
type Part struct {
	Name  string            `json:"name"`
	Area  float64           `json:"area"`
	Share evaluate.Interval `json:"share"`
}

// Ratio returns the share of the evidence over that of the pixels: 1 means no preference.
func (p Part) Ratio() evaluate.Interval {
	return evaluate.Interval{Value: p.Share.Value / p.Area, Low: p.Share.Low / p.Area, High: p.Share.High / p.Area}
}

// OpenWhere reads the record.
func OpenWhere() (*Where, error) { return read[Where](WhereFile) }

// Methods are those that [MeasureWhere] ranks: all at their default, LayerCAM on a finer layer, and Grad-CAM as it is
// usually drawn.
func Methods() []explain.Method {
	return append(explain.Methods(), explain.LayerCAM{CAMLayer: explain.CAMLayer{Layer: "relu2"}},
		explain.GradCAM{CAMLayer: explain.CAMLayer{Layer: "relu4", Stretch: true}})
}

// Of reports whether the record was measured on the run's weights.
func (w *Where) Of(r *run.Run) bool { return w.Weights == weightsOf(r) }

// Ranked returns the method at a place of the ranking, from 0.
func (w *Where) Ranked(place int) (explain.Method, error) {
	if place < 0 || place >= len(w.Methods) {
		return nil, fmt.Errorf("place %d of %d ranked methods", place, len(w.Methods))
	}
	for _, m := range Methods() {
		if m.Name() == w.Methods[place].Name {
			return m, nil
		}
	}
	return nil, fmt.Errorf("no method is called %q", w.Methods[place].Name)
}

// MeasureWhere ranks methods on so many drawn faces, and explains up to perClass recognised faces of each class of a
// split by the best.
func MeasureWhere(r *run.Run, drawn int, real *dataset.Dataset, split fer.Split, perClass int) (*Where, error) {
	m, err := explain.Open(r)
	if err != nil {
		return nil, err
	}
	ranking, err := explain.Rank(m, synth.Faces(rankSeed, drawn), Methods(), &explain.RankOptions{SanityFaces: 16})
	if err != nil {
		return nil, err
	}
	w := &Where{Net: r.Name, Weights: weightsOf(r), Drawn: drawn, Faces: ranking.Faces,
		Chance: ranking.Chance, Random: scored(ranking.Random), Source: real.Name, Split: string(split)}
	for _, s := range ranking.Scores {
		w.Methods = append(w.Methods, scored(s))
	}
	return w, w.explain(m, real.Split(split).Examples, perClass)
}

// rankSeed makes faces that no training source has by default.
const rankSeed = 40

func scored(s explain.Score) Method {
	var mass, deletion, insertion []float64
	points := 0
	for _, one := range s.Each {
		if one.Points {
			points++
		}
		mass = append(mass, one.Mass)
		deletion, insertion = append(deletion, one.Deletion), append(insertion, one.Insertion)
	}
	return Method{Name: s.Method, Pointing: evaluate.Wilson(points, len(s.Each)), Mass: mean(mass),
		Deletion: mean(deletion), Insertion: mean(insertion), Likeness: s.Similarity, SSIM: s.SSIM,
		Incomplete: s.Residual, Failed: s.Failed}
}

// explain fills in the parts.
func (w *Where) explain(m *explain.Model, examples []fer.Example, perClass int) error {
	method, err := w.Ranked(0)
	if err != nil {
		return err
	}
	images := make([]*fer.Image, len(examples))
	for i, e := range examples {
		images[i] = e.Image
	}
	seen, err := m.Predict(images)
	if err != nil {
		return err
	}
	regions := []explain.Regions{explain.AlignedRegions()}
	for _, class := range m.Classes.All() {
		var chosen []*fer.Image
		var classes []fer.Class
		for i, e := range examples {
			if e.Label == class && seen[i] == class && len(chosen) < perClass {
				chosen, classes = append(chosen, e.Image), append(classes, class)
			}
		}
		if len(chosen) == 0 {
			continue
		}
		maps, err := method.Attribute(m, chosen, classes)
		var vanished *explain.DegenerateError
		if err != nil && !errors.As(err, &vanished) {
			return err
		}
		p := Parts{Class: m.Classes.Name(class), Faces: len(chosen)}
		shares := map[string][]float64{}
		whole, err := explain.ShareByRegion(m.Classes, maps, classes, slices.Repeat(regions, len(maps)))
		if err != nil {
			return err
		}
		for i := range maps {
			one, err := explain.ShareByRegion(m.Classes, maps[i:i+1], classes[i:i+1], regions)
			if err != nil {
				return err
			}
			for region := synth.Elsewhere; region <= synth.Chin; region++ {
				if len(one) > 0 { // A map without evidence has no shares.
					shares[region.String()] = append(shares[region.String()], one[0].Share[region])
				}
			}
		}
		for region := synth.Elsewhere; region <= synth.Chin; region++ {
			name := region.String()
			p.Part = append(p.Part, Part{name, whole[0].Area[region], mean(shares[name])})
		}
		p.Mean = whole[0].Mean.Levels()
		w.Parts = append(w.Parts, p)
	}
	return nil
}
