// Package explain says where a net looks and what its filters answer to, and checks that what it says is true.
//
// A [Model] is a trained net opened for explanation. A [Method] attributes the logit of a class to the pixels of an
// image; all work in batches, in inference mode.
//
// [Rank] scores methods against the truth of synthetic faces (pointing game, mass in the region), by deletion and
// insertion, and by the parameter-randomisation test. [Ascend] makes the images that a layer's filters answer to most,
// [Activations] the maps of a layer's channels.
//
// # Small images
//
// A face has 48×48 pixels, and the last convolution of the original report's net sees 2×2 positions. Stretching such a
// map over the face, as is usual, puts it in the wrong place: without padding, those positions look at the middle of
// the face. Ferlab places every value at the centre of its receptive field ([Model.Grid]); and class activation maps
// use by default the deepest ReLU that has at least 8×8 positions.
package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/fer/figure"
)

// Method attributes the logit of a class to pixels.
type Method interface {
	// Name is the method's name with the settings that differ from its default: "grad-cam", "layer-cam relu2".
	Name() string
	// Attribute returns one map per image, for its class: higher is more evidence for the class unless the map is
	// [Map.Sensitivity]. It returns an error if the inputs are wrong or the net lacks what the method needs. If some
	// maps are zero everywhere or not finite, it returns all maps and a [*DegenerateError] that says which and why.
	Attribute(m *Model, images []*fer.Image, classes []fer.Class) ([]*Map, error)
}

// Map holds one number per pixel, row by row.
type Map struct {
	Values [fer.Pixels]float64
	// Sensitivity says that a value is how strongly the logit reacts to the pixel, its sign the direction in grey
	// levels: a pixel is as important as the value is large. Otherwise the sign says for (+) or against (−) the class.
	Sensitivity bool
}

// Signed reports whether the map has negative values.
func (m *Map) Signed() bool {
	return slices.Min(m.Values[:]) < 0
}

// Importance returns what a ranking of pixels goes by, ≥ 0: the magnitude in a map of sensitivity, else the part above
// 0.
func (m *Map) Importance() []float64 {
	values := make([]float64, fer.Pixels)
	for i, v := range m.Values {
		if m.Sensitivity {
			v = math.Abs(v)
		}
		values[i] = max(v, 0)
	}
	return values
}

// Levels returns the importance of each pixel, scaled so that the largest is 255; of a map without importance all are
// 0.
func (m *Map) Levels() []byte {
	values := m.Importance()
	high := max(slices.Max(values), 1e-12)
	levels := make([]byte, len(values))
	for i, v := range values {
		levels[i] = byte(255*v/high + 0.5)
	}
	return levels
}

// Figure returns the map for [figure.Heat] and [figure.Overlay]: signed around 0 if it has negative values. One pixel
// in a hundred may lie beyond the ends of the colours.
func (m *Map) Figure() figure.Map {
	f := figure.NewMap(m.Values[:])
	f.Signed, f.Outliers = m.Signed(), 0.01
	return f
}

// DegenerateError says that maps are zero everywhere or not finite.
type DegenerateError struct {
	Method string
	Images []int  // Indices of the images whose maps are bad.
	Why    string // The fault of the first of them, and what to do.
}

func (e *DegenerateError) Error() string {
	return fmt.Sprintf("%s: %d maps tell nothing, the first that of image %d: %s", e.Method, len(e.Images),
		e.Images[0], e.Why)
}

// checked returns the maps with an error if some are degenerate; zero says what a map of zeros means for the method.
func checked(method Method, maps []*Map, zero string) ([]*Map, error) {
	bad := &DegenerateError{Method: method.Name()}
	for i, m := range maps {
		why := zero
		allZero := true
		for k, v := range m.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				why, allZero = fmt.Sprintf("the value at column %d, row %d is %v: the net's weights or activations "+
					"overflow", k%fer.Size, k/fer.Size, v), true
				break
			}
			allZero = allZero && v == 0
		}
		if allZero {
			if bad.Images == nil {
				bad.Why = why
			}
			bad.Images = append(bad.Images, i)
		}
	}
	if bad.Images != nil {
		return maps, bad
	}
	return maps, nil
}

// flatLogit is what a map of zeros means for a method that follows the logit.
const flatLogit = "zero everywhere: the logit does not depend on any pixel (dead ReLUs, or weights of zero)"

// Methods returns all methods at their defaults.
func Methods() []Method {
	return []Method{
		Gradient{}, InputGradient{}, SmoothGrad{}, SmoothGrad{Kind: Squared}, SmoothGrad{Kind: Variance},
		IntegratedGradients{}, IntegratedGradients{Baseline: Blurred(4)}, GuidedBackprop{},
		GradCAM{}, GradCAMPlusPlus{}, LayerCAM{}, Occlusion{}, RISE{},
	}
}

// ByName returns the method of that [Method.Name], at its default.
func ByName(name string) (Method, error) {
	var names []string
	for _, m := range append(Methods(), Random{}) {
		if m.Name() == name {
			return m, nil
		}
		names = append(names, m.Name())
	}
	return nil, fmt.Errorf("unknown method %q, want one of %s", name, strings.Join(names, ", "))
}
