package photo

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"ferlab/fer"
)

// Face is a face of a photo.
type Face struct {
	Image *fer.Image
	Box   image.Rectangle // Where it is in the photo: a square, in pixels.
	Score float64         // The detector's score; 0 if the whole picture was taken for a face.
	// Tilt is by how many degrees the face leans to the right, as one sees it; its image is turned back by it. It is a
	// multiple of 11.25, and 0 unless the options ask for tilted faces.
	Tilt float64
	// Unfound says that no face was found in a square grey picture, which therefore was taken for one as a whole.
	Unfound bool
}

// Detect returns the faces of a photo, the largest first (then from top to bottom), none if none is found. See [Mode]
// for what is taken for a face as it is.
func Detect(img image.Image, o *Options) ([]Face, error) {
	options, err := o.defaults()
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	if b.Empty() {
		return nil, fmt.Errorf("the image is empty")
	}
	side := min(b.Dx(), b.Dy())
	square := b.Dx() == b.Dy()
	corner := b.Min.Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	middle := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
	small := side == fer.Size || side < fer.Size && grey(img)
	if options.Faces == Whole || options.Faces == Auto && square && small {
		return []Face{{Image: Crop(img, middle), Box: middle}}, nil
	}
	var faces []Face
	best := 0.0
	for _, o := range attempts(options) {
		found, err := detect(img, o)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f.Score > best {
				faces, best = found, f.Score
			}
		}
		if best >= sure*options.MinScore {
			break
		}
	}
	if len(faces) == 0 && options.Faces == Auto && square && grey(img) {
		return []Face{{Image: Crop(img, middle), Box: middle, Unfound: true}}, nil
	}
	return faces, nil
}

// sure is how many times the least score a find has whose photo isn't searched in other ways, too.
const sure = 2

// attempts are the ways in which faces are looked for, until one is found for sure: as the options say or, if they
// leave that open, upright ones, then leaning ones, then small ones.
func attempts(o Options) []Options {
	if o.Tilt != 0 || o.Smallest != 0 {
		return []Options{o}
	}
	leaning, small := o, o
	leaning.Tilt, small.Smallest = maxTilt, smallFace
	return []Options{o, leaning, small}
}

// detect returns the faces of one search, the largest first, then from top to bottom.
func detect(img image.Image, o Options) ([]Face, error) {
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	found, err := search(img, o)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b find) int { return cmp.Compare(b.score, a.score) })
	var faces []Face
	for _, f := range found {
		if f.score < o.MinScore {
			break
		}
		s := min(f.side, side)
		corner := b.Min.Add(image.Pt(min(max(f.x-s/2, 0), b.Dx()-s), min(max(f.y-s/2, 0), b.Dy()-s)))
		box := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(s, s))}
		if slices.ContainsFunc(faces, func(f Face) bool { return overlap(f.Box, box) }) {
			continue // The same face again, at a lower score.
		}
		faces = append(faces, Face{Image: cropTilted(img, box, f.tilt), Box: box, Score: f.score, Tilt: f.tilt})
	}
	slices.SortStableFunc(faces, func(a, b Face) int {
		if a.Box.Dx() != b.Box.Dx() {
			return b.Box.Dx() - a.Box.Dx()
		}
		return a.Box.Min.Y - b.Box.Min.Y
	})
	return faces, nil
}

// overlap reports whether the centre of either box lies in the other.
func overlap(a, b image.Rectangle) bool {
	centre := func(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
	return centre(a).In(b) || centre(b).In(a)
}

// Crop returns a part of an image as a face: grey by luma (ITU-R BT.601), scaled to 48×48 by averaging, transparent
// pixels on white.
func Crop(img image.Image, box image.Rectangle) *fer.Image {
	return (*fer.Image)(render(img, box, fer.Size, fer.Size, draw.BiLinear).Pix)
}

func render(img image.Image, box image.Rectangle, width, height int, scaler draw.Scaler) *image.Gray {
	if src, ok := img.(*image.Gray); ok && box.Dx() == width && box.Dy() == height {
		g := image.NewGray(image.Rect(0, 0, width, height))
		draw.Draw(g, g.Rect, src, box.Min, draw.Src)
		return g
	}
	return greyOnWhite(width, height, func(m *image.RGBA) { scaler.Scale(m, m.Rect, img, box, draw.Over, nil) })
}

// cropTilted is [Crop] of a square that leans to the right by an angle in degrees, turned upright.
func cropTilted(img image.Image, box image.Rectangle, tilt float64) *fer.Image {
	if tilt == 0 {
		return Crop(img, box)
	}
	sin, cos := math.Sincos(tilt * math.Pi / 180)
	scale := fer.Size / float64(box.Dx())
	x, y := float64(box.Min.X+box.Max.X)/2, float64(box.Min.Y+box.Max.Y)/2
	toFace := f64.Aff3{
		scale * cos, scale * sin, fer.Size/2 - scale*(cos*x+sin*y),
		-scale * sin, scale * cos, fer.Size/2 - scale*(cos*y-sin*x),
	}
	return (*fer.Image)(greyOnWhite(fer.Size, fer.Size, func(m *image.RGBA) {
		draw.BiLinear.Transform(m, toFace, img, img.Bounds(), draw.Over, nil)
	}).Pix)
}

// greyOnWhite returns what is painted on white, each pixel as color.GrayModel converts it.
func greyOnWhite(width, height int, paint func(*image.RGBA)) *image.Gray {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	paint(m)
	g := image.NewGray(m.Rect)
	for i := range g.Pix {
		p := m.Pix[4*i : 4*i+3 : 4*i+3]
		g.Pix[i] = uint8((19595*0x101*uint32(p[0]) + 38470*0x101*uint32(p[1]) + 7471*0x101*uint32(p[2]) + 1<<15) >> 24)
	}
	return g
}

// grey reports whether no pixel has a colour, up to the rounding of a JPEG.
func grey(img image.Image) bool {
	switch img.(type) {
	case *image.Gray, *image.Gray16:
		return true
	}
	const rounding = 3 << 8
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			if max(red, green, blue)-min(red, green, blue) > rounding {
				return false
			}
		}
	}
	return true
}
