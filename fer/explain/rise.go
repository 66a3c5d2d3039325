package explain

import (
	"fmt"
	"math/rand/v2"

	"ferlab/fer"
)

// RISE covers the image by random soft masks and asks which visible pixels go with a high logit (Petsiuk et al. 2018).
// Its value at a pixel is the covariance of logit and visibility divided by the variance of the latter: the expectation
// of the original's, without its constant and with less noise.
type RISE struct {
	Masks int // Default 500.
	Grid  int // Cells of a mask along a side; default 8.
	Seed  uint64
}

const riseVisible = 0.5 // probability that a cell of a mask is visible

// Name implements [Method]: "rise".
func (RISE) Name() string { return "rise" }

// Attribute implements [Method].
func (a RISE) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	if a.Masks == 0 {
		a.Masks = 500
	}
	if a.Grid == 0 {
		a.Grid = 8
	}
	if a.Masks < 2 || a.Grid < 2 || a.Grid > fer.Size {
		return nil, fmt.Errorf("rise with %d masks of %d×%d cells: want at least 2 masks, and 2 … %d cells", a.Masks,
			a.Grid, a.Grid, fer.Size)
	}
	masks := a.masks()
	maps := make([]*Map, len(images))
	for i, x := range allPixels(images) {
		base := Grey().image(x)
		xs, class := make([]pixels, len(masks)), make([]fer.Class, len(masks))
		for s, mask := range masks {
			class[s] = classes[i]
			xs[s] = make(pixels, fer.Pixels)
			for k := range xs[s] {
				xs[s][k] = base[k] + float32(mask[k])*(x[k]-base[k])
			}
		}
		scores, err := m.scores(xs, class)
		if err != nil {
			return nil, err
		}
		maps[i] = &Map{Values: slopes(masks, scores)}
	}
	return checked(a, maps, "zero everywhere: no mask changes the logit; the image may be uniform")
}

// masks returns random grids, enlarged with linear interpolation and shifted by up to a cell.
func (a RISE) masks() [][fer.Pixels]float64 {
	rng := rand.New(rand.NewPCG(a.Seed, 0x415e))
	masks := make([][fer.Pixels]float64, a.Masks)
	side := a.Grid + 1
	step := float64(fer.Size) / float64(a.Grid)
	for s := range masks {
		cells := make([]float64, side*side)
		for k := range cells {
			if rng.Float64() < riseVisible {
				cells[k] = 1
			}
		}
		grid := Grid{Height: side, Width: side, X: -step * rng.Float64(), Y: -step * rng.Float64(), StepX: step,
			StepY: step}
		masks[s] = grid.upsample(cells)
	}
	return masks
}

// slopes returns for each pixel the slope of the scores against the masks' values.
func slopes(masks [][fer.Pixels]float64, scores []float64) (values [fer.Pixels]float64) {
	n := float64(len(masks))
	mean := 0.0
	for _, s := range scores {
		mean += s / n
	}
	for k := range values {
		visible, squares, product := 0.0, 0.0, 0.0
		for s := range masks {
			v := masks[s][k]
			visible += v / n
			squares += v * v / n
			product += v * (scores[s] - mean) / n
		}
		if variance := squares - visible*visible; variance > 0 {
			values[k] = product / variance
		}
	}
	return values
}
