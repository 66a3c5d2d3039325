package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// Model is a trained net opened for explanation. It keeps what it has compiled, one graph per purpose and batch size
// (1, 8 or 64), so that a second image costs no compilation. It is safe for use by several goroutines.
type Model struct {
	Name string
	// Classes are what the net tells apart; the zero value is the seven emotions.
	Classes fer.Classes

	net     model.Net
	store   *gomlx.Store
	backend compute.Backend
	layers  []model.LayerSummary

	mu       sync.Mutex
	execs    map[string]*gomlx.Exec
	compiled atomic.Int64 // How many graphs were built and compiled.
}

// maxBatch is the largest batch of a graph.
const maxBatch = 64

// batchSize returns the size of the graph for n ≤ maxBatch images. There are few sizes, since compiling one takes
// longer than running it does.
func batchSize(n int) int {
	switch {
	case n == 1:
		return 1
	case n <= 8:
		return 8
	}
	return maxBatch
}

// together calls f for n images in parts, each image standing for so many inputs of the net: as many of them as fill
// the batches of a few graphs, since a batch that is half empty takes as long as a full one.
func together(n, inputs int, f func(start, end int) error) error {
	part := max(8*maxBatch/inputs, 1)
	for start := 0; start < n; start += part {
		if err := f(start, min(start+part, n)); err != nil {
			return err
		}
	}
	return nil
}

// Open opens a run's net with its weights.
func Open(r *run.Run) (*Model, error) {
	net, err := r.Net()
	if err != nil {
		return nil, err
	}
	store, err := r.Store()
	if err != nil {
		return nil, err
	}
	m, err := New(r.Name, net, store)
	if err != nil {
		return nil, err
	}
	m.Classes = r.Config.Classes
	return m, nil
}

// New opens a net whose weights are in the store (see [model.DecodeWeights]).
func New(name string, net model.Net, store *gomlx.Store) (*Model, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	summary, err := model.Summarize(net)
	if err != nil {
		return nil, err
	}
	return &Model{Name: name, net: net, store: store, backend: b, layers: summary.Layers,
		execs: map[string]*gomlx.Exec{}}, nil
}

// Layers returns the net's layers in order.
func (m *Model) Layers() []model.LayerSummary { return slices.Clone(m.layers) }

// LayersOf returns the names of the layers of a type, such as "ReLU", that have positions, in order.
func (m *Model) LayersOf(kind string) []string {
	var names []string
	for _, l := range m.layers {
		if l.Type == kind && len(l.Output) == 3 {
			names = append(names, l.Name)
		}
	}
	return names
}

// Layer returns the layer of that name, or an error that lists the names.
func (m *Model) Layer(name string) (model.LayerSummary, error) {
	var names []string
	for _, l := range m.layers {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return model.LayerSummary{}, fmt.Errorf("the net %s has no layer %q, want one of %s", m.Name, name,
		strings.Join(names, ", "))
}

// Logits returns the logits of every image, in inference mode.
func (m *Model) Logits(images []*fer.Image) ([][]float32, error) {
	return m.logits(allPixels(images))
}

// Predict returns the class of the highest logit of every image.
func (m *Model) Predict(images []*fer.Image) ([]fer.Class, error) {
	logits, err := m.Logits(images)
	if err != nil {
		return nil, err
	}
	classes := make([]fer.Class, len(images))
	for i, l := range logits {
		classes[i] = highest(l)
	}
	return classes, nil
}

// highest returns the class of the highest logit.
func highest(logits []float32) fer.Class {
	best := fer.Class(0)
	for c, v := range logits {
		if v > logits[best] {
			best = fer.Class(c)
		}
	}
	return best
}

// pixels is an image as the net sees it: float32 in [0, 1].
type pixels = []float32

func toPixels(m *fer.Image) pixels {
	x := make(pixels, fer.Pixels)
	for i, v := range m {
		x[i] = float32(v) / 255
	}
	return x
}

func allPixels(images []*fer.Image) []pixels {
	xs := make([]pixels, len(images))
	for i, m := range images {
		xs[i] = toPixels(m)
	}
	return xs
}

func (m *Model) logits(xs []pixels) ([][]float32, error) {
	out, err := m.call("logits", func(logits, _, _ *graph.Node) []*graph.Node { return []*graph.Node{logits} }, xs, nil)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// scores returns the logit of each image's class.
func (m *Model) scores(xs []pixels, classes []fer.Class) ([]float64, error) {
	logits, err := m.logits(xs)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, len(xs))
	for i, l := range logits {
		scores[i] = float64(l[classes[i]])
	}
	return scores, nil
}

// Gradients returns the gradient of each image's class logit with respect to its pixels, 48·48 of it row by row; pixels
// are in [0, 1].
func (m *Model) Gradients(images []*fer.Image, classes []fer.Class) ([][]float32, error) {
	if err := m.check(images, classes); err != nil || len(images) == 0 {
		return nil, err
	}
	return m.gradients(allPixels(images), classes)
}

func (m *Model) gradients(xs []pixels, classes []fer.Class) ([][]float32, error) {
	out, err := m.call("gradient", func(_, score, images *graph.Node) []*graph.Node {
		return graph.Gradient(score,
			images)
	}, xs, classes)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// ActivationsAndGradients returns, of every image, the output of a layer, and the gradient of the logit of the image's
// class with respect to it; each flattened from the layer's Output in [Model.Layer], so that channels come last.
func (m *Model) ActivationsAndGradients(layer string, images []*fer.Image, classes []fer.Class) (activations,
	gradients [][]float32, err error) {
	_, err = m.Layer(layer)
	if err = errors.Join(m.check(images, classes), err); err != nil || len(images) == 0 {
		return nil, nil, err
	}
	out, err := m.call("layer "+layer, func(_, score, images *graph.Node) []*graph.Node {
		activation := output(images.Graph(), layer)
		return []*graph.Node{activation, graph.Gradient(score, activation)[0]}
	}, allPixels(images), classes)
	if err != nil {
		return nil, nil, err
	}
	return out[0], out[1], nil
}

// check returns an error unless there is one class of the net per image.
func (m *Model) check(images []*fer.Image, classes []fer.Class) error {
	return check(m.Classes, images, classes)
}

// check returns an error unless there is one class of the set per image.
func check(of fer.Classes, images []*fer.Image, classes []fer.Class) error {
	if len(images) != len(classes) {
		return fmt.Errorf("%d images and %d classes, want one class per image", len(images), len(classes))
	}
	for i, c := range classes {
		if images[i] == nil {
			return fmt.Errorf("image %d is nil", i)
		}
		if !of.Has(c) {
			return fmt.Errorf("%s of image %d, want one of %s", of.Name(c), i, of)
		}
	}
	return nil
}
