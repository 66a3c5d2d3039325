package explain

import (
	"math"

	"ferlab/fer"
)

// SSIM is the mean structural similarity of the magnitudes of two maps, each relative to its largest (Wang et al. 2004:
// Gaussian windows of 11×11 pixels, σ = 1.5, K1 = 0.01, K2 = 0.03, windows within the image only; scikit-image's
// structural_similarity with gaussian_weights). 1 is for maps that are the same, 0 for those that have no structure in
// common.
func SSIM(a, b *Map) float64 {
	x, y := relative(a), relative(b)
	product := func(p, q []float64) []float64 {
		r := make([]float64, len(p))
		for k := range r {
			r[k] = p[k] * q[k]
		}
		return windowed(r)
	}
	mx, my, xx, yy, xy := windowed(x), windowed(y), product(x, x), product(y, y), product(x, y)
	const c1, c2 = 0.01 * 0.01, 0.03 * 0.03
	sum := 0.0
	for k := range mx {
		ux, uy := mx[k], my[k]
		sum += (2*ux*uy + c1) * (2*(xy[k]-ux*uy) + c2) / ((ux*ux + uy*uy + c1) * (xx[k] - ux*ux + yy[k] - uy*uy + c2))
	}
	return sum / float64(len(mx))
}

// relative returns a map's magnitudes as shares of the largest.
func relative(m *Map) []float64 {
	values, largest := make([]float64, fer.Pixels), 0.0
	for k, v := range m.Values {
		values[k] = math.Abs(v)
		largest = max(largest, values[k])
	}
	if largest > 0 {
		for k := range values {
			values[k] /= largest
		}
	}
	return values
}

// windowed returns the means of an image of [fer.Size] rows under the Gaussian windows that lie within it, row by row.
func windowed(values []float64) []float64 {
	const radius, sigma = 5, 1.5
	var window [2*radius + 1]float64
	total := 0.0
	for i := range window {
		window[i] = math.Exp(-float64((i-radius)*(i-radius)) / (2 * sigma * sigma))
		total += window[i]
	}
	const n, out = fer.Size, fer.Size - 2*radius
	half, whole := make([]float64, n*out), make([]float64, out*out)
	for y := range n {
		for x := range out {
			for i, w := range window {
				half[y*out+x] += w / total * values[y*n+x+i]
			}
		}
	}
	for y := range out {
		for x := range out {
			for i, w := range window {
				whole[y*out+x] += w / total * half[(y+i)*out+x]
			}
		}
	}
	return whole
}
