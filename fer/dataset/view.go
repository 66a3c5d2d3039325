package dataset

import (
	"fmt"
	"slices"

	"ferlab/fer"
)

// View is a fixed change of an image. A net's probabilities averaged over several views of an image are steadier than those of
// the image alone (test-time augmentation).
type View struct {
	DX, DY int     // Shift in pixels, right and down; pixels from outside repeat the edge.
	Flip   bool    // Mirrored left–right.
	Scale  float64 // Relative change of size around the centre: 0.1 is 1.1 times as large.
}

// Apply returns the image as the view shows it.
func (v View) Apply(src *fer.Image) *fer.Image {
	dst := new(fer.Image)
	if v.Scale == 0 {
		shift(dst, src, v.DX, v.DY, v.Flip)
	} else {
		warp(dst, src, float64(v.DX), float64(v.DY), 0, 1+v.Scale, v.Flip)
	}
	return dst
}

// Of the views "ten" and "thirty": how far the shifts are from the centre, in pixels, and how much the sizes differ.
const (
	cropMargin = 3
	zoom       = 0.1
)

// Views returns the views of that name: "none", the image as it is; "flip", with its mirror image; "ten", both of them in the
// centre and shifted by 3 pixels into each corner, what ten crops are to larger images (Krizhevsky et al. 2012); "thirty", those
// ten at 1, 0.9 and 1.1 times their size (multi-scale testing: Simonyan & Zisserman 2015).
func Views(name string) ([]View, error) {
	centre := []View{{}, {Flip: true}}
	ten := slices.Clone(centre)
	for _, dx := range []int{-cropMargin, cropMargin} {
		for _, dy := range []int{-cropMargin, cropMargin} {
			ten = append(ten, View{DX: dx, DY: dy}, View{DX: dx, DY: dy, Flip: true})
		}
	}
	switch name {
	case "none":
		return centre[:1], nil
	case "flip":
		return centre, nil
	case "ten":
		return ten, nil
	case "thirty":
		thirty := slices.Clone(ten)
		for _, scale := range []float64{-zoom, zoom} {
			for _, v := range ten {
				v.Scale = scale
				thirty = append(thirty, v)
			}
		}
		return thirty, nil
	}
	return nil, fmt.Errorf("unknown views %q, want none, flip, ten or thirty", name)
}
