package dataset

import (
	"fmt"

	"ferlab/fer"
)

// View is a fixed change of an image. A net's probabilities averaged over several views of an image are steadier than
// those of the image alone (test-time augmentation).
type View struct {
	DX, DY int     // Shift in pixels, right and down; pixels from outside repeat the edge.
	Flip   bool    // Mirrored left–right.
	Scale  float64 // Relative change of size around the centre: 0.1 is 1.1 times as large.
}

// Apply returns the image as the view shows it.
func (v View) Apply(src *fer.Image) *fer.Image {
	dst := new(fer.Image)
	move(dst, src, float64(v.DX), float64(v.DY), 0, 1+v.Scale, v.Flip)
	return dst
}

// The views "ten" and "thirty" have these: how far the shifts are from the centre, in pixels, and how much the sizes
// differ.
const (
	cropMargin = 3
	zoom       = 0.1
)

// TTA returns the views of that name for test-time averaging: "none", the image as it is; "flip", with its mirror
// image; "ten", both of them in the centre and shifted by 3 pixels into each corner, what ten crops are to larger
// images (Krizhevsky et al. 2012); "thirty", those ten at 1, 0.9 and 1.1 times their size (multi-scale testing:
// Simonyan & Zisserman 2015).
func TTA(name string) ([]View, error) {
	var all []View
	for _, scale := range []float64{0, -zoom, zoom} {
		for _, by := range [][2]int{{0, 0}, {-cropMargin, -cropMargin}, {-cropMargin, cropMargin},
			{cropMargin, -cropMargin}, {cropMargin, cropMargin}} {
			v := View{DX: by[0], DY: by[1], Scale: scale}
			mirrored := v
			mirrored.Flip = true
			all = append(all, v, mirrored)
		}
	}
	switch name { // Each set begins with the one before it.
	case "none":
		return all[:1], nil
	case "flip":
		return all[:2], nil
	case "ten":
		return all[:10], nil
	case "thirty":
		return all, nil
	}
	return nil, fmt.Errorf("unknown views %q, want none, flip, ten or thirty", name)
}
