package explain

import (
	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
)

// GuidedBackprop is the gradient through ReLUs that let no negative gradient pass (Springenberg et al. 2015). It draws
// sharp pictures, but much of them depends on the image more than on the net: see its row in [Rank]. The map is one of
// sensitivity.
type GuidedBackprop struct{}

// Name implements [Method]: "guided-backprop".
func (GuidedBackprop) Name() string { return "guided-backprop" }

// Attribute implements [Method].
func (a GuidedBackprop) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	out, err := m.call("guided", func(_, score, images *graph.Node) []*graph.Node {
		return graph.Gradient(score,
			images)
	}, allPixels(images), classes)
	if err != nil {
		return nil, err
	}
	maps := make([]*Map, len(images))
	for i, g := range out[0] {
		maps[i] = &Map{Sensitivity: true}
		for k, v := range g {
			maps[i].Values[k] = float64(v)
		}
	}
	return checked(a, maps, "zero everywhere: no gradient is positive all the way down to the image")
}
