package explain

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/model/modeltest"
	"ferlab/fer/nn"
	"ferlab/fer/synth"
)

// newModel opens a net with initial weights.
func newModel(t testing.TB, net model.Net) *Model {
	t.Helper()
	m, err := New("test", net, modeltest.Initialised(t, net, 1))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func syntheticFaces(n int) (images []*fer.Image, classes []fer.Class, examples []fer.Example) {
	for _, f := range synth.Faces(3, n) {
		images, classes = append(images, f.Image), append(classes, f.Label)
		examples = append(examples, fer.Example{ID: f.ID(), Image: f.Image, Label: f.Label})
	}
	return images, classes, examples
}

// lowerRight is where the net of windowNet looks.
func lowerRight() *fer.Mask {
	mask := new(fer.Mask)
	for k := range mask {
		mask[k] = k/fer.Size >= 28 && k%fer.Size >= 24
	}
	return mask
}

// windowNet sees no pixel outside lowerRight.
func windowNet(s *gomlx.Scope, x *graph.Node) *graph.Node {
	window := make([]float32, fer.Pixels)
	for k, on := range lowerRight() {
		if on {
			window[k] = 1
		}
	}
	seen := graph.Reshape(graph.Const(x.Graph(), window), 1, fer.Size, fer.Size, 1)
	x = nn.ConvBlock(s, graph.Mul(x, seen), 6, 0)
	x = nn.ConvBlock(s, x, 6, 0)
	return nn.Dense(s, nn.Flatten(s, x), fer.NumEmotions)
}

// Every method but Grad-CAM finds the only part of the image that a net can see.
func TestMethodsFindWhatTheNetSees(t *testing.T) {
	m := newModel(t, windowNet)
	images, classes, _ := syntheticFaces(4)
	mask := lowerRight()
	chance := float64(mask.Count()) / fer.Pixels
	for _, method := range Methods() {
		switch method.(type) {
		// They average gradients over all positions, and may point where the net sees nothing.
		case GradCAM, GradCAMPlusPlus:
			continue
		}
		maps, err := method.Attribute(m, images, classes)
		if err != nil {
			t.Errorf("%s: %v", method.Name(), err)
			continue
		}
		for i, a := range maps {
			mass, least := MassIn(a, mask), 1-1e-6
			switch method.(type) {
			case Occlusion, RISE, LayerCAM: // They see in blocks, or beyond the window's edge.
				least = 2 * chance
			}
			if mass < least {
				t.Errorf("%s, image %d: %.3f of the map is where the net looks, want %.3f", method.Name(), i,
					mass, least)
			}
		}
	}
	maps, err := Random{}.Attribute(m, images, classes)
	if err != nil {
		t.Fatal(err)
	}
	if mass := MassIn(maps[0], mask); math.Abs(mass-chance) > 0.05 {
		t.Errorf("%.3f of a random map is in %.3f of the image", mass, chance)
	}
}

// A grid says where a layer's positions lie: in the middle of the pixels that they depend on.
func TestGrid(t *testing.T) {
	m := referenceModel(t)
	var xs []pixels
	for i := range 64 {
		x := make(pixels, fer.Pixels)
		for k, bits := range hashed(fmt.Sprint("grid ", i), fer.Pixels) {
			x[k] = float32(bits>>40) / (1 << 24)
		}
		xs = append(xs, x)
	}
	for layer, at := range map[string][2]int{"bn1": {5, 9}, "bn2": {3, 17}, "bn3": {6, 2}, "bn4": {1, 0}} {
		out, err := m.call("grid "+layer, func(_, _, images *graph.Node) []*graph.Node {
			y := output(images.Graph(), layer)
			position := graph.Slice(y, graph.AxisRange(), graph.AxisElem(at[0]), graph.AxisElem(at[1]),
				graph.AxisElem(0))
			return graph.Gradient(graph.ReduceAllSum(position), images)
		}, xs, nil)
		if err != nil {
			t.Fatal(err)
		}
		top, left, bottom, right := fer.Size, fer.Size, -1, -1
		for _, g := range out[0] {
			for k, v := range g {
				if v != 0 {
					top, bottom = min(top, k/fer.Size), max(bottom, k/fer.Size)
					left, right = min(left, k%fer.Size), max(right, k%fer.Size)
				}
			}
		}
		grid, err := m.Grid(layer)
		if err != nil {
			t.Fatal(err)
		}
		y, x := grid.Y+grid.StepY*float64(at[0]), grid.X+grid.StepX*float64(at[1])
		if math.Abs(y-float64(top+bottom)/2) > 0.01 || math.Abs(x-float64(left+right)/2) > 0.01 {
			t.Errorf("%s: position %v lies at row %g, column %g; it depends on rows %d … %d and columns %d … %d", layer,
				at, y, x, top, bottom, left, right)
		}
	}
}

// Integrated gradients are complete, from any baseline.
func TestCompleteness(t *testing.T) {
	m := referenceModel(t)
	images, classes, _ := syntheticFaces(5)
	for _, base := range []Baseline{{}, Blurred(3), Grey(), MeanFace(images)} {
		_, residuals, err := IntegratedGradients{Baseline: base}.AttributeWithResidual(m, images, classes)
		if err != nil {
			t.Fatal(err)
		}
		if worst := slices.Max(residuals); worst > Completeness {
			t.Errorf("baseline %q: residual %.4f, want at most %g", base.Name, worst, Completeness)
		}
	}
}

// Maps that tell nothing are errors that say why; the others come along.
func TestDegenerate(t *testing.T) {
	images, classes, _ := syntheticFaces(2)
	m := newModel(t, windowNet)
	for _, fill := range []float32{0, float32(math.NaN())} {
		v := m.store.GetVariable("/net/dense1/kernel")
		dims := v.Shape().Dimensions
		values := make([]float32, v.Shape().Size())
		for k := range values {
			values[k] = fill
		}
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(values, dims...)); err != nil {
			t.Fatal(err)
		}
		for _, method := range Methods() {
			maps, err := method.Attribute(m, images, classes)
			var bad *DegenerateError
			if !errors.As(err, &bad) || len(bad.Images) != 2 || len(maps) != 2 ||
				!strings.Contains(err.Error(), method.Name()) {
				t.Errorf("%s with weights of %v: %d maps, error %v", method.Name(), fill, len(maps), err)
			}
			if want := "zero everywhere"; fill == 0 && !strings.Contains(fmt.Sprint(err), want) || fill != 0 &&
				!strings.Contains(fmt.Sprint(err), "NaN") {
				t.Errorf("%s with weights of %v doesn't say why: %v", method.Name(), fill, err)
			}
		}
	}
}

