package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/model/modeltest"
	"ferlab/fer/synth"
)

// smallNets are one of each kind.
var smallNets = map[string]model.Net{
	"CNN": model.CNN(&model.CNNConfig{Filters: []int{4, 6, 6, 8}, Dense: []int{16}, Dropout: 0.25}),
	"DNN": model.DNN(&model.DNNConfig{Blocks: []int{16, 8}, Dense: []int{8}, Dropout: 0.25}),
	"ResNet": model.ResNet(&model.ResNetConfig{Filters: []int{4, 6, 6, 8}, Blocks: []int{1, 2, 0},
		Dropout: 0.25}),
	"ResNet full stem": model.ResNet(&model.ResNetConfig{Filters: []int{4, 6, 8}, FullStem: true, Blocks: []int{1, 1}}),
}

func faces(n int) []*fer.Image {
	images := make([]*fer.Image, n)
	for i := range images {
		images[i] = synth.Make(3, i).Image
	}
	return images
}

// An image's probabilities depend neither on the images beside it, nor on their number or order, nor on who else uses
// the predictor at the same time.
func TestPredictionsAreIndependent(t *testing.T) {
	images := faces(20)
	for name, net := range smallNets {
		t.Run(name, func(t *testing.T) {
			p, err := model.NewPredictor(net, gomlx.NewStore(), model.Float32)
			if err != nil {
				t.Fatal(err)
			}
			want, err := p.Probabilities(images, 1)
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for seed, size := range []int{1, 8, 20} { // 1, 8 and 32 in the graph
				all.Go(func() {
					order := rand.New(rand.NewPCG(uint64(seed), 0)).Perm(len(images))
					for len(order) > 0 {
						part := order[:min(size, len(order))]
						order = order[len(part):]
						chosen := make([]*fer.Image, len(part))
						for i, k := range part {
							chosen[i] = images[k]
						}
						got, err := p.Probabilities(chosen, 1)
						if err != nil {
							t.Error(err)
							return
						}
						for i, k := range part {
							for class, v := range got[i] {
								if math.Abs(v-want[k][class]) > 1e-5 {
									t.Errorf("image %d in a batch of %d: probability %v of class %d, want %v", k, size,
										v, class, want[k][class])
								}
							}
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// A predictor keeps the weights that it was made with, and knows them from those of another one of the same net.
func TestPredictorKeepsWeights(t *testing.T) {
	images := faces(4)
	for name, net := range smallNets {
		logits := func(p *model.Predictor) []float32 {
			t.Helper()
			l, err := p.Logits(images)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Concat(l...)
		}
		stores := []*gomlx.Store{modeltest.Initialised(t, net, 1), modeltest.Initialised(t, net, 2)}
		var predictors []*model.Predictor
		var want [][]float32
		for _, store := range stores {
			p, err := model.NewPredictor(net, store, model.Float32)
			if err != nil {
				t.Fatal(err)
			}
			predictors, want = append(predictors, p), append(want, logits(p))
		}
		if slices.Equal(want[0], want[1]) {
			t.Errorf("%s: other weights give the same logits", name)
		}
		for v := range stores[0].Scope("/" + model.Scope).IterVariables() {
			if err := v.SetValue(tensors.FromShape(v.Shape())); err != nil {
				t.Fatal(err)
			}
		}
		for i, p := range predictors {
			if !slices.Equal(logits(p), want[i]) {
				t.Errorf("%s: the logits of predictor %d changed", name, i)
			}
		}
	}
}

// An image of NaN has no other effect than its own logits.
func TestNaNStaysInItsImage(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	const bad = 1
	var clean, spoilt []float32
	for i, m := range faces(3) {
		for _, v := range m {
			x := float32(v) / 255
			clean = append(clean, x)
			if i == bad {
				x = float32(math.NaN())
			}
			spoilt = append(spoilt, x)
		}
	}
	for name, net := range smallNets {
		exec, err := gomlx.NewExec(b, gomlx.NewStore(), func(s *gomlx.Scope,
			images *graph.Node) *graph.Node {
			return model.Logits(s, net, images)
		})
		if err != nil {
			t.Fatal(err)
		}
		logits := func(pixels []float32) []float32 {
			out, err := exec.Call(tensors.FromFlatDataAndDimensions(pixels, 3, fer.Size, fer.Size, 1))
			if err != nil {
				t.Fatal(err)
			}
			return tensors.MustCopyFlatData[float32](out[0])
		}
		want, got := logits(clean), logits(spoilt)
		for i := range want {
			if image := i / fer.NumEmotions; image != bad && got[i] != want[i] {
				t.Errorf("%s, image %d: logit %v beside a NaN, want %v", name, image, got[i], want[i])
			} else if image == bad && got[i] == want[i] {
				t.Errorf("%s: the NaN changes nothing", name)
			}
		}
	}
}

// Weights that are not finite, as from a diverged training, are refused.
func TestNonFiniteWeights(t *testing.T) {
	for what, bits := range map[string][]byte{"NaN": {0, 0, 0xc0, 0x7f}, "infinity": {0, 0, 0x80, 0xff}} {
		file := weightsFile(`{"a\n":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`,
			append([]byte{0, 0, 0, 0}, bits...)...)
		if _, err := model.DecodeWeights(file); err == nil || err.Error()[:30] != `weight "a\n" holds the non-fin` {
			t.Errorf("%s: %v", what, err)
		}
	}
}
