package photo

import (
	_ "embed" // the cascade
	"fmt"
	"image"
	"sync"

	pigo "github.com/esimov/pigo/core"
	"golang.org/x/image/draw"
)

// minFace is the side, in pixels, of the smallest face that the detector looks for; share is that of the smallest face
// in a photo unless the options say otherwise, as a part of the photo's longer side; smallFace is what is looked for if
// there is no larger one, and smallestFace the least that the options may ask for. Smaller pictures are enlarged.
const (
	minFace      = 30
	share        = 1.0 / 32
	smallFace    = 30
	smallestFace = 20
)

// tiltStep is the angle between two tilts at which pigo looks, in degrees, and maxTilt the largest.
const (
	tiltStep = 11.25
	maxTilt  = 45
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

// DefaultSmallest returns the side, in whole pixels, of the smallest face that is looked for at first if the options
// don't say: 1/32 of the photo's longer side, and 30 or more. A photo for which it is set is searched in one way only.
func DefaultSmallest(img image.Image) int {
	return max(minFace, int(share*float64(max(img.Bounds().Dx(), img.Bounds().Dy()))))
}

// find is where the detector sees a face: its centre, from the photo's corner, and its side in pixels of the photo.
type find struct {
	x, y, side  int
	score, tilt float64
}

// search runs the detector over the photo, scaled so that the smallest face has [minFace] pixels, once for each
// tilt, all at the same time.
func search(img image.Image, o Options) ([]find, error) {
	p, err := finder()
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	scale := float64(o.Smallest) / minFace
	if scale == 0 {
		scale = max(1, share*float64(max(b.Dx(), b.Dy()))/minFace)
	}
	small := render(img, b, max(1, int(float64(b.Dx())/scale)), max(1, int(float64(b.Dy())/scale)), draw.ApproxBiLinear)
	steps := int(o.Tilt / tiltStep)
	found := make([][]pigo.Detection, 2*steps+1)
	var wait sync.WaitGroup
	for i := range found {
		wait.Go(func() { found[i] = searchAt(p, small, i-steps) })
	}
	wait.Wait()
	var finds []find
	for i, detections := range found {
		at := func(v int) int { return int(float64(v) * scale) }
		for _, d := range detections {
			finds = append(finds, find{at(d.Col), at(d.Row), at(d.Scale), float64(d.Q), tiltStep * float64(i-steps)})
		}
	}
	return finds, nil
}

// searchAt looks for faces that lean to the right by some steps.
func searchAt(p *pigo.Pigo, m *image.Gray, steps int) []pigo.Detection {
	size := m.Rect.Size()
	params := pigo.CascadeParams{
		MinSize: minFace, MaxSize: max(size.X, size.Y), ShiftFactor: 0.1, ScaleFactor: 1.1,
		ImageParams: pigo.ImageParams{Pixels: m.Pix, Rows: size.Y, Cols: size.X, Dim: m.Stride},
	}
	if steps == 0 {
		return p.ClusterDetections(p.RunCascade(params, 0), 0.2)
	}
	// pigo v1.4.6 bounds the columns of a turned window by the number of rows: it needs a square.
	side := max(size.X, size.Y)
	square := image.NewGray(image.Rect(0, 0, side, side))
	draw.Draw(square, m.Rect, m, image.Point{}, draw.Src)
	params.ImageParams = pigo.ImageParams{Pixels: square.Pix, Rows: side, Cols: side, Dim: side}
	turn := -float64(steps) / 32 // The part of a whole turn, to the left.
	if turn < 0 {
		turn++
	}
	return p.ClusterDetections(p.RunCascade(params, turn), 0.2)
}
