package explain

import "ferlab/fer"

// LayerCAM is LayerCAM (Jiang et al. 2021): each activation weighted by its own gradient where that is positive, summed
// over the channels. It stays sharp in layers near the image.
type LayerCAM struct{ CAMLayer }

// Name implements [Method]: "layer-cam".
func (a LayerCAM) Name() string { return "layer-cam" + a.suffix() }

// Attribute implements [Method].
func (a LayerCAM) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	return a.attribute(a, m, images, classes, func(activations, gradients []float32, channels int) []float64 {
		cam := make([]float64, len(activations)/channels)
		for k, v := range activations {
			if !(gradients[k] <= 0) { // NaN counts, so that it shows.
				cam[k/channels] += float64(v) * float64(gradients[k])
			}
		}
		return cam
	})
}
