package photo_test

import (
	"flag"
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"ferlab/fer"
	"ferlab/fer/photo"
	"ferlab/fer/synth"
)

var photos = flag.Int("photos", 1, "photos of 12 heads for each line of TestRecall")

// heads are drawn faces in rows on a coloured ground, each turned to the right by an angle in degrees: heads of a side
// in pixels, four by three of them in a photo.
func heads(first int, side float64, tilt float64, size image.Point) (*image.RGBA, []image.Point) {
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	var centres []image.Point
	for i := range 12 {
		centre := image.Pt(size.X*(2*(i%4)+1)/8, size.Y*(2*(i/4)+1)/6)
		centres = append(centres, centre)
		turn(m, synth.Make(11, first+i).Image, centre, side, tilt)
	}
	return m, centres
}

// turn draws a head that leans to the right by some degrees.
func turn(m *image.RGBA, face *fer.Image, centre image.Point, side, tilt float64) {
	sin, cos := math.Sincos(tilt * math.Pi / 180)
	s := side / fer.Size
	x, y := float64(centre.X), float64(centre.Y)
	toPhoto := f64.Aff3{s * cos, -s * sin, x - s*24*(cos-sin), s * sin, s * cos, y - s*24*(sin+cos)}
	draw.CatmullRom.Transform(m, toPhoto, face.Gray(), face.Gray().Bounds(), draw.Over, nil)
}

func recall(t *testing.T, photos int, side, tilt float64, size image.Point, o *photo.Options) (share, spare float64) {
	t.Helper()
	found, others := 0, 0
	for k := range photos {
		m, centres := heads(12*k, side, tilt, size)
		faces := find(t, m, o)
		for _, c := range centres {
			for _, f := range faces {
				middle := f.Box.Min.Add(f.Box.Max).Div(2)
				if d := middle.Sub(c); math.Hypot(float64(d.X), float64(d.Y)) < side/3 {
					found++
					others--
					break
				}
			}
		}
		others += len(faces)
	}
	return float64(found) / float64(12*photos), float64(others) / float64(photos)
}

// A head is 4/3 as wide as what the detector calls its face. Run it with -v -photos=20 for the README's numbers.
func TestRecall(t *testing.T) {
	// An eighth of the drawn heads wear what hides them, or hardly look at the camera.
	for _, test := range []struct {
		side, tilt float64
		o          *photo.Options
		least      float64
	}{
		{200, 0, nil, 0.7},
		{40, 0, &photo.Options{Smallest: 20}, 0.55},
		{55, 0, &photo.Options{Smallest: 20}, 0.65},
		{120, -45, &photo.Options{Tilt: 45}, 0.75},
		{120, -22, &photo.Options{Tilt: 45}, 0.75},
		{120, 0, &photo.Options{Tilt: 45}, 0.75},
		{120, 30, &photo.Options{Tilt: 45}, 0.75},
		{120, 45, &photo.Options{Tilt: 45}, 0.75},
	} {
		size := image.Pt(int(8*test.side), int(6*test.side))
		share, spare := recall(t, *photos, test.side, test.tilt, size, test.o)
		t.Logf("heads of %v pixels at %v°, %+v: recall %.2f of %d, %.2f others a photo", test.side, test.tilt, test.o,
			share, 12**photos, spare)
		if share < test.least || spare > 0.5 {
			t.Errorf("recall %.2f, want %.2f; %.2f finds a photo that are no heads", share, test.least, spare)
		}
	}
}

// A leaning face is found without being asked for, and turned upright.
func TestLeaning(t *testing.T) {
	for _, tilt := range []float64{-40, 40} {
		m := leaning(tilt)
		faces := find(t, m, nil)
		if len(faces) != 1 || math.Abs(faces[0].Tilt-tilt) > 12 {
			t.Fatalf("leaning by %v: found %v", tilt, faces)
		}
		upright := find(t, leaning(0), nil)[0].Image
		if r := correlation(faces[0].Image[:], upright[:]); r < 0.8 {
			t.Errorf("leaning by %v: the turned face is as like the upright one as %.2f", tilt, r)
		}
	}
	for _, bad := range []*photo.Options{{Tilt: 50}, {Tilt: -1}, {Tilt: math.NaN()}, {Smallest: 5}} {
		if _, err := photo.Detect(leaning(0), bad); err == nil {
			t.Errorf("%+v should be an error", bad)
		}
	}
}

// leaning is a photo of one head that leans to the right by some degrees.
func leaning(tilt float64) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 500, 400))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	turn(m, synth.Make(7, 0).Image, image.Pt(250, 200), 200, tilt)
	return m
}

func correlation(a, b []byte) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma, mb = ma+float64(a[i])/float64(len(a)), mb+float64(b[i])/float64(len(a))
	}
	for i := range a {
		x, y := float64(a[i])-ma, float64(b[i])-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}
