package photo

import (
	"cmp"
	_ "embed" // the cascade
	"fmt"
	"image"
	"image/color"
	"slices"
	"sync"

	pigo "github.com/esimov/pigo/core"
	"golang.org/x/image/draw"

	"ferlab/fer"
)

// Face is a face of a photo.
type Face struct {
	Image *fer.Image
	Box   image.Rectangle // Where it is in the photo: a square, in pixels.
	Score float64         // The detector's score; 0 if the whole picture was taken for a face.
	// Unfound says that no face was found in a square grey picture, which therefore was taken for one as a whole.
	Unfound bool
}

// searchSide is the longer side, in pixels, of the picture in which faces are looked for; minFace is the side of the
// smallest found there, 1/32 of it.
const (
	searchSide = 960
	minFace    = 30
)

//go:embed cascade/facefinder
var cascade []byte

var finder = sync.OnceValues(func() (*pigo.Pigo, error) {
	p, err := pigo.NewPigo().Unpack(cascade)
	if err != nil {
		return nil, fmt.Errorf("the embedded cascade of faces: %w", err)
	}
	return p, nil
})

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
	detections, scale, err := search(img)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(detections, func(a, b pigo.Detection) int { return cmp.Compare(b.Q, a.Q) })
	var faces []Face
	for _, d := range detections {
		if float64(d.Q) < options.MinScore {
			break
		}
		at := func(v int) int { return int(float64(v) * scale) }
		s := min(at(d.Scale), side)
		corner := b.Min.Add(image.Pt(
			min(max(at(d.Col)-s/2, 0), b.Dx()-s),
			min(max(at(d.Row)-s/2, 0), b.Dy()-s)))
		box := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(s, s))}
		if slices.ContainsFunc(faces, func(f Face) bool { return overlap(f.Box, box) }) {
			continue // The same face again, at a lower score.
		}
		faces = append(faces, Face{Image: Crop(img, box), Box: box, Score: float64(d.Q)})
	}
	if len(faces) == 0 && options.Faces == Auto && square && grey(img) {
		return []Face{{Image: Crop(img, middle), Box: middle, Unfound: true}}, nil
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

// search runs the detector over the picture, scaled down if it is large; scale is the size of one of its pixels in img.
func search(img image.Image) (detections []pigo.Detection, scale float64, err error) {
	p, err := finder()
	if err != nil {
		return nil, 0, err
	}
	b := img.Bounds()
	scale = max(1, float64(max(b.Dx(), b.Dy()))/searchSide)
	small := render(img, b, max(1, int(float64(b.Dx())/scale)), max(1, int(float64(b.Dy())/scale)), draw.ApproxBiLinear)
	size := small.Bounds().Size()
	found := p.RunCascade(pigo.CascadeParams{
		MinSize: minFace, MaxSize: max(size.X, size.Y), ShiftFactor: 0.1, ScaleFactor: 1.1,
		ImageParams: pigo.ImageParams{Pixels: small.Pix, Rows: size.Y, Cols: size.X, Dim: small.Stride},
	}, 0)
	return p.ClusterDetections(found, 0.2), scale, nil
}

// Crop returns a part of an image as a face: grey by luma (ITU-R BT.601), scaled to 48×48 by averaging, transparent
// pixels on white.
func Crop(img image.Image, box image.Rectangle) *fer.Image {
	g := render(img, box, fer.Size, fer.Size, draw.BiLinear)
	m := new(fer.Image)
	copy(m[:], g.Pix)
	return m
}

func render(img image.Image, box image.Rectangle, width, height int, scaler draw.Scaler) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, width, height))
	if src, ok := img.(*image.Gray); ok && box.Dx() == width && box.Dy() == height {
		draw.Draw(g, g.Rect, src, box.Min, draw.Src)
		return g
	}
	rgba := image.NewRGBA(g.Rect)
	draw.Draw(rgba, rgba.Rect, image.White, image.Point{}, draw.Src)
	scaler.Scale(rgba, rgba.Rect, img, box, draw.Over, nil)
	for y := range height {
		for x := range width {
			g.Pix[y*g.Stride+x] = color.GrayModel.Convert(rgba.RGBAAt(x, y)).(color.Gray).Y
		}
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
