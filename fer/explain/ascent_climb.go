package explain

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"

	"ferlab/fer"
	"ferlab/fer/model"
)

// ascend runs all steps for up to maxBatch channels.
func (m *Model) ascend(layer string, channels []int, o AscentOptions) ([]*fer.Image, error) {
	w := newWaves(o.Pixels)
	size := batchSize(len(channels))
	labels, values := make([]int32, size), make([]float32, size*fer.Pixels)
	for i := range size {
		c := channels[min(i, len(channels)-1)]
		labels[i] = int32(c)
		copy(values[i*fer.Pixels:], w.start(o, c))
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0xa5ce))
	upTo := func(most float64) float64 { return most * (2*rng.Float64() - 1) }
	var movements []float32
	for range o.Steps {
		movements = append(movements, movement(1+upTo(o.Zoom), upTo(o.Rotation), upTo(o.Jitter), upTo(o.Jitter))...)
	}
	exec, err := m.cached("ascent "+layer+" "+o.graphKey(), func(s *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return []*graph.Node{m.climb(s, in[0], in[1], in[2], in[3], layer, w, o)}
	})
	if err != nil {
		return nil, err
	}
	var results []*tensors.Tensor
	caught := exceptions.TryCatch[error](func() {
		results, err = exec.Call(
			tensors.FromFlatDataAndDimensions(values, size, fer.Size, fer.Size),
			tensors.FromFlatDataAndDimensions(make([]float32, len(values)), size, fer.Size, fer.Size),
			tensors.FromFlatDataAndDimensions(labels, size),
			tensors.FromFlatDataAndDimensions(movements, o.Steps, len(movements)/o.Steps))
	})
	if err = errors.Join(caught, err); err != nil {
		return nil, fmt.Errorf("gradient ascent in %s: %w", layer, err)
	}
	flat, err := tensors.CopyFlatData[float32](results[0])
	if err != nil {
		return nil, err
	}
	results[0].FinalizeAll()
	images := make([]*fer.Image, len(channels))
	for i, c := range channels {
		if images[i], err = w.picture(flat[i*fer.Pixels : (i+1)*fer.Pixels]); err != nil {
			return nil, fmt.Errorf("gradient ascent of channel %d of %s: %w", c, layer, err)
		}
	}
	return images, nil
}

// graphKey tells apart the options whose graphs differ; the others are inputs.
func (o AscentOptions) graphKey() string {
	return fmt.Sprint(o.LearningRate, o.Pixels, o.TotalVariation, o.L2, o.Blur, o.Middle)
}

// climb is the whole ascent as a loop on the device: from the coefficients x, [batch, 48, 48], one step of Adam for
// each row of movements, [steps, 4], towards the answers of the channels, [batch]. The zeros, of x's shape, are Adam's
// first moments. It returns the last coefficients.
func (m *Model) climb(s *gomlx.Scope, x, zeros, channels, movements *graph.Node, layer string, w waves,
	o AscentOptions) *graph.Node {
	// Whatever the body reads goes through the loop's state, the weights too: go-xla v0.4.1 rejects most operations on
	// nodes from outside a closure. For the same reason nothing here may use a scalar: GoMLX would hand the body the
	// same node.
	g := x.Graph()
	steps := int32(movements.Shape().Dimensions[0])
	start := []*graph.Node{graph.Const(g, int32(0)), x, zeros, zeros, channels, movements}
	fixed := len(start)
	var weights []*gomlx.Variable
	for v := range m.store.Scope("/" + model.Scope).IterVariables() {
		weights, start = append(weights, v), append(start, v.NodeValue(g))
	}
	state := func(g *graph.Graph) []*graph.Node {
		nodes := make([]*graph.Node, len(start))
		for i, n := range start {
			nodes[i] = graph.Parameter(g, fmt.Sprint("state", i), n.Shape())
		}
		return nodes
	}
	unfinished := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		return []*graph.Node{graph.LessThan(state(g)[0], graph.Const(g, steps))}
	})
	body := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		now := state(g)
		for i, v := range weights {
			v.SetNodeValue(now[fixed+i])
			defer v.SetNodeValue(start[fixed+i])
		}
		x, first, second, channels, movements := now[1], now[2], now[3], now[4], now[5]
		row := graph.DynamicSlice(movements, []*graph.Node{now[0], graph.Const(g, int32(0))},
			[]int{1, movements.Shape().Dimensions[1]})
		next := graph.Add(now[0], graph.Const(g, int32(1)))
		grad := m.uphill(s, x, channels, graph.Squeeze(row, 0), layer, w, o)
		return slices.Concat([]*graph.Node{next}, adam(x, first, second, grad, next, w, o), now[4:])
	})
	return graph.While(unfinished, body, start...)[1]
}

