package model

import (
	"fmt"
	"math"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/nn"
)

// predictBatch is the largest batch of a [Predictor]; smaller inputs use the next power of two, so that few sizes
// compile.
const predictBatch = 256

// Predictor runs a net in inference mode. It is safe for use by several goroutines.
type Predictor struct {
	exec    *gomlx.Exec
	backend compute.Backend
	// GoMLX v0.28.2 writes to the store's variables while it builds a graph: one goroutine builds, with no other about.
	building sync.RWMutex
	built    map[int]bool // The batch sizes that have a graph.
}

// Precision is how a net computes what it predicts. The weights are float32.
type Precision string

// Float32 is the precision of all evaluations; MixedBFloat16 (Keras's name) that of [nn.MixedPrecision], which is
// faster on a processor with products of bfloat16.
const (
	Float32       Precision = ""
	MixedBFloat16 Precision = "mixed_bfloat16"
)

// Check returns an error if there is no such precision.
func (p Precision) Check() error {
	if p != Float32 && p != MixedBFloat16 {
		return fmt.Errorf("precision is %q, want %q, or none for float32", p, MixedBFloat16)
	}
	return nil
}

// fewestMixed is the batch from which on rounding pays without oneDNN, where every call rounds the weights: at 4 images
// the CNN ties, at 1 it takes twice the time. With it they are rounded once, and a single image gains, too.
const fewestMixed = 8

// NewPredictor returns a predictor for a net whose weights are in the store (see [DecodeWeights]), or have their
// initial values if the store is empty. It copies them: what happens to the store afterwards doesn't change what it
// predicts.
func NewPredictor(net Net, store *gomlx.Store, precision Precision) (*Predictor, error) {
	if err := precision.Check(); err != nil {
		return nil, err
	}
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	empty := store.NumVariables() == 0
	if store, err = store.Clone(); err != nil {
		return nil, fmt.Errorf("copying the weights: %w", err)
	}
	freezer := nn.NewFreezer(store)
	known := store.NumVariables()
	_, fast := backend.HasOneDNN(b)
	exec, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images *graph.Node) *graph.Node {
		if precision == MixedBFloat16 && (fast || images.Shape().Dimensions[0] >= fewestMixed) {
			nn.MixedPrecision(images.Graph())
		}
		freezer.Freeze(images.Graph())
		logits := Logits(s, net, images)
		if !empty && store.NumVariables() > known {
			panic(errDoesntFit("it has variables that they lack"))
		}
		return logits
	})
	if err != nil {
		return nil, err
	}
	exec.SetMaxCache(16)
	return &Predictor{exec: exec, backend: b, built: map[int]bool{}}, nil
}

// call runs the net over a batch of a size.
func (p *Predictor) call(size int, images *tensors.Tensor) ([]*tensors.Tensor, error) {
	p.building.RLock()
	if p.built[size] {
		defer p.building.RUnlock()
		return backend.Run(p.exec, images)
	}
	p.building.RUnlock()
	p.building.Lock()
	defer p.building.Unlock()
	out, err := backend.Run(p.exec, images)
	p.built[size] = err == nil
	return out, err
}

// Logits builds a net in inference mode over images, uint8 [batch, 48, 48, 1] or float32 in [0, 1].
func Logits(s *gomlx.Scope, net Net, images *graph.Node) *graph.Node {
	return LogitsIn(s.In(Scope), net, images)
}

// LogitsIn is [Logits] with the net's variables directly in the scope, such as [AverageScope]'s.
func LogitsIn(s *gomlx.Scope, net Net, images *graph.Node) *graph.Node {
	s.Store().SetTraining(images.Graph(), false)
	x := Normalize(images)
	logits := net(s, x)
	if err := CheckLogits(x, logits); err != nil {
		panic(err)
	}
	return logits
}

// Normalize turns uint8 images into float32 in [0, 1]; float images it returns as they are.
func Normalize(images *graph.Node) *graph.Node {
	if images.DType() != dtypes.Uint8 {
		return images
	}
	return graph.MulScalar(graph.ConvertDType(images, dtypes.Float32), 1.0/255)
}

// Logits returns the logits of every image, [n][classes].
func (p *Predictor) Logits(images []*fer.Image) ([][]float32, error) {
	all := make([][]float32, 0, len(images))
	for len(images) > 0 {
		n := min(len(images), predictBatch)
		size := 1
		for size < n {
			size *= 2
		}
		values, err := p.batch(images[:n], size)
		if err != nil {
			return nil, err
		}
		each := len(values) / size
		for i := range n {
			all = append(all, values[i*each:(i+1)*each:(i+1)*each])
		}
		images = images[n:]
	}
	return all, nil
}

// batch returns the logits of a batch of a size, of which images are the first, one after the other.
func (p *Predictor) batch(images []*fer.Image, size int) ([]float32, error) {
	shape := shapes.Make(dtypes.Uint8, size, fer.Size, fer.Size, 1)
	batch, err := tensors.FromShapeForBackend(p.backend, 0, shape) // On a CPU XLA reads it where it is.
	if err != nil {
		return nil, err
	}
	err = tensors.MutableFlatData(batch, func(pixels []uint8) {
		for i, m := range images {
			copy(pixels[i*fer.Pixels:], m[:])
		}
	})
	if err != nil {
		return nil, err
	}
	out, err := p.call(size, batch)
	if err != nil {
		return nil, err
	}
	values, err := backend.Values(out)
	if err != nil {
		return nil, err
	}
	return values[0].([]float32), nil
}

// Probabilities returns the softmax of the logits of every image divided by the temperature (1 for the net's own
// confidence), [n][classes].
func (p *Predictor) Probabilities(images []*fer.Image, temperature float64) ([][]float64, error) {
	logits, err := p.Logits(images)
	if err != nil {
		return nil, err
	}
	probs := make([][]float64, len(logits))
	for i, l := range logits {
		probs[i] = Softmax(l, temperature)
	}
	return probs, nil
}

// Softmax turns logits into probabilities at a temperature (Guo et al. 2017); 1 leaves them as they are.
func Softmax(logits []float32, temperature float64) []float64 {
	probs := make([]float64, len(logits))
	highest := math.Inf(-1)
	for _, l := range logits {
		highest = max(highest, float64(l))
	}
	sum := 0.0
	for i, l := range logits {
		probs[i] = math.Exp((float64(l) - highest) / temperature)
		sum += probs[i]
	}
	for i := range probs {
		probs[i] /= sum
	}
	return probs
}
