package explain

import "ferlab/fer"

// GradCAMPlusPlus is Grad-CAM++ (Chattopadhay et al. 2018): Grad-CAM whose channel weights are a weighted mean of the
// positive gradients, so that several small regions count as much as one large.
type GradCAMPlusPlus struct{ CAMLayer }

// Name implements [Method]: "grad-cam++".
func (a GradCAMPlusPlus) Name() string { return "grad-cam++" + a.suffix() }

// Attribute implements [Method].
func (a GradCAMPlusPlus) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	return a.attribute(a, m, images, classes, func(activations, gradients []float32, channels int) []float64 {
		sums, weights := make([]float64, channels), make([]float64, channels)
		for k, v := range activations {
			sums[k%channels] += float64(v)
		}
		for k, v := range gradients {
			if g := float64(v); !(g <= 0) { // NaN counts, so that it shows.
				weights[k%channels] += g * g * g / (2*g*g + sums[k%channels]*g*g*g + 1e-6)
			}
		}
		return weightedSum(activations, weights)
	})
}
