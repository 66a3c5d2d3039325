package model_test

import (
	"encoding/json"
	"hash/fnv"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The optimizers of the reference; see testdata/make_keras.py.
const (
	kerasBatch            = 8
	kerasSteps            = 3
	kerasLearningRate     = 0.01
	kerasAdamLearningRate = 1.5e-3
	kerasWeightDecay      = 1e-2
	kerasEpsilon          = 1e-3
)

// Bounds of the relative error of a tensor, ‖got − want‖ / ‖want‖.
const (
	tolerance        = 1e-4
	toleranceFloat64 = 1e-8
	// A few of the million inputs of a max-pool or ReLU are so near the next, or 0, that float32 may take the other, as
	// XLA's code for AVX2 does where that for AVX-512 doesn't. Such a choice changes a gradient by some thousandths.
	toleranceGradient = 1e-2
	// Rounding may change a weight by so much, relative to the weight: a change of it can't be known better.
	weightPrecision = 1e-7
)

// kerasNet holds the results for a net of Keras in float64.
type kerasNet struct {
	Shapes         map[string][]int
	Logits         [][]float64 // In inference.
	TrainingLogits [][]float64 `json:"training_logits"`
	Loss           float64     // In training.
	SmoothedLoss   float64     `json:"smoothed_loss"`
	Gradients      map[string]digest
	SGD            map[string]digest // The change of every variable after three steps.
	SGDLogits      [][]float64       `json:"sgd_logits"`
	AdamW          map[string]digest // … and after one step.
}

// digest says of a tensor what two of them can be compared by: sketch holds its products with 8 vectors of random
// signs. Of the difference of two tensors, the expected square of such a product is the squared norm.
type digest struct {
	Norm, Sum     float64
	First, Sketch []float64
}

// The two nets, their gradients and their training equal Keras's.
func TestEqualsKeras(t *testing.T) {
	data, err := os.ReadFile("testdata/keras.json")
	if err != nil {
		t.Fatal(err)
	}
	var keras struct{ CNN, DNN kerasNet }
	if err := json.Unmarshal(data, &keras); err != nil {
		t.Fatal(err)
	}
	for name, b := range backends(t) {
		t.Run(name+"/CNN", func(t *testing.T) { compareWithKeras(t, b, cnnWithoutDropout(), keras.CNN) })
		t.Run(name+"/DNN", func(t *testing.T) { compareWithKeras(t, b, dnnWithoutDropout(), keras.DNN) })
	}
}

// compareWithKeras starts from the hashed weights.
func compareWithKeras(t *testing.T, b compute.Backend, net model.Net, want kerasNet) {
	images, labels := kerasData()
	names := slices.Sorted(maps.Keys(want.Shapes))

	descent := optimizer.StochasticGradientDescent().WithDecay(false).WithLearningRate(kerasLearningRate)
	sgd := newRig(t, b, net, kerasStore[float32](t, want.Shapes), descent)
	compareLogits(t, "inference", sgd.logits(images), want.Logits, tolerance)
	step := sgd.step(images, labels)
	compareLoss(t, "loss", step.loss, want.Loss)
	compareLoss(t, "smoothed loss", step.smoothedLoss, want.SmoothedLoss)
	compareLogits(t, "training", step.logits, want.TrainingLogits, tolerance)
	if got, want := slices.Sorted(maps.Keys(step.gradients)),
		slices.Sorted(maps.Keys(want.Gradients)); !slices.Equal(got, want) {
		t.Fatalf("gradients of %v, want %v", got, want)
	}
	for name, gradient := range step.gradients {
		floor := noise(name, want.Gradients)
		compareDigests(t, "gradient of "+name, newDigest(name, gradient), want.Gradients[name], toleranceGradient,
			floor)
		change := newDigest(name, sgd.change(name))
		floor = kerasLearningRate*floor + sgd.precision(name)
		compareDigests(t, "first change of "+name, change, want.Gradients[name].times(-kerasLearningRate),
			toleranceGradient, floor)
	}
	for _, name := range names {
		if strings.Contains(name, "moving") { // They move before the optimizer does anything, whichever it is.
			compareDigests(t, "first change of "+name, newDigest(name, sgd.change(name)), want.AdamW[name], tolerance,
				sgd.precision(name))
		}
	}
	if b.String() == "go" {
		return // It is slow, and the steps are the same once the gradients are.
	}
	sgd = newRig(t, b, net, kerasStore[float64](t, want.Shapes), descent)
	for i := range kerasSteps {
		step := sgd.step(images, labels)
		if i > 0 {
			continue
		}
		for name, gradient := range step.gradients {
			compareDigests(t, "gradient in float64 of "+name, newDigest(name, gradient), want.Gradients[name],
				toleranceFloat64, noise(name, want.Gradients))
		}
	}
	for _, name := range names {
		compareDigests(t, "change of "+name, newDigest(name, sgd.change(name)), want.SGD[name], toleranceFloat64,
			noise(name, want.SGD))
	}
	compareLogits(t, "inference after training", sgd.logits(images), want.SGDLogits, toleranceFloat64)

	opt := optimizer.Adam().LearningRate(kerasAdamLearningRate).WeightDecay(kerasWeightDecay).
		Epsilon(kerasEpsilon).Done()
	adamw := newRig(t, b, net, kerasStore[float32](t, want.Shapes), opt.(gradientsOptimizer))
	adamw.step(images, labels)
	for _, name := range names {
		// A gradient g moves a weight by rate·g/(|g| + epsilon).
		floor := noise(name, want.Gradients)*kerasAdamLearningRate/kerasEpsilon + adamw.precision(name)
		compareDigests(t, "AdamW's change of "+name, newDigest(name, adamw.change(name)), want.AdamW[name],
			toleranceGradient, floor)
	}
}

// noise is how much the digest of a weight whose gradient is 0 but for rounding may be off: a bias before a batch
// normalisation, which takes it off again.
func noise(name string, digests map[string]digest) float64 {
	layer, kind, _ := strings.Cut(name, "/")
	_, convolutional := digests["conv1/bias"]
	beforeNorm := strings.HasPrefix(layer, "conv")
	if !convolutional {
		beforeNorm = slices.Contains([]string{"dense1", "dense2", "dense3", "dense4"}, layer)
	}
	if kind != "bias" || !beforeNorm {
		return 0
	}
	return 1e-5 * digests[layer+"/kernel"].Norm
}

// rig runs a net in inference and in training.
type rig struct {
	t                *testing.T
	store            *gomlx.Store
	inference, train *gomlx.Exec
	trained          []string // The variables whose gradients train returns.
}

// trainingStep is what a batch gave before the weights changed.
type trainingStep struct {
	loss, smoothedLoss float64
	logits             []float64
	gradients          map[string][]float64
}

// gradientsOptimizer is an optimizer that takes gradients as computed.
type gradientsOptimizer interface {
	UpdateGraphWithGradients(s *gomlx.Scope, gradients []*graph.Node, loss dtypes.DType)
}

// newRig makes a rig of a net in the type of the weights that the store has, float32 if it has none.
func newRig(t *testing.T, b compute.Backend, net model.Net, store *gomlx.Store, opt gradientsOptimizer) *rig {
	r := &rig{t: t, store: store}
	normalize := model.Normalize
	for v := range store.IterVariables() {
		if v.DType() == dtypes.Float64 {
			normalize = func(images *graph.Node) *graph.Node {
				return graph.DivScalar(graph.ConvertDType(images, dtypes.Float64), 255)
			}
		}
	}
	var err error
	r.inference, err = gomlx.NewExec(b, store, func(s *gomlx.Scope, images *graph.Node) *graph.Node {
		return net(s.In(model.Scope), normalize(images))
	})
	if err != nil {
		t.Fatal(err)
	}
	r.train, err = gomlx.NewExec(b, store, func(s *gomlx.Scope, images, labels *graph.Node) []*graph.Node {
		store.SetTraining(images.Graph(), true)
		logits := net(s.In(model.Scope), normalize(images))
		loss := graph.ReduceAllMean(nn.CrossEntropy(logits, labels, 0))
		smoothed := graph.ReduceAllMean(nn.CrossEntropy(logits, labels, 0.1))
		r.trained = nil
		for v := range s.IterVariables() {
			if v.Trainable && v.InUseByGraph(images.Graph()) {
				r.trained = append(r.trained, strings.TrimPrefix(v.Path(), "/"+model.Scope+"/"))
			}
		}
		gradients := s.BuildTrainableVariablesGradientsGraph(loss)
		opt.UpdateGraphWithGradients(s, gradients, loss.DType())
		return append([]*graph.Node{loss, smoothed, logits}, gradients...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) logits(images *tensors.Tensor) []float64 {
	r.t.Helper()
	out, err := r.inference.Call(images)
	if err != nil {
		r.t.Fatal(err)
	}
	return floats(out[0])
}

func (r *rig) step(images, labels *tensors.Tensor) trainingStep {
	r.t.Helper()
	out, err := r.train.Call(images, labels)
	if err != nil {
		r.t.Fatal(err)
	}
	step := trainingStep{floats(out[0])[0], floats(out[1])[0], floats(out[2]), map[string][]float64{}}
	for i, name := range r.trained {
		step.gradients[name] = floats(out[3+i])
	}
	return step
}

func (r *rig) values(name string) []float64 {
	return floats(r.store.GetVariable("/" + model.Scope + "/" + name).MustValue())
}

// floats are the values of a float32 or float64 tensor.
func floats(t *tensors.Tensor) []float64 {
	if t.DType() == dtypes.Float64 {
		return tensors.MustCopyFlatData[float64](t)
	}
	return converted[float64](tensors.MustCopyFlatData[float32](t))
}

func converted[To, From float32 | float64](values []From) []To {
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}

// change is what training has added to a variable that began with its hashed values.
func (r *rig) change(name string) []float64 {
	v := r.store.GetVariable("/" + model.Scope + "/" + name)
	change := r.values(name)
	for i, old := range hashedWeight(name, v.Shape().Dimensions) {
		change[i] -= float64(old)
	}
	return change
}

// precision is the norm of what rounding may do to a variable.
func (r *rig) precision(name string) float64 {
	values := r.values(name)
	return weightPrecision * newDigest(name, values).Norm
}

// backends are the default one, XLA where it is installed, and GoMLX's pure-Go one.
func backends(t *testing.T) map[string]compute.Backend {
	first, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	second, err := backend.New("go")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]compute.Backend{backend.Describe(first): first, "pure Go": second}
}

// kerasStore holds the hashed weights of a net in type T.
func kerasStore[T float32 | float64](t *testing.T, shapes map[string][]int) *gomlx.Store {
	store := gomlx.NewStore()
	for name, dims := range shapes {
		values := tensors.FromFlatDataAndDimensions(converted[T](hashedWeight(name, dims)), dims...)
		if _, err := store.CreateVariable("/"+model.Scope+"/"+name, values); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// kerasData returns images and labels as make_keras.py makes them.
func kerasData() (images, labels *tensors.Tensor) {
	pixels := make([]uint8, kerasBatch*fer.Pixels)
	h := newHashes("images")
	for i := range pixels {
		pixels[i] = uint8(h.at(i)>>56) >> (i / fer.Pixels % 4)
	}
	classes := make([]int32, kerasBatch)
	h = newHashes("labels")
	for i := range classes {
		classes[i] = int32(h.at(i) % fer.NumEmotions)
	}
	return tensors.FromFlatDataAndDimensions(pixels, kerasBatch, fer.Size, fer.Size, 1),
		tensors.FromFlatDataAndDimensions(classes, kerasBatch)
}

// hashedWeight returns the values of the weight "conv1/kernel" as make_keras.py does.
func hashedWeight(name string, dims []int) []float32 {
	n, window := 1, 1
	for i, d := range dims {
		n *= d
		if i < len(dims)-2 {
			window *= d
		}
	}
	values := make([]float32, n)
	h := newHashes(name)
	_, kind, _ := strings.Cut(name, "/")
	for i := range values {
		bits := h.at(i)
		u := float64(bits>>40) / (1 << 24)
		var w float64
		switch kind {
		case "kernel":
			in, out := dims[len(dims)-2], dims[len(dims)-1]
			w = (2*u - 1) * math.Sqrt(6/float64(window*in+window*out))
		case "gamma":
			w = 0.5 + u
			if bits%4 == 0 {
				w = -w
			}
		case "moving_variance":
			w = 0.5 + u
		default:
			w = 0.4*u - 0.2
		}
		values[i] = float32(w)
	}
	return values
}

// hashes is a sequence of 64-bit hashes: SplitMix64, seeded with the FNV-1a hash of a name.
type hashes uint64

func newHashes(name string) hashes {
	h := fnv.New64a()
	h.Write([]byte(name))
	return hashes(h.Sum64())
}

func (h hashes) at(i int) uint64 {
	z := uint64(h) + uint64(i+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func newDigest(name string, values []float64) digest {
	d := digest{Sketch: make([]float64, 8)}
	h := newHashes("signs of " + name)
	for i, x := range values {
		if i < 8 {
			d.First = append(d.First, x)
		}
		d.Norm += x * x
		d.Sum += x
		bits := h.at(i)
		for k := range d.Sketch {
			d.Sketch[k] += x * float64(1-2*int(bits>>k&1))
		}
	}
	d.Norm = math.Sqrt(d.Norm)
	return d
}

func (d digest) times(factor float64) digest {
	scale := func(values []float64) []float64 {
		scaled := make([]float64, len(values))
		for i, v := range values {
			scaled[i] = factor * v
		}
		return scaled
	}
	return digest{math.Abs(factor) * d.Norm, factor * d.Sum, scale(d.First), scale(d.Sketch)}
}

// compareDigests wants the norm of two tensors' difference, which it estimates as the root mean square of the sketches'
// differences, within tolerance·norm + floor. Their norms can't differ by more, nor can the first values; errors of one
// sign add up in the sum.
func compareDigests(t *testing.T, what string, got, want digest, tolerance, floor float64) {
	t.Helper()
	limit := tolerance*want.Norm + floor
	if difference := distance(got.Sketch, want.Sketch) / math.Sqrt(8); !(difference <= limit) {
		t.Errorf("%s differs by about %.2g of %.3g, want at most %.2g", what, difference, want.Norm, limit)
	}
	if !(math.Abs(got.Norm-want.Norm) <= limit) || !(math.Abs(got.Sum-want.Sum) <= 30*limit) ||
		!(distance(got.First, want.First) <= limit) {
		t.Errorf("%s is %.9g, want %.9g within %.2g", what, got, want, limit)
	}
}

// compareLogits wants the norm of the logits' difference within tolerance·norm.
func compareLogits(t *testing.T, what string, got []float64, want [][]float64, tolerance float64) {
	t.Helper()
	b := slices.Concat(want...)
	difference, limit := distance(got, b), tolerance*distance(b, make([]float64, len(b)))
	if !(difference <= limit) {
		t.Errorf("logits in %s differ by %.2g, want at most %.2g", what, difference, limit)
	}
}

func compareLoss(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// distance is the Euclidean distance of two vectors of the same length.
func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(sum)
}

// cnnWithoutDropout is the original report's CNN, whose dropout no two frameworks draw alike, without it.
func cnnWithoutDropout() model.Net {
	c := model.OriginalCNN()
	c.Dropout = 0
	return model.CNN(&c)
}

// dnnWithoutDropout is the original report's DNN without dropout.
func dnnWithoutDropout() model.Net {
	c := model.OriginalDNN()
	c.Dropout = 0
	return model.DNN(&c)
}