// uphill returns the gradient of the [AscentGoal] with respect to the coefficients.
func (m *Model) uphill(s *gomlx.Scope, x, channels, movement *graph.Node, layer string, w waves,
	o AscentOptions) *graph.Node {
	picture := w.graph(x)
	model.Logits(s, m.net, graph.InsertAxes(moved(picture, movement), -1))
	answers := respond(output(x.Graph(), layer), o.Middle)
	return graph.Gradient(AscentGoal(answers, channels, picture, o), x)[0]
}

// AscentGoal is what [Ascend] raises: of the answers of a layer's filters to pictures, [batch, filters], those of the
// channels asked for, [batch], summed. Less are the penalties: the differences of neighbouring pixels, and the distance
// of the pictures, [batch, 48, 48], from mid-grey.
func AscentGoal(answers, channels, picture *graph.Node, o AscentOptions) *graph.Node {
	goal := graph.ReduceAllSum(graph.Mul(answers, graph.OneHot(channels, answers.Shape().Dimensions[1],
		answers.DType())))
	if o.TotalVariation > 0 {
		all, later, earlier := graph.AxisRange(), graph.AxisRange(1), graph.AxisRange(0, fer.Size-1)
		dy := graph.Sub(graph.Slice(picture, all, later), graph.Slice(picture, all, earlier))
		dx := graph.Sub(graph.Slice(picture, all, all, later), graph.Slice(picture, all, all, earlier))
		variation := graph.Add(graph.ReduceAllSum(graph.Abs(dy)), graph.ReduceAllSum(graph.Abs(dx)))
		goal = graph.Sub(goal, graph.MulScalar(variation, o.TotalVariation/fer.Pixels))
	}
	if o.L2 > 0 {
		distance := graph.ReduceAllSum(graph.Square(graph.AddScalar(picture, -0.5)))
		goal = graph.Sub(goal, graph.MulScalar(distance, o.L2/fer.Pixels))
	}
	return goal
}

// adam is step t, from 1, of Adam and the blur: it returns the new coefficients and their moments.
func adam(x, first, second, grad, t *graph.Node, w waves, o AscentOptions) []*graph.Node {
	g := x.Graph()
	// The gradient of a picture of 2304 pixels is tiny: it is scaled to a root mean square of 1, or Adam's epsilon
	// would stop it.
	grad = graph.Div(grad, graph.AddScalar(graph.Sqrt(graph.ReduceAndKeep(graph.Square(grad), graph.ReduceMean, 1, 2)),
		1e-12))
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	first = graph.Add(graph.MulScalar(first, beta1), graph.MulScalar(grad, 1-beta1))
	second = graph.Add(graph.MulScalar(second, beta2), graph.MulScalar(graph.Square(grad), 1-beta2))
	number := graph.ConvertDType(t, x.DType())
	unbias := func(moment *graph.Node, beta float64) *graph.Node {
		return graph.Div(moment, graph.OneMinus(graph.Pow(graph.Scalar(g, moment.DType(), beta), number)))
	}
	step := graph.Div(unbias(first, beta1), graph.AddScalar(graph.Sqrt(unbias(second, beta2)), epsilon))
	x = graph.Add(x, graph.MulScalar(step, o.LearningRate))
	if o.Blur > 0 && !o.Pixels {
		x = graph.Mul(x, graph.InsertAxes(graph.Const(g, w.blur(o.Blur)), 0))
	}
	return []*graph.Node{x, first, second}
}
