package audit

import (
	"math/rand/v2"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// Planted returns n synthetic training faces of which the fraction given, 0…1, has a wrong label, and the right label
// of each of these by its ID: a known truth to judge a search for label errors by. The faces are clear: with their
// emotion's full expression, seen from the front, by a good camera and with nothing before them, so that what a net
// doubts is the label.
func Planted(n int, fraction float64, seed uint64) (d *dataset.Dataset, truth map[string]fer.Class) {
	d, truth = &dataset.Dataset{Name: "clear synthetic faces", Kind: dataset.Synthetic}, map[string]fer.Class{}
	for _, f := range synth.Faces(seed, n) {
		p := f.Params
		p.Action = synth.Prototype(f.Label)
		p.Pose, p.Camera, p.Occlusion = synth.Pose{Scale: 1}, synth.Camera{Contrast: 1}, synth.Occlusion{}
		image, _ := synth.Render(p)
		d.Examples = append(d.Examples, fer.Example{ID: f.ID(), Image: image, Label: f.Label, Split: fer.Train})
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, i := range rng.Perm(n)[:int(fraction*float64(n))] {
		e := &d.Examples[i]
		truth[e.ID] = e.Label
		e.Label = (e.Label + fer.Class(1+rng.IntN(fer.NumEmotions-1))) % fer.NumEmotions
	}
	return d, truth
}

// Slim is a configuration for [KFold] that learns clear faces such as [Planted]'s within seconds.
func Slim() run.Config {
	c := run.Quick()
	c.CNN = model.CNNConfig{Filters: []int{8, 16, 16, 32}, Dense: []int{64}}
	c.Epochs, c.BatchSize, c.LearningRate, c.WarmupSteps = 6, 32, 4e-3, 20
	c.Augment = dataset.Augment{Flip: true}
	return c
}
