package explain

import (
	"fmt"
	"math/rand/v2"

	"ferlab/fer"
)

// SmoothKind is what [SmoothGrad] makes of the gradients of noisy copies.
type SmoothKind int

// The kinds, as in captum's NoiseTunnel: the mean of the gradients, of their squares, or their variance.
const (
	Mean     SmoothKind = iota // SmoothGrad (Smilkov et al. 2017)
	Squared                    // SmoothGrad² (Hooker et al. 2019)
	Variance                   // VarGrad (Adebayo et al. 2018)
)

// SmoothGrad averages the gradients of copies of the image with Gaussian noise. The same seed gives the same noise,
// whatever other images are explained beside. The map is one of sensitivity.
type SmoothGrad struct {
	Kind    SmoothKind
	Samples int     // Noisy copies; default 32.
	Noise   float64 // Standard deviation, where the range from black to white is 1; default 0.1.
	Seed    uint64
}

// Name implements [Method]: "smoothgrad", "smoothgrad-squared" or "vargrad".
func (a SmoothGrad) Name() string {
	return [...]string{"smoothgrad", "smoothgrad-squared", "vargrad"}[a.Kind]
}

// Attribute implements [Method].
func (a SmoothGrad) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	if a.Samples == 0 {
		a.Samples = 32
	}
	if a.Noise == 0 {
		a.Noise = 0.1
	}
	if a.Kind < Mean || a.Kind > Variance || a.Samples < 1 || a.Noise < 0 {
		return nil, fmt.Errorf("smoothgrad of kind %d with %d samples and noise %g: want a known kind, some "+
			"samples, noise ≥ 0", a.Kind, a.Samples, a.Noise)
	}
	rng := rand.New(rand.NewPCG(a.Seed, 0x5100_74))
	noise := make([][]float32, a.Samples)
	for s := range noise {
		noise[s] = make([]float32, fer.Pixels)
		for k := range noise[s] {
			noise[s][k] = float32(rng.NormFloat64() * a.Noise)
		}
	}
	return a.attribute(m, images, classes, noise)
}

func (a SmoothGrad) attribute(m *Model, images []*fer.Image, classes []fer.Class, noise [][]float32) ([]*Map, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	maps := make([]*Map, len(images))
	all := allPixels(images)
	err := together(len(images), len(noise), func(start, end int) error {
		var xs []pixels
		var cs []fer.Class
		for i := start; i < end; i++ {
			for _, n := range noise {
				noisy := make(pixels, fer.Pixels)
				for k := range noisy {
					noisy[k] = all[i][k] + n[k]
				}
				xs, cs = append(xs, noisy), append(cs, classes[i])
			}
		}
		grads, err := m.gradients(xs, cs)
		if err != nil {
			return err
		}
		for i := start; i < end; i++ {
			maps[i] = a.summarise(grads[(i-start)*len(noise):][:len(noise)])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return checked(a, maps, flatLogit)
}

// summarise makes a map of the gradients of an image's copies.
func (a SmoothGrad) summarise(grads [][]float32) *Map {
	result := &Map{Sensitivity: true}
	for k := range result.Values {
		sum, squares := 0.0, 0.0
		for _, g := range grads {
			sum += float64(g[k])
			squares += float64(g[k]) * float64(g[k])
		}
		mean, square := sum/float64(len(grads)), squares/float64(len(grads))
		result.Values[k] = [...]float64{mean, square, max(square-mean*mean, 0)}[a.Kind]
	}
	return result
}
