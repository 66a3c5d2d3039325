package explain

import (
	"math/rand/v2"

	"ferlab/fer"
)

// Random gives uniform noise, the same for an image's place in the list: what any method must beat.
type Random struct{ Seed uint64 }

// Name implements [Method]: "random".
func (Random) Name() string { return "random" }

// Attribute implements [Method].
func (a Random) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	maps := make([]*Map, len(images))
	for i := range maps {
		rng := rand.New(rand.NewPCG(a.Seed, uint64(i)))
		maps[i] = new(Map)
		for k := range maps[i].Values {
			maps[i].Values[k] = rng.Float64()
		}
	}
	return maps, nil
}
