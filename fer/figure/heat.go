package figure

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"ferlab/fer"
)

// Map is a map of numbers to show as colours, such as a saliency map, a filter or an activation map.
type Map struct {
	// Values row by row from the top left. NaN shows as light grey.
	Values []float64
	// Width in values; 0 means that the map is square.
	Width int
	// Signed shows values below 0 in blue and above in red, with 0 white; else the colours go from dark violet to
	// yellow (viridis).
	Signed bool
	// Low and High are the values of the first and last colour; if both are 0 they are the map's own. Set them alike to
	// compare maps. A signed map uses the larger magnitude of the two for both sides.
	Low, High float64
	// Outliers is the share of the largest magnitudes, 0…1, that the map's own range leaves out (they show as its
	// ends): 0.01 keeps a few extreme pixels from turning the rest dark.
	Outliers float64
}

// NewMap returns a square map of numbers of any float type.
func NewMap[T ~float32 | ~float64](values []T) Map {
	m := Map{Values: make([]float64, len(values))}
	for i, v := range values {
		m.Values[i] = float64(v)
	}
	return m
}

// size returns the width and height, or an error if the values fill no rectangle.
func (m Map) size() (width, height int, err error) {
	width = m.Width
	if width == 0 {
		width = int(math.Round(math.Sqrt(float64(len(m.Values)))))
		if width*width != len(m.Values) {
			return 0, 0, fmt.Errorf("map of %d values is not square: set its width", len(m.Values))
		}
	}
	if width <= 0 || len(m.Values) == 0 || len(m.Values)%width != 0 {
		return 0, 0, fmt.Errorf("map of %d values has no rows of %d", len(m.Values), width)
	}
	return width, len(m.Values) / width, nil
}

// ends returns the values of the first and last colour.
func (m Map) ends() (low, high float64) {
	low, high = m.Low, m.High
	if low == 0 && high == 0 {
		var finite []float64
		for _, v := range m.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				finite = append(finite, v)
			}
		}
		if len(finite) == 0 {
			return 0, 1
		}
		slices.SortFunc(finite, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
		keep := len(finite) - int(m.Outliers*float64(len(finite)))
		finite = finite[:max(keep, 1)]
		low, high = slices.Min(finite), slices.Max(finite)
	}
	if m.Signed {
		high = max(math.Abs(low), math.Abs(high))
		low = -high
	}
	return low, high
}

// place returns a function that says where a value stands between the ends, 0…1. In a map of one value that is 0, or
// the middle if the map is signed.
func (m Map) place() func(v float64) float64 {
	low, high := m.ends()
	return func(v float64) float64 {
		switch {
		case low < high:
			return (v - low) / (high - low)
		case m.Signed:
			return 0.5
		}
		return 0
	}
}

// Heat colours a map, one pixel a value; [Grid] shows it larger.
func Heat(m Map) (*image.RGBA, error) {
	width, height, err := m.size()
	if err != nil {
		return nil, err
	}
	place := m.place()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, v := range m.Values {
		img.SetRGBA(i%width, i/width, m.color(v, place))
	}
	return img, nil
}

// color returns one of 33 colours: more are not told apart in a map, and make its file larger.
func (m Map) color(v float64, place func(float64) float64) color.RGBA {
	if math.IsNaN(v) {
		return lightGrey
	}
	t := math.Round(32*min(max(place(v), 0), 1)) / 32
	if m.Signed {
		return divergingStops.at(t)
	}
	return viridis(t)
}

// over returns the colour of a value on a grey face: yellow over orange to red, which no grey is like; a signed map
// keeps its own.
func (m Map) over(v float64, place func(float64) float64) color.RGBA {
	if m.Signed || math.IsNaN(v) {
		return m.color(v, place)
	}
	return warm(math.Round(32*min(max(place(v), 0), 1)) / 32)
}

// OverlayOptions say how [Overlay] blends.
type OverlayOptions struct {
	// Alpha is the opacity of the map, 0…1; 0 means 0.75.
	Alpha float64
	// Threshold, 0…1, leaves the face alone where the magnitude is below this share of the map's largest; above it the
	// opacity is Alpha. With 0 the opacity grows with the magnitude, from none to Alpha.
	Threshold float64
}

// Overlay blends a 48×48 map over a face. It returns an error for a map of another size.
func Overlay(face *fer.Image, m Map, o OverlayOptions) (*image.RGBA, error) {
	if width, height, err := m.size(); err != nil || width != fer.Size || height != fer.Size {
		return nil, fmt.Errorf("overlay needs a map of %d×%d values, not %d (rows of %d)", fer.Size, fer.Size,
			len(m.Values), m.Width)
	}
	if o.Alpha == 0 {
		o.Alpha = 0.75
	}
	place := m.place()
	img := image.NewRGBA(face.Bounds())
	for i, v := range m.Values {
		alpha := 0.0
		if !math.IsNaN(v) {
			strength := min(max(place(v), 0), 1)
			if m.Signed {
				strength = math.Abs(2*strength - 1)
			}
			switch {
			case o.Threshold == 0:
				alpha = o.Alpha * strength
			case strength >= o.Threshold:
				alpha = o.Alpha
			}
		}
		c, g := m.over(v, place), float64(face[i])
		blend := func(over uint8) uint8 { return uint8(math.Round(alpha*float64(over) + (1-alpha)*g)) }
		img.SetRGBA(i%fer.Size, i/fer.Size, color.RGBA{blend(c.R), blend(c.G), blend(c.B), 0xFF})
	}
	return img, nil
}
