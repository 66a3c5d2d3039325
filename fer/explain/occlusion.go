package explain

import (
	"fmt"

	"ferlab/fer"
)

// Occlusion is how much the logit falls when a window of the image is covered, averaged over the windows that cover a
// pixel (Zeiler & Fergus 2014; captum's Occlusion).
type Occlusion struct {
	Window   int      // Side of the window in pixels; default 6.
	Stride   int      // Default 3.
	Baseline Baseline // The cover; without a name, the image's mean grey.
}

// Name implements [Method]: "occlusion".
func (Occlusion) Name() string { return "occlusion" }

// Attribute implements [Method].
func (a Occlusion) Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	if a.Window == 0 {
		a.Window = 6
	}
	if a.Stride == 0 {
		a.Stride = 3
	}
	if a.Baseline.Name == "" {
		a.Baseline = Grey()
	}
	if a.Window < 1 || a.Window > fer.Size || a.Stride < 1 || a.Stride > a.Window {
		return nil, fmt.Errorf("occlusion by a window of %d with stride %d: want a window of 1 … %d and a stride of "+
			"1 … the window", a.Window, a.Stride, fer.Size)
	}
	xs := allPixels(images)
	full, err := m.scores(xs, classes)
	if err != nil {
		return nil, err
	}
	shifts := (fer.Size-a.Window+a.Stride-1)/a.Stride + 1
	maps := make([]*Map, len(images))
	for i, x := range xs {
		base := a.Baseline.image(x)
		var covered []pixels
		var class []fer.Class
		for w := range shifts * shifts {
			y := append(pixels(nil), x...)
			a.each(w, shifts, func(k int) { y[k] = base[k] })
			covered, class = append(covered, y), append(class, classes[i])
		}
		scores, err := m.scores(covered, class)
		if err != nil {
			return nil, err
		}
		maps[i] = new(Map)
		var count [fer.Pixels]float64
		for w, score := range scores {
			a.each(w, shifts, func(k int) {
				maps[i].Values[k] += full[i] - score
				count[k]++
			})
		}
		for k, n := range count {
			maps[i].Values[k] /= n
		}
	}
	return checked(a, maps, "zero everywhere: no window changes the logit; the image may be uniform")
}

// each calls f for the pixels of window w.
func (a Occlusion) each(w, shifts int, f func(pixel int)) {
	top, left := w/shifts*a.Stride, w%shifts*a.Stride
	for y := top; y < min(top+a.Window, fer.Size); y++ {
		for x := left; x < min(left+a.Window, fer.Size); x++ {
			f(y*fer.Size + x)
		}
	}
}
