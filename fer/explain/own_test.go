package explain

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
)

// layerCAM is LayerCAM as a reader would write it.
func layerCAM(activations, gradients []float32, channels int) []float64 {
	cam := make([]float64, len(activations)/channels)
	for k, g := range gradients {
		cam[k/channels] += math.Max(float64(g), 0) * float64(activations[k])
	}
	return cam
}

// A class activation map of one's own with the library's weighing is the library's map; the gradients that it is made
// of are the slopes of the logit.
func TestOwnCAM(t *testing.T) {
	m := referenceModel(t)
	images, classes, _ := syntheticFaces(3)
	at := CAMLayer{Layer: "relu2"}
	want, err := LayerCAM{at}.Attribute(m, images, classes)
	if err != nil {
		t.Fatal(err)
	}
	own := CAM{CAMLayer: at, Called: "mine", Weigh: layerCAM}
	got, err := own.Attribute(m, images, classes)
	if err != nil {
		t.Fatal(err)
	}
	if own.Name() != "mine relu2" {
		t.Errorf("it is called %q", own.Name())
	}
	for i := range want {
		for k, v := range want[i].Values {
			if d := math.Abs(v - got[i].Values[k]); d > 1e-6*max(1, math.Abs(v)) {
				t.Fatalf("image %d, value %d is %v, want %v", i, k, got[i].Values[k], v)
			}
		}
	}
	gradients, err := m.Gradients(images, classes)
	if err != nil {
		t.Fatal(err)
	}
	x := allPixels(images)
	for _, k := range []int{600, 1200, 1800} {
		const step = 5e-4
		up, down := append(pixels{}, x[0]...), append(pixels{}, x[0]...)
		up[k], down[k] = up[k]+step, down[k]-step
		scores, err := m.scores([]pixels{up, down}, []fer.Class{classes[0], classes[0]})
		if err != nil {
			t.Fatal(err)
		}
		slope := (scores[0] - scores[1]) / (2 * step)
		if d := math.Abs(slope - float64(gradients[0][k])); d > 0.05*max(math.Abs(slope), 0.05) {
			t.Errorf("pixel %d: gradient %v, slope %v", k, gradients[0][k], slope)
		}
	}
	if a, g, err := m.ActivationsAndGradients("relu2", nil, nil); err != nil || a != nil || g != nil {
		t.Errorf("of no image: %v, %v, %v", a, g, err)
	}
	if _, _, err := m.ActivationsAndGradients("relu9", images, classes); err == nil ||
		!strings.Contains(err.Error(), "relu9") {
		t.Errorf("of a layer that isn't there: %v", err)
	}
}

// strided is a net with a strided, padded convolution of its own, recorded or not.
func strided(recorded bool) func(s *gomlx.Scope, x *graph.Node) *graph.Node {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		kernel := s.VariableWithShape("kernel", shapes.Make(dtypes.Float32, 5, 5, 1, 4)).NodeValue(x.Graph())
		y := graph.Convolve(x, kernel).Strides(3).PaddingPerDim([][2]int{{2, 2}, {2, 2}}).Done()
		if recorded {
			y = nn.Record(nn.Layer{Type: "Conv2D", Output: y, Params: kernel.Shape().Size(), Kernel: 5, Stride: 3,
				Pad: 2})
		}
		y = nn.ReLU(s, y)
		return nn.Dense(s, nn.Flatten(s, y), fer.NumEmotions)
	}
}

// A recorded strided convolution has its positions where they look; an unrecorded one is an error instead of a shifted
// map.
func TestGridOfOwnLayers(t *testing.T) {
	m := newModel(t, strided(true))
	grid, err := m.Grid("relu1")
	if want := (Grid{Height: 16, Width: 16, StepX: 3, StepY: 3, Window: 5}); err != nil || grid != want {
		t.Errorf("%v: grid %+v, want %+v", err, grid, want)
	}
	if name := m.layers[0].Name; name != "conv2d1" {
		t.Errorf("the layer is called %q", name)
	}
	images, classes, _ := syntheticFaces(1)
	_, err = LayerCAM{CAMLayer{Layer: "relu1"}}.Attribute(newModel(t, strided(false)), images, classes)
	if err == nil || !strings.Contains(err.Error(), "nn.Record") {
		t.Errorf("an unrecorded convolution: %v", err)
	}
}
