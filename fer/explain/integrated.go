package explain

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"ferlab/fer"
)

// IntegratedGradients is the mean gradient on the straight line from a baseline to the image, times their difference
// (Sundararajan et al. 2017). The map sums up to the difference of the logits of image and baseline: it is complete.
type IntegratedGradients struct {
	Baseline Baseline
	// Steps is the number of points of the Gauss–Legendre rule, as in captum. 0 starts with 32 and doubles it, up to
	// 512, for the images whose residual is above [Completeness].
	Steps int
}

// Completeness is the residual that [IntegratedGradients] aims at, relative to the difference of the logits of image
// and baseline, or to 1 if that is larger.
const Completeness = 0.01

// Name implements [Method]: "integrated-gradients", followed by the baseline if it isn't black.
func (a IntegratedGradients) Name() string {
	if a.Baseline.Name != "" {
		return "integrated-gradients " + a.Baseline.Name
	}
	return "integrated-gradients"
}

// Attribute implements [Method].
func (a IntegratedGradients) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	maps, _, err := a.AttributeWithResidual(m, images, classes)
	return maps, err
}

// AttributeWithResidual also returns each map's completeness residual: |sum − d| / max(|d|, 1), d the difference of the
// logits of image and baseline. (Relative to a difference near 0, any rounding would be large.)
func (a IntegratedGradients) AttributeWithResidual(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map,
	[]float64, error) {
	if err := m.check(images, classes); err != nil {
		return nil, nil, err
	}
	if a.Steps < 0 {
		return nil, nil, fmt.Errorf("integrated gradients in %d steps, want some", a.Steps)
	}
	xs := allPixels(images)
	bases := make([]pixels, len(xs))
	for i, x := range xs {
		bases[i] = a.Baseline.image(x)
	}
	at, err := m.scores(xs, classes)
	if err != nil {
		return nil, nil, err
	}
	from, err := m.scores(bases, classes)
	if err != nil {
		return nil, nil, err
	}
	maps, residuals := make([]*Map, len(xs)), make([]float64, len(xs))
	steps, last := a.Steps, a.Steps
	if steps == 0 {
		steps, last = 32, 512
	}
	var open []int // Images without a map that is good enough.
	for i := range xs {
		open = append(open, i)
	}
	for ; len(open) > 0; steps *= 2 {
		var incomplete []int
		err := together(len(open), steps, func(start, end int) error {
			for _, i := range open[start:end] {
				maps[i] = new(Map)
			}
			return integrate(m, open[start:end], bases, xs, classes, steps, maps)
		})
		if err != nil {
			return nil, nil, err
		}
		for _, i := range open {
			sum := 0.0
			for _, v := range maps[i].Values {
				sum += v
			}
			residuals[i] = math.Abs(sum-(at[i]-from[i])) / math.Max(math.Abs(at[i]-from[i]), 1)
			if steps < last && !(residuals[i] <= Completeness) {
				incomplete = append(incomplete, i)
			}
		}
		open = incomplete
	}
	maps, err = checked(a, maps, "zero everywhere: the logit has no gradient between the baseline and the image, or "+
		"they are the same")
	return maps, residuals, err
}

// integrate adds to the maps of some images the weighted gradients at points between baseline and image.
func integrate(m *Model, which []int, bases, images []pixels, classes []fer.Class, steps int, maps []*Map) error {
	points, weights := make([]float64, steps), make([]float64, steps)
	quad.Legendre{}.FixedLocations(points, weights, 0, 1)
	var xs []pixels
	var cs []fer.Class
	for _, i := range which {
		for _, t := range points {
			x := make(pixels, fer.Pixels)
			for k := range x {
				x[k] = bases[i][k] + float32(t)*(images[i][k]-bases[i][k])
			}
			xs, cs = append(xs, x), append(cs, classes[i])
		}
	}
	grads, err := m.gradients(xs, cs)
	if err != nil {
		return err
	}
	for n, i := range which {
		for s, g := range grads[n*steps:][:steps] {
			for k, v := range g {
				maps[i].Values[k] += weights[s] * float64(v) * float64(images[i][k]-bases[i][k])
			}
		}
	}
	return nil
}
