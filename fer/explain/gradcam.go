package explain

import "ferlab/fer"

// GradCAM is Grad-CAM (Selvaraju et al. 2017): the layer's channels weighted by the mean of their gradients over the
// positions, summed, and what is below 0 cut off.
type GradCAM struct{ CAMLayer }

// Name implements [Method]: "grad-cam".
func (a GradCAM) Name() string { return "grad-cam" + a.suffix() }

// Attribute implements [Method].
func (a GradCAM) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	return a.attribute(a, m, images, classes, func(activations, gradients []float32, channels int) []float64 {
		weights := make([]float64, channels)
		for k, g := range gradients {
			weights[k%channels] += float64(g) / float64(len(gradients)/channels)
		}
		return weightedSum(activations, weights)
	})
}

// weightedSum sums the channels of [positions][channels] with one weight each.
func weightedSum(activations []float32, weights []float64) []float64 {
	channels := len(weights)
	cam := make([]float64, len(activations)/channels)
	for k, v := range activations {
		cam[k/channels] += weights[k%channels] * float64(v)
	}
	return cam
}
