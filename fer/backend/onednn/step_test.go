package onednn_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/backend/onednn"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/fer/synth"
)

var sgd = optimizer.StochasticGradientDescent().WithDecay(false).Done()

// train returns the losses of training a net for some steps on 64 faces.
func train(t *testing.T, b compute.Backend, net model.Net, rule optimizer.Interface, mixed bool, steps int) (
	losses []float32) {
	t.Helper()
	store := gomlx.NewStore()
	store.SetParam(nn.ParamSeed, int64(1))
	if err := store.SetRNGStateFromSeed(1); err != nil {
		t.Fatal(err)
	}
	step, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images, labels *graph.Node) *graph.Node {
		g := images.Graph()
		store.SetTraining(g, true)
		if mixed {
			nn.MixedPrecision(g)
		}
		loss := graph.ReduceAllMean(nn.CrossEntropy(net(s.In(model.Scope), model.Normalize(images)), labels, 0))
		rule.UpdateGraph(s, g, loss)
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	var pixels []uint8
	var classes []int32
	for _, face := range synth.Faces(1, 64) {
		pixels, classes = append(pixels, face.Image[:]...), append(classes, int32(face.Label))
	}
	for range steps {
		out, err := backend.Call(step, tensors.FromFlatDataAndDimensions(pixels, 64, fer.Size, fer.Size, 1),
			tensors.FromFlatDataAndDimensions(classes, 64))
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, out[0].([]float32)[0])
	}
	return losses
}

// Every convolution and every large product of the CNN's training step is recognised in the text that go-xla writes,
// with its gradients. The first one is pooled, and stands there twice more, to be looked at and for the maxima; GoMLX
// makes the gradient of the images, too. XLA leaves these three out. The last convolution consists of products, see
// nn.Convolution, as do three dense layers.
func TestStep(t *testing.T) {
	both, _ := narrowBackends(t)
	for _, test := range []struct {
		mixed bool
		want  map[string]int
	}{
		{false, map[string]int{"convolution": 4, "kernel's gradient": 2, "input's gradient": 3}},
		{true, map[string]int{"bfloat16 convolution": 3, "bfloat16 kernel's gradient": 2,
			"bfloat16 input's gradient": 2, "bfloat16 product": 12, "convolution": 1, "input's gradient": 1}},
	} {
		before := onednn.Runs()
		programs := onednn.Programs(func() { train(t, both, model.CNN(nil), sgd, test.mixed, 1) })
		ran := onednn.Runs() - before
		step := slices.MaxFunc(programs, func(a, b string) int { return len(a) - len(b) })
		kinds := onednn.Kinds(step)
		delete(kinds, "product") // Those of float32, with sums over pixels among them, stay with XLA.
		if !maps.Equal(kinds, test.want) {
			t.Errorf("mixed %v: %v, want %v", test.mixed, kinds, test.want)
		}
		if n := strings.Count(onednn.Pool(step), "ferlab_pooled"); n != 2 {
			t.Errorf("mixed %v: %d calls of pooled convolutions, want 2", test.mixed, n)
		}
		if ran < 6 {
			t.Errorf("mixed %v: oneDNN ran %d operations, want at least the 6 of convolutions", test.mixed, ran)
		}
	}
}

// A training gives the same bits again, and nearly the losses of XLA alone: before any update in mixed precision.
func TestTraining(t *testing.T) {
	both, xla := backends(t)
	net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.Conv2D(s, nn.ReLU(s, nn.Conv2D(s, x, 16, 3)), 32, 3)
		return nn.Dense(s, nn.GlobalAveragePool(s, x), fer.NumEmotions)
	}
	for _, test := range []struct {
		mixed     bool
		steps     int // Compared with XLA alone.
		tolerance float64
	}{{false, 3, 1e-3}, {true, 1, 1e-2}} {
		first, again := train(t, both, net, sgd, test.mixed, 3), train(t, both, net, sgd, test.mixed, 3)
		other := train(t, xla, net, sgd, test.mixed, test.steps)
		if !slices.Equal(first, again) {
			t.Errorf("mixed %v: losses %v, and again %v", test.mixed, first, again)
		}
		compare(t, "losses", [][]float32{first[:test.steps]}, [][]float32{other}, test.tolerance)
	}
}