// Wrong inputs name what would be right.
func TestBadInput(t *testing.T) {
	m := referenceModel(t)
	dnn := newModel(t, model.DNN(&model.DNNConfig{Blocks: []int{8}, Dense: []int{8}}))
	images, classes, _ := syntheticFaces(1)
	attribute := func(method Method, m *Model, images []*fer.Image, classes []fer.Class) error {
		_, err := method.Attribute(m, images, classes)
		return err
	}
	ascend := func(layer string, channel int, o *AscentOptions) error {
		_, err := Ascend(m, layer, []int{channel}, o)
		return err
	}
	_, unknown := ByName("grad-kam")
	_, flat := Activations(m, "dense1", images[0])
	_, untrained := Rank(m, synth.Faces(1, 1), Methods(), nil)
	for want, err := range map[string]error{
		"conv1, bn1, relu1":       attribute(GradCAM{CAMLayer{Layer: "conv9"}}, m, images, classes),
		"has no positions":        attribute(LayerCAM{CAMLayer{Layer: "dense1"}}, m, images, classes),
		"needs a convolution":     attribute(GradCAM{}, dnn, images, classes),
		"angry, disgust":          attribute(Gradient{}, m, images, []fer.Class{9}),
		"one class per image":     attribute(RISE{}, m, images, nil),
		"at least 2 masks":        attribute(RISE{Masks: 1}, m, images, classes),
		"want a window":           attribute(Occlusion{Window: 99}, m, images, classes),
		"some samples":            attribute(SmoothGrad{Samples: -1}, m, images, classes),
		"0 … 3":                   ascend("conv1", 4, nil),
		"has no layer \"conv7\"":  ascend("conv7", 0, nil),
		"rotation up to":          ascend("conv1", 0, &AscentOptions{Rotation: 60}),
		"positive steps":          ascend("conv1", 0, &AscentOptions{Steps: -1}),
		"has no channel -1":       ascend("conv4", -1, nil),
		"jitter below":            ascend("conv1", 0, &AscentOptions{Jitter: 30}),
		"gradient, input-x-gradi": unknown,
		"activation map needs":    flat,
		"too few to rank":         untrained,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	// Methods that need no convolution work on the fully connected net.
	for _, method := range []Method{Gradient{}, IntegratedGradients{}, GuidedBackprop{}, Occlusion{}, RISE{}} {
		if err := attribute(method, dnn, images, classes); err != nil {
			t.Errorf("DNN: %v", err)
		}
	}
}

// A batch gives the maps of its images one by one.
func TestBatch(t *testing.T) {
	m := referenceModel(t)
	images, _, _ := syntheticFaces(5)
	classes := make([]fer.Class, len(images))
	for _, method := range []Method{Gradient{}, SmoothGrad{Samples: 3}, GuidedBackprop{}, GradCAMPlusPlus{},
		Occlusion{}} {
		all, err := method.Attribute(m, images, classes)
		if err != nil {
			t.Fatal(err)
		}
		one, err := method.Attribute(m, images[3:4], classes[3:4])
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range one[0].Values {
			if math.Abs(v-all[3].Values[k]) > 1e-5*(1+math.Abs(v)) {
				t.Fatalf("%s: pixel %d is %g alone and %g in a batch", method.Name(), k, v, all[3].Values[k])
			}
		}
	}
}

// Similarity is Spearman's correlation of magnitudes: 1 for any growing function of them, −1 for a falling one.
func TestSimilarity(t *testing.T) {
	a, up, down, other, flat := new(Map), new(Map), new(Map), new(Map), new(Map)
	noise, more := hashed("a", fer.Pixels), hashed("b", fer.Pixels)
	for k := range a.Values {
		v := float64(noise[k]>>40) / (1 << 24)
		a.Values[k], up.Values[k], down.Values[k], other.Values[k] = v, -v*v*v, 1-v, float64(more[k]>>40)
	}
	for _, c := range []struct {
		b               *Map
		want, tolerance float64
	}{{a, 1, 1e-9}, {up, 1, 1e-9}, {down, -1, 1e-9}, {other, 0, 0.08}, {flat, 0, 0}} {
		if got := Similarity(a, c.b); math.Abs(got-c.want) > c.tolerance {
			t.Errorf("similarity %g, want %g", got, c.want)
		}
	}
	// Ties: ranks 1.5 1.5 3.5 3.5 against 1 2 3 4, in blocks of equal numbers, give 2/√5.
	for k := range a.Values {
		a.Values[k], up.Values[k] = float64(k/(fer.Pixels/2)), float64(k/(fer.Pixels/4))
	}
	if got := Similarity(a, up); math.Abs(got-2/math.Sqrt(5)) > 1e-6 {
		t.Errorf("similarity with ties %g, want %g", got, 2/math.Sqrt(5))
	}
}

// A curve runs from the image's probability to the baseline's, and what the net sees comes off faster than what it
// doesn't.
func TestErase(t *testing.T) {
	m := newModel(t, windowNet)
	images, _, _ := syntheticFaces(6)
	classes, err := m.Predict(images)
	if err != nil {
		t.Fatal(err)
	}
	var good, bad []*Map
	for range images {
		g, b := new(Map), new(Map)
		for k, on := range lowerRight() {
			if on {
				g.Values[k] = 1
			} else {
				b.Values[k] = 1
			}
		}
		good, bad = append(good, g), append(bad, b)
	}
	first, err := Erase(m, images, classes, good, 10)
	if err != nil {
		t.Fatal(err)
	}
	last, err := Erase(m, images, classes, bad, 10)
	if err != nil {
		t.Fatal(err)
	}
	logits, err := m.Logits(images)
	if err != nil {
		t.Fatal(err)
	}
	for i := range images {
		p := model.Softmax(logits[i], 1)[classes[i]]
		if d, n := first[i].Deletion, first[i].Insertion; math.Abs(d[0]-p) > 1e-5 || math.Abs(n[10]-p) > 1e-5 ||
			math.Abs(d[10]-n[0]) > 1e-5 {
			t.Errorf("image %d: probability %g, deletion %v, insertion %v", i, p, d, n)
		}
		for s := range 8 { // The window is a fifth of the image: nothing changes until the rest is gone.
			if v := last[i].Deletion[s]; math.Abs(v-p) > 1e-5 {
				t.Errorf("image %d: deleting what the net doesn't see changes its probability from %g to %g", i, p, v)
				break
			}
			if a, b := first[i].Deletion[3], first[i].Deletion[s]; s > 3 && math.Abs(a-b) > 1e-5 {
				t.Errorf("image %d: after the window is gone the probability still changes from %g to %g", i, a, b)
				break
			}
		}
	}
	if got := area([]float64{1, 0.5, 0}); got != 0.5 {
		t.Errorf("area %g, want 0.5", got)
	}
}

// Regions cover every pixel once, and the shares of a class sum up to 1.
func TestShareByRegion(t *testing.T) {
	regions := AlignedRegions()
	for k := range fer.Pixels {
		n := 0
		for _, mask := range regions {
			if mask[k] {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("pixel %d is in %d regions", k, n)
		}
	}
	a, b := new(Map), new(Map)
	for k := range a.Values {
		b.Values[k] = -1 // Against the class: no importance.
		if regions[synth.Mouth][k] {
			a.Values[k] = 3
		}
	}
	shares, err := ShareByRegion(fer.Emotions, []*Map{a, b, a}, []fer.Class{fer.Happy, fer.Sad, fer.Happy},
		[]Regions{regions, regions, regions})
	if err != nil {
		t.Fatal(err)
	}
	if len(shares) != 1 || shares[0].Class != "happy" || shares[0].Images != 2 ||
		math.Abs(shares[0].Share[synth.Mouth]-1) > 1e-9 {
		t.Errorf("shares %+v, want happy's two maps all in the mouth", shares)
	}
}
