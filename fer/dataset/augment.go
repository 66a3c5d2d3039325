package dataset

import (
	"math"
	"math/rand/v2"

	"ferlab/fer"
	"ferlab/internal/check"
)

// Augmenter changes training images at random.
type Augmenter interface {
	// Apply writes a changed src to dst. All that is random comes from rng. Several goroutines call it at once.
	Apply(dst, src *fer.Image, rng *rand.Rand)
}

// Augment configures the random changes that make every epoch show each training image differently. The zero value
// changes nothing. All amounts are drawn uniformly and independently for each image.
type Augment struct {
	Shift      float64 `json:"shift"`      // Largest shift in x and in y, pixels.
	Rotate     float64 `json:"rotate"`     // Largest rotation either way, degrees.
	Scale      float64 `json:"scale"`      // Largest relative change of size: 0.2 is 0.8–1.2.
	Flip       bool    `json:"flip"`       // Mirror left–right with probability ½.
	Brightness float64 `json:"brightness"` // Largest change of brightness, as a fraction of white.
	Contrast   float64 `json:"contrast"`   // Largest relative change of contrast around the image's mean.
	// Probability of erasing a random rectangle of 2–20 % of the image (Zhong et al. 2017).
	Erase float64 `json:"erase"`
}

// Validate adds the fields with impossible values.
func (a Augment) Validate(f check.Fields) {
	f.That(a.Shift >= 0 && a.Shift < fer.Size, "shift", a.Shift, "in [0, 48) pixels")
	f.Within("rotate", a.Rotate, 0, 180, "in [0, 180] degrees")
	f.Below1("scale", a.Scale)
	f.Share("brightness", a.Brightness)
	f.Share("contrast", a.Contrast)
	f.Share("erase", a.Erase)
}

// Apply writes a randomly changed src to dst. Pixels that come from outside src repeat its edge.
func (a Augment) Apply(dst, src *fer.Image, rng *rand.Rand) {
	// Every amount is drawn, used or not: setting one option doesn't change what the others draw.
	symmetric := func(limit float64) float64 { return (2*rng.Float64() - 1) * limit }
	dx, dy := symmetric(a.Shift), symmetric(a.Shift)
	angle := symmetric(a.Rotate) * math.Pi / 180
	scale := 1 + symmetric(a.Scale)
	flip := rng.Float64() < 0.5 && a.Flip
	brightness, contrast := symmetric(a.Brightness)*255, 1+symmetric(a.Contrast)
	erase := rng.Float64() < a.Erase
	hole := randomRect(rng)

	move(dst, src, dx, dy, angle, scale, flip)
	if a.Brightness != 0 || a.Contrast != 0 {
		adjust(dst, brightness, contrast)
	}
	if erase {
		for y := hole.y0; y < hole.y1; y++ {
			for x := hole.x0; x < hole.x1; x++ {
				dst[y*fer.Size+x] = uint8(rng.UintN(256))
			}
		}
	}
}

// move rotates and scales around the centre, then shifts: by whole pixels if that is all it does.
func move(dst, src *fer.Image, dx, dy, angle, scale float64, flip bool) {
	if angle == 0 && scale == 1 {
		shift(dst, src, int(math.Round(dx)), int(math.Round(dy)), flip)
	} else {
		warp(dst, src, dx, dy, angle, scale, flip)
	}
}

// shift moves by whole pixels.
func shift(dst, src *fer.Image, dx, dy int, flip bool) {
	var column [fer.Size]int
	for x := range column {
		from := min(max(x-dx, 0), fer.Size-1)
		if flip {
			from = fer.Size - 1 - from
		}
		column[x] = from
	}
	for y := range fer.Size {
		row := src[min(max(y-dy, 0), fer.Size-1)*fer.Size:][:fer.Size]
		out := dst[y*fer.Size:][:fer.Size]
		for x, from := range column {
			out[x] = row[from]
		}
	}
}

// warp rotates and scales around the centre, then shifts, with bilinear interpolation.
func warp(dst, src *fer.Image, dx, dy, angle, scale float64, flip bool) {
	const centre = (fer.Size - 1) / 2.0
	sin, cos := math.Sincos(angle)
	sin, cos = sin/scale, cos/scale
	mirror := 1.0
	if flip {
		mirror = -1
	}
	for y := range fer.Size {
		for x := range fer.Size {
			u, v := float64(x)-centre-dx, float64(y)-centre-dy
			dst[y*fer.Size+x] = bilinear(src, centre+mirror*(cos*u+sin*v), centre-sin*u+cos*v)
		}
	}
}

func bilinear(src *fer.Image, x, y float64) uint8 {
	x, y = min(max(x, 0), fer.Size-1), min(max(y, 0), fer.Size-1)
	x0, y0 := min(int(x), fer.Size-2), min(int(y), fer.Size-2)
	fx, fy := x-float64(x0), y-float64(y0)
	p := src[y0*fer.Size+x0:]
	top := float64(p[0])*(1-fx) + float64(p[1])*fx
	bottom := float64(p[fer.Size])*(1-fx) + float64(p[fer.Size+1])*fx
	return uint8(top*(1-fy) + bottom*fy + 0.5)
}

func adjust(m *fer.Image, brightness, contrast float64) {
	sum := 0
	for _, p := range m {
		sum += int(p)
	}
	mean := float64(sum) / fer.Pixels
	var table [256]uint8
	for i := range table {
		table[i] = uint8(min(max((float64(i)-mean)*contrast+mean+brightness+0.5, 0), 255))
	}
	for i, p := range m {
		m[i] = table[p]
	}
}

type rect struct{ x0, y0, x1, y1 int }

// randomRect draws a rectangle of 2–20 % of the area and an aspect ratio of 0.3–3.3.
func randomRect(rng *rand.Rand) rect {
	area := (0.02 + 0.18*rng.Float64()) * fer.Pixels
	aspect := math.Exp((2*rng.Float64() - 1) * math.Log(3.3))
	w := min(max(int(math.Sqrt(area*aspect)), 1), fer.Size)
	h := min(max(int(area/float64(w)), 1), fer.Size)
	x, y := rng.IntN(fer.Size-w+1), rng.IntN(fer.Size-h+1)
	return rect{x, y, x + w, y + h}
}
