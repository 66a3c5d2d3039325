package explain

import (
	"fmt"
	"math"

	"ferlab/fer"
)

// Baseline is what stands for "nothing to see" in place of an image. The zero value is black.
type Baseline struct {
	Name string
	of   func(x pixels) pixels
}

// image returns the baseline of an image.
func (b Baseline) image(x pixels) pixels {
	if b.of == nil {
		return make(pixels, fer.Pixels)
	}
	return b.of(x)
}

// Blurred is the image itself, blurred by a Gaussian of that standard deviation in pixels.
func Blurred(sigma float64) Baseline {
	return Baseline{fmt.Sprintf("blurred %g", sigma), func(x pixels) pixels { return blur(x, sigma) }}
}

// Grey is the image's own mean grey everywhere.
func Grey() Baseline {
	return Baseline{"grey", func(x pixels) pixels {
		sum := 0.0
		for _, v := range x {
			sum += float64(v)
		}
		y := make(pixels, len(x))
		for i := range y {
			y[i] = float32(sum / float64(len(x)))
		}
		return y
	}}
}

// MeanFace is the mean of the given faces; of none, black.
func MeanFace(faces []*fer.Image) Baseline {
	mean := make(pixels, fer.Pixels)
	for _, f := range faces {
		for i, v := range f {
			mean[i] += float32(v) / 255 / float32(len(faces))
		}
	}
	return Baseline{"mean face", func(pixels) pixels { return mean }}
}

// blur convolves a 48×48 map with a Gaussian; beyond the edge it repeats the edge.
func blur[T ~float32 | ~float64](x []T, sigma float64) []T {
	radius := int(math.Ceil(3 * sigma))
	kernel, sum := make([]float64, 2*radius+1), 0.0
	for i := range kernel {
		d := float64(i - radius)
		kernel[i] = math.Exp(-d * d / (2 * sigma * sigma))
		sum += kernel[i]
	}
	pass := func(x []T, dx, dy int) []T {
		y := make([]T, len(x))
		for i := range y {
			v := 0.0
			for k, w := range kernel {
				col := min(max(i%fer.Size+dx*(k-radius), 0), fer.Size-1)
				row := min(max(i/fer.Size+dy*(k-radius), 0), fer.Size-1)
				v += w / sum * float64(x[row*fer.Size+col])
			}
			y[i] = T(v)
		}
		return y
	}
	return pass(pass(x, 1, 0), 0, 1)
}
