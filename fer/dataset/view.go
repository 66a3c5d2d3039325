package dataset

import (
	"fmt"

	"ferlab/fer"
)

// View is a fixed change of an image. A net's probabilities averaged over several views of an image are steadier than those of
// the image alone (test-time augmentation).
type View struct {
	DX, DY int  // Shift in pixels, right and down; pixels from outside repeat the edge.
	Flip   bool // Mirrored left–right.
}

// Apply returns the image as the view shows it.
func (v View) Apply(src *fer.Image) *fer.Image {
	dst := new(fer.Image)
	shift(dst, src, v.DX, v.DY, v.Flip)
	return dst
}

// cropMargin is how far the shifts of the view "ten" are from the centre, in pixels.
const cropMargin = 3

// Views returns the views of that name: "none", the image as it is; "flip", with its mirror image; "ten", both of them in the
// centre and shifted by 3 pixels into each corner, what ten crops are to larger images (Krizhevsky et al. 2012).
func Views(name string) ([]View, error) {
	centre := []View{{}, {Flip: true}}
	switch name {
	case "none":
		return centre[:1], nil
	case "flip":
		return centre, nil
	case "ten":
		all := centre
		for _, dx := range []int{-cropMargin, cropMargin} {
			for _, dy := range []int{-cropMargin, cropMargin} {
				all = append(all, View{dx, dy, false}, View{dx, dy, true})
			}
		}
		return all, nil
	}
	return nil, fmt.Errorf("unknown views %q, want none, flip or ten", name)
}
