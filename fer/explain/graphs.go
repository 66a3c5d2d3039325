package explain

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// builder adds to a net in inference mode what is asked for. score is the sum over the batch of the logits of the
// images' classes; every output has the batch as its first axis.
type builder func(logits, score, images *graph.Node) []*graph.Node

// mostOutputs bounds the outputs of a graph: of no image, so many are there, and all are empty.
const mostOutputs = 8

// call runs a graph over any number of images: out[k][i] is output k of image i, flattened. The key names the graph;
// one that begins with "guided" is built with [nn.GuideReLU]. Without classes they are all 0.
func (m *Model) call(key string, build builder, xs []pixels, classes []fer.Class) (out [][][]float32, err error) {
	exec, err := m.exec(key, build)
	if err != nil {
		return nil, err
	}
	if len(xs) == 0 {
		return make([][][]float32, mostOutputs), nil
	}
	for start := 0; start < len(xs); start += maxBatch {
		n := min(len(xs)-start, maxBatch)
		size := batchSize(n)
		batch, labels := make([]float32, size*fer.Pixels), make([]int32, size)
		for i := range n {
			copy(batch[i*fer.Pixels:], xs[start+i])
			if classes != nil {
				labels[i] = int32(classes[start+i])
			}
		}
		var results []*tensors.Tensor
		caught := exceptions.TryCatch[error](func() {
			results, err = exec.Call(tensors.FromFlatDataAndDimensions(batch, size, fer.Size, fer.Size, 1),
				tensors.FromFlatDataAndDimensions(labels, size))
		})
		if err = errors.Join(caught, err); err != nil {
			return nil, fmt.Errorf("running the net %s: %w", m.Name, err)
		}
		if out == nil {
			out = make([][][]float32, len(results))
		}
		for k, result := range results {
			values, err := tensors.CopyFlatData[float32](result)
			if err != nil {
				return nil, err
			}
			each := len(values) / size
			for i := range n {
				out[k] = append(out[k], values[i*each:(i+1)*each:(i+1)*each])
			}
			result.FinalizeAll()
		}
	}
	return out, nil
}

func (m *Model) exec(key string, build builder) (*gomlx.Exec, error) {
	return m.cached(key, func(s *gomlx.Scope, in []*graph.Node) []*graph.Node {
		images, classes := in[0], in[1]
		if strings.HasPrefix(key, "guided") {
			nn.GuideReLU(images.Graph())
		}
		before := m.store.NumVariables()
		logits := model.Logits(s, m.net, images)
		if m.store.NumVariables() > before {
			panic(errors.New("the weights don't fit the net: it has variables that they lack"))
		}
		hot := graph.OneHot(classes, logits.Shape().Dimensions[1], logits.DType())
		score := graph.ReduceAllSum(graph.Mul(logits, hot))
		return build(logits, score, images)
	})
}

// cached returns the executor of that key, made of the graph function if there is none yet. It compiles once for every
// shape of its inputs.
func (m *Model) cached(key string, build func(s *gomlx.Scope, in []*graph.Node) []*graph.Node) (*gomlx.Exec, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if exec := m.execs[key]; exec != nil {
		return exec, nil
	}
	exec, err := gomlx.NewExec(m.backend, m.store, func(s *gomlx.Scope, in []*graph.Node) []*graph.Node {
		m.compiled.Add(1)
		return build(s, in)
	})
	if err != nil {
		return nil, err
	}
	m.execs[key] = exec
	return exec, nil
}

// output returns the output of a layer in a graph. The layer exists: see [Model.Layer].
func output(g *graph.Graph, layer string) *graph.Node {
	for _, l := range nn.Layers(g) {
		if l.Name == layer {
			return l.Output
		}
	}
	panic(fmt.Errorf("the graph has no layer %q", layer))
}
