package explain

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
)

// waves turns coefficients into a picture: sigmoid(basis · (scale ∘ coefficients) · basisᵀ). The basis is the
// orthonormal cosine transform (type II), or the identity for an ascent in pixels.
type waves struct {
	basis, scale [][]float32 // [pixel][wave] and [wave][wave]
}

func newWaves(identity bool) waves {
	const n = fer.Size
	w := waves{make([][]float32, n), make([][]float32, n)}
	for i := range n {
		w.basis[i], w.scale[i] = make([]float32, n), make([]float32, n)
		for u := range n {
			if identity {
				w.scale[i][u] = 1
				continue
			}
			norm := math.Sqrt(2. / n)
			if u == 0 {
				norm = math.Sqrt(1. / n)
			}
			w.basis[i][u] = float32(norm * math.Cos(math.Pi*(float64(i)+0.5)*float64(u)/n))
			// In waves per pixel. The lowest frequency is bounded as in Olah et al.'s code, as is the contrast by 1/4.
			frequency := math.Hypot(float64(i), float64(u)) / (2 * n)
			w.scale[i][u] = float32(0.25 / max(frequency, 1./n))
		}
		if identity {
			w.basis[i][i] = 1
		}
	}
	return w
}

// graph turns coefficients [batch, 48, 48] into pictures of that shape, in 0…1.
func (w waves) graph(x *graph.Node) *graph.Node {
	g := x.Graph()
	basis := graph.Const(g, w.basis)
	x = graph.Mul(x, graph.InsertAxes(graph.Const(g, w.scale), 0))
	x = graph.Einsum("xu,kuv->kxv", basis, x)
	return graph.Sigmoid(graph.Einsum("yv,kxv->kxy", basis, x))
}

// apply multiplies a square by the basis from both sides, or by its transpose.
func (w waves) apply(x []float64, transposed bool) []float64 {
	const n = fer.Size
	at := func(i, k int) float64 {
		if transposed {
			return float64(w.basis[k][i])
		}
		return float64(w.basis[i][k])
	}
	half, whole := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := range n {
			for k := range n {
				half[i*n+j] += at(i, k) * x[k*n+j]
			}
		}
	}
	for i := range n {
		for j := range n {
			for k := range n {
				whole[i*n+j] += at(j, k) * half[i*n+k]
			}
		}
	}
	return whole
}

// start returns the coefficients that an ascent of a channel begins with.
func (w waves) start(o AscentOptions, channel int) []float32 {
	x := make([]float32, fer.Pixels)
	if o.Start == nil {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(channel)))
		for k := range x {
			x[k] = float32(0.01 * rng.NormFloat64())
		}
		return x
	}
	logits := make([]float64, fer.Pixels)
	for k, v := range o.Start {
		p := min(max(float64(v)/255, 0.01), 0.99)
		logits[k] = math.Log(p / (1 - p))
	}
	for k, v := range w.apply(logits, true) {
		x[k] = float32(v / float64(w.scale[k/fer.Size][k%fer.Size]))
	}
	return x
}

// picture returns the image of coefficients, or an error if they are not finite.
func (w waves) picture(x []float32) (*fer.Image, error) {
	scaled := make([]float64, fer.Pixels)
	for k, v := range x {
		scaled[k] = float64(v) * float64(w.scale[k/fer.Size][k%fer.Size])
	}
	image := new(fer.Image)
	for k, v := range w.apply(scaled, false) {
		if math.IsNaN(v) {
			return nil, errors.New("the picture is not finite: the net's activations overflow; try a smaller " +
				"learning rate")
		}
		image[k] = uint8(math.Round(255 / (1 + math.Exp(-v))))
	}
	return image, nil
}

// blur returns what a step leaves of every wave's amplitude; the finest loses that share.
func (w waves) blur(share float64) [][]float32 {
	keep := make([][]float32, fer.Size)
	for i := range keep {
		keep[i] = make([]float32, fer.Size)
		for u := range keep[i] {
			keep[i][u] = float32(math.Pow(1-share, float64(i*i+u*u)/(2*(fer.Size-1)*(fer.Size-1))))
		}
	}
	return keep
}
