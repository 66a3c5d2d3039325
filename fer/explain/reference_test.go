package explain

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
)

// referenceTargets are the classes of the fixture's images.
var referenceTargets = []fer.Class{2, 0}

// hashed returns n numbers of SplitMix64, seeded with the FNV-1a hash of the name, as make_fixtures.py does.
func hashed(name string, n int) []uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	values := make([]uint64, n)
	for i := range values {
		z := h.Sum64() + uint64(i+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		values[i] = z ^ z>>31
	}
	return values
}

// referenceModel is the net of make_fixtures.py. All tests share it, and with it the graphs that have been compiled,
// which takes longer than running them; who changes or counts something makes a newReferenceModel.
func referenceModel(t *testing.T) *Model {
	t.Helper()
	m, err := sharedModel()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var sharedModel = sync.OnceValues(newReferenceModel)

func newReferenceModel() (*Model, error) {
	shapes := map[string][]int{}
	in := 1
	for i, n := range []int{4, 6, 8, 10} {
		digit := string(rune('1' + i))
		shapes["conv"+digit+"/kernel"], shapes["conv"+digit+"/bias"] = []int{3, 3, in, n}, []int{n}
		for _, kind := range []string{"gamma", "beta", "moving_mean", "moving_variance"} {
			shapes["bn"+digit+"/"+kind] = []int{n}
		}
		in = n
	}
	for i, n := range []int{16, 12, fer.NumEmotions} {
		name := "dense" + string(rune('1'+i))
		shapes[name+"/kernel"], shapes[name+"/bias"] = []int{in, n}, []int{n}
		in = n
	}
	store := gomlx.NewStore()
	for name, dims := range shapes {
		n := 1
		for _, d := range dims {
			n *= d
		}
		values := make([]float32, n)
		_, kind, _ := strings.Cut(name, "/")
		for i, bits := range hashed(name, n) {
			u := float64(bits>>40) / (1 << 24)
			switch kind {
			case "kernel":
				values[i] = float32((2*u - 1) * math.Sqrt(6/float64(n/dims[len(dims)-1])))
			case "gamma", "moving_variance":
				values[i] = float32(0.5 + u)
			default:
				values[i] = float32(0.4*u - 0.2)
			}
		}
		if _, err := store.CreateVariable("/"+model.Scope+"/"+name,
			tensors.FromFlatDataAndDimensions(values, dims...)); err != nil {
			return nil, err
		}
	}
	return New("reference", model.CNN(&model.CNNConfig{Filters: []int{4, 6, 8, 10}, Dense: []int{16, 12}}), store)
}

func referenceImages() []*fer.Image {
	images := make([]*fer.Image, len(referenceTargets))
	for i := range images {
		images[i] = new(fer.Image)
		for k, bits := range hashed("image "+string(rune('0'+i)), fer.Pixels) {
			x, y := k%fer.Size, k/fer.Size
			images[i][k] = uint8(60 + (x*x+(i+1)*y*y+2*x*y)/4%120 + int(bits>>58))
		}
	}
	return images
}

// referenceMap is what the fixture holds of a map.
type referenceMap struct {
	Sum, Norm float64
	Every11   []float64
}

// The methods equal captum and pytorch-grad-cam, see testdata/make_fixtures.py.
func TestEqualsCaptumAndGradCAM(t *testing.T) {
	data, err := os.ReadFile("testdata/maps.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	m, images := referenceModel(t), referenceImages()

	var logits [][]float64
	if err := json.Unmarshal(raw["logits"], &logits); err != nil {
		t.Fatal(err)
	}
	got, err := m.Logits(images)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range got {
		for c, v := range l {
			if math.Abs(float64(v)-logits[i][c]) > 1e-4 {
				t.Fatalf("logits %v, want %v", got, logits)
			}
		}
	}

	noise := make([][]float32, 8)
	for s := range noise {
		for _, bits := range hashed("noise "+string(rune('0'+s)), fer.Pixels) {
			noise[s] = append(noise[s], float32(0.2*float64(bits>>40)/(1<<24)-0.1))
		}
	}
	compared := 1
	compare := func(name string, maps []*Map, err error) {
		t.Helper()
		var vanished *DegenerateError
		if err != nil && !errors.As(err, &vanished) { // captum returns zeros.
			t.Errorf("%s: %v", name, err)
			return
		}
		var want []referenceMap
		if err := json.Unmarshal(raw[name], &want); err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		compared++
		for i, w := range want {
			values := maps[i].Values[:]
			// pytorch-grad-cam scales each map to 0 … 1 before and after it resizes it.
			if strings.Contains(name, "cam") {
				values = unitRange(values)
			}
			sum, norm, difference := 0.0, 0.0, 0.0
			for k, v := range values {
				sum += v
				norm += v * v
				if k%11 == 0 {
					d := v - w.Every11[k/11]
					difference += d * d * 11
				}
			}
			norm = math.Sqrt(norm)
			if difference = math.Sqrt(difference); difference > 1e-4*w.Norm || math.Abs(norm-w.Norm) > 1e-4*w.Norm ||
				math.Abs(sum-w.Sum) > 48e-4*w.Norm {
				t.Errorf("%s, image %d: sum %g, norm %g, want %g and %g; the values differ by about %.2g of the norm",
					name, i, sum, norm, w.Sum, w.Norm, difference/w.Norm)
			}
		}
	}
	methods := []Method{Gradient{}, InputGradient{}, IntegratedGradients{Steps: 20}, GuidedBackprop{},
		Occlusion{Window: 7, Stride: 4}}
	for _, layer := range []string{"bn2", "relu3"} {
		at := CAMLayer{Layer: layer, Stretch: true}
		methods = append(methods, GradCAM{at}, GradCAMPlusPlus{at}, LayerCAM{at})
	}
	for _, method := range methods {
		maps, err := method.Attribute(m, images, referenceTargets)
		compare(method.Name(), maps, err)
	}
	for _, kind := range []SmoothKind{Mean, Squared, Variance} {
		method := SmoothGrad{Kind: kind}
		maps, err := method.attribute(m, images, referenceTargets, noise)
		compare(method.Name(), maps, err)
	}
	if compared != len(raw) {
		t.Errorf("compared %d of the fixture's %d entries", compared, len(raw))
	}
}

func unitRange(values []float64) []float64 {
	low, high := slices.Min(values), slices.Max(values)
	scaled := make([]float64, len(values))
	for i, v := range values {
		scaled[i] = (v - low) / (high - low)
	}
	return scaled
}
