package semisup

import (
	"math"
	"math/rand/v2"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// Augmenter makes the views of an image. Both are a function of the generator alone.
type Augmenter struct {
	// Augment changes the weak views, and a strong one before its operations.
	Augment dataset.Augment
	// Operations is the number of RandAugment's operations on a strong view, each drawn anew with a magnitude drawn
	// uniformly; default 2.
	Operations int
	// Cutout is the largest side of the grey square that covers a part of a strong view, as a fraction of the image's;
	// default 0.5.
	Cutout float64
}

// Weak writes a weakly changed src to dst.
func (a Augmenter) Weak(dst, src *fer.Image, rng *rand.Rand) { a.Augment.Apply(dst, src, rng) }

// Strong writes a strongly changed src to dst: the weak change, then RandAugment (Cubuk et al. 2020; the operations and
// ranges of FixMatch without those on colour), then cutout (DeVries & Taylor 2017).
func (a Augmenter) Strong(dst, src *fer.Image, rng *rand.Rand) {
	a.Weak(dst, src, rng)
	for range a.Operations {
		op := operations[rng.IntN(len(operations))]
		op.apply(dst, op.low+(op.high-op.low)*rng.Float64(), rng.IntN(2) == 0)
	}
	if a.Cutout > 0 {
		cutout(dst, rng.Float64()*a.Cutout, rng.IntN(fer.Size), rng.IntN(fer.Size))
	}
}

// operation is one of RandAugment's. Its magnitude lies in [low, high]; mirrored asks for the other direction, where
// there are two.
type operation struct {
	name      string
	low, high float64
	apply     func(m *fer.Image, magnitude float64, mirrored bool)
}

var operations = []operation{
	{"identity", 0, 0, func(*fer.Image, float64, bool) {}},
	{"autocontrast", 0, 0, func(m *fer.Image, _ float64, _ bool) { autocontrast(m) }},
	{"equalize", 0, 0, func(m *fer.Image, _ float64, _ bool) { equalize(m) }},
	{"brightness", 0.05, 0.95, func(m *fer.Image, v float64, _ bool) { blend(m, func(int) float64 { return 0 }, v) }},
	{"contrast", 0.05, 0.95, func(m *fer.Image, v float64, _ bool) {
		mean := mean(m)
		blend(m, func(int) float64 { return mean }, v)
	}},
	{"sharpness", 0.05, 0.95, func(m *fer.Image, v float64, _ bool) {
		smooth := smoothed(m)
		blend(m, func(i int) float64 { return float64(smooth[i]) }, v)
	}},
	{"posterize", 4, 8, func(m *fer.Image, v float64, _ bool) { posterize(m, int(v)) }},
	{"solarize", 0, 256, func(m *fer.Image, v float64, _ bool) { solarize(m, v) }},
	{"rotate", 0, 30, func(m *fer.Image, v float64, mirrored bool) {
		sin, cos := math.Sincos(signed(v, mirrored) * math.Pi / 180)
		affine(m, [6]float64{cos, sin, 0, -sin, cos, 0})
	}},
	{"shear x", 0, 0.3, func(m *fer.Image, v float64, mirrored bool) {
		affine(m, [6]float64{1, signed(v, mirrored), 0, 0, 1, 0})
	}},
	{"shear y", 0, 0.3, func(m *fer.Image, v float64, mirrored bool) {
		affine(m, [6]float64{1, 0, 0, signed(v, mirrored), 1, 0})
	}},
	{"translate x", 0, 0.3, func(m *fer.Image, v float64, mirrored bool) {
		affine(m, [6]float64{1, 0, signed(v, mirrored) * fer.Size, 0, 1, 0})
	}},
	{"translate y", 0, 0.3, func(m *fer.Image, v float64, mirrored bool) {
		affine(m, [6]float64{1, 0, 0, 0, 1, signed(v, mirrored) * fer.Size})
	}},
}

// fill is the grey of what lies outside an image.
const fill = 127

func signed(v float64, mirrored bool) float64 {
	if mirrored {
		return -v
	}
	return v
}

func mean(m *fer.Image) float64 {
	sum := 0
	for _, p := range m {
		sum += int(p)
	}
	return float64(sum) / fer.Pixels
}

// blend replaces each pixel by (1 − v)·from(pixel) + v·pixel.
func blend(m *fer.Image, from func(i int) float64, v float64) {
	for i, p := range m {
		m[i] = uint8(min(max(from(i)*(1-v)+float64(p)*v+0.5, 0), 255))
	}
}

// autocontrast stretches the grey levels to 0…255.
func autocontrast(m *fer.Image) {
	low, high := uint8(255), uint8(0)
	for _, p := range m {
		low, high = min(low, p), max(high, p)
	}
	if low >= high {
		return
	}
	for i, p := range m {
		m[i] = uint8((int(p-low)*255 + int(high-low)/2) / int(high-low))
	}
}

// equalize makes all grey levels about equally common.
func equalize(m *fer.Image) {
	var count [256]int
	for _, p := range m {
		count[p]++
	}
	var table [256]uint8
	below := 0
	for level, n := range count {
		table[level] = uint8((below + n/2) * 255 / fer.Pixels)
		below += n
	}
	for i, p := range m {
		m[i] = table[p]
	}
}

// smoothed is the mean of each 3×3 neighbourhood, the centre weighing five times as much; the border stays.
func smoothed(m *fer.Image) *fer.Image {
	s := *m
	for y := 1; y < fer.Size-1; y++ {
		for x := 1; x < fer.Size-1; x++ {
			sum := 4 * int(m[y*fer.Size+x])
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					sum += int(m[(y+dy)*fer.Size+x+dx])
				}
			}
			s[y*fer.Size+x] = uint8((sum + 6) / 13)
		}
	}
	return &s
}

// posterize keeps so many bits of each pixel.
func posterize(m *fer.Image, bits int) {
	mask := uint8(0xff) << (8 - min(max(bits, 1), 8))
	for i := range m {
		m[i] &= mask
	}
}

// solarize inverts the pixels from a threshold on.
func solarize(m *fer.Image, threshold float64) {
	for i, p := range m {
		if float64(p) >= threshold {
			m[i] = 255 - p
		}
	}
}

// affine takes each pixel (u, v), from the image's centre, from (a·u + b·v + c, d·u + e·v + f), the nearest one.
func affine(m *fer.Image, t [6]float64) {
	const centre = (fer.Size - 1) / 2.0
	src := *m
	for y := range fer.Size {
		for x := range fer.Size {
			u, v := float64(x)-centre, float64(y)-centre
			sx, sy := int(math.Round(centre+t[0]*u+t[1]*v+t[2])), int(math.Round(centre+t[3]*u+t[4]*v+t[5]))
			if sx < 0 || sy < 0 || sx >= fer.Size || sy >= fer.Size {
				m[y*fer.Size+x] = fill
			} else {
				m[y*fer.Size+x] = src[sy*fer.Size+sx]
			}
		}
	}
}

// cutout covers a square around (x, y), its side a fraction of the image's.
func cutout(m *fer.Image, fraction float64, x, y int) {
	half := int(fraction * fer.Size / 2)
	for v := max(y-half, 0); v < min(y+half, fer.Size); v++ {
		for u := max(x-half, 0); u < min(x+half, fer.Size); u++ {
			m[v*fer.Size+u] = fill
		}
	}
}
