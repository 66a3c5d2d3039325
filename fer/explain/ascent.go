package explain

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
)

// AscentOptions configures [Ascend]; nil, or a field's zero value, means the default.
type AscentOptions struct {
	Steps        int     // Of Adam (Kingma & Ba 2015); default 256.
	LearningRate float64 // Default 0.05.
	// Pixels ascends in single pixels. The default are the amplitudes of waves (cosine transform), each scaled by the inverse
	// of its frequency as in photographs, so that coarse forms come first (Olah et al. 2017, who also decorrelate colours:
	// grey has none).
	Pixels bool
	// Jitter moves the picture at random by up to so many pixels at every step, and Zoom enlarges or shrinks it by up to that
	// share, so that no form depends on the pixel raster; defaults 2 and 0.05, negative for none.
	Jitter, Zoom float64
	// TotalVariation is the weight of the mean difference of neighbouring pixels, and L2 that of the mean squared distance from
	// mid-grey, in units of the channel's answer; defaults 0.2 and 0.1, negative for none.
	TotalVariation, L2 float64
	// Blur is how much the finest wave loses of its amplitude at each step (others less, by their squared frequency), 0…1; 0 is
	// none. It has no effect with Pixels.
	Blur float64
	// Middle ascends the neuron in the middle of the layer instead of the channel, whose answer is the mean of a leaky ReLU over all
	// positions.
	Middle bool
	// Start is what the ascent begins with; nil is mid-grey with faint noise.
	Start *fer.Image
	Seed  uint64
}

func (o *AscentOptions) withDefaults() (AscentOptions, error) {
	c := AscentOptions{}
	if o != nil {
		c = *o
	}
	fill := func(v *float64, standard float64) {
		switch {
		case *v == 0:
			*v = standard
		case *v < 0:
			*v = 0
		}
	}
	fill(&c.LearningRate, 0.05)
	fill(&c.Jitter, 2)
	fill(&c.Zoom, 0.05)
	fill(&c.TotalVariation, 0.2)
	fill(&c.L2, 0.1)
	if c.Steps == 0 {
		c.Steps = 256
	}
	if c.Steps < 0 || c.LearningRate == 0 || c.Jitter >= fer.Size/2 || c.Zoom >= 1 || c.Blur < 0 || c.Blur >= 1 {
		return c, fmt.Errorf("gradient ascent with %d steps, rate %g, jitter %g, zoom %g, blur %g: want positive steps and rate, jitter below %d, zoom below 1, blur in 0…1",
			c.Steps, c.LearningRate, c.Jitter, c.Zoom, c.Blur, fer.Size/2)
	}
	return c, nil
}

// Ascent is a picture that a channel answers to.
type Ascent struct {
	Layer      string
	Channel    int
	Image      *fer.Image
	Activation float64     // The channel's answer to Image: the mean over the positions of a leaky ReLU (0.1), or the middle neuron's value.
	Peak       float64     // The largest value at any position.
	Predicted  fer.Emotion // What the net takes Image for.
}

// Ascend makes, by gradient ascent, the picture that each channel of a layer answers to most (Erhan et al. 2009). All channels
// ascend in one graph, 64 at a time. The layer is taken before its ReLU, see [Model.PreActivation]. The same options and channels
// give the same pictures.
func Ascend(m *Model, layer string, channels []int, o *AscentOptions) ([]Ascent, error) {
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if layer, err = m.PreActivation(layer); err != nil {
		return nil, err
	}
	if err := m.checkChannels(layer, channels); err != nil {
		return nil, err
	}
	ascents := make([]Ascent, len(channels))
	var images []*fer.Image
	for start := 0; start < len(channels); start += maxBatch {
		part, err := m.ascend(layer, channels[start:min(start+maxBatch, len(channels))], options)
		if err != nil {
			return nil, err
		}
		images = append(images, part...)
	}
	if len(images) == 0 {
		return nil, nil
	}
	r, err := m.responses(layer, options.Middle, allPixels(images))
	if err != nil {
		return nil, err
	}
	for i, c := range channels {
		ascents[i] = Ascent{layer, c, images[i], float64(r.answers[i][c]), float64(r.peaks[i][c]), highest([fer.NumEmotions]float32(r.logits[i]))}
	}
	return ascents, nil
}

// AscendClasses makes the picture that raises the logit of each class most.
func AscendClasses(m *Model, o *AscentOptions) ([]Ascent, error) {
	channels := make([]int, fer.NumEmotions)
	for c := range channels {
		channels[c] = c
	}
	return Ascend(m, m.layers[len(m.layers)-1].Name, channels, o)
}

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
	exec, err := gomlx.NewExec(m.backend, m.store, func(s *gomlx.Scope, in []*graph.Node) []*graph.Node {
		return m.step(s, in, layer, w, o)
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	cube := func(v []float32) *tensors.Tensor {
		return tensors.FromFlatDataAndDimensions(v, size, fer.Size, fer.Size)
	}
	state := []*tensors.Tensor{cube(values), cube(make([]float32, len(values))), cube(make([]float32, len(values)))}
	classes := tensors.FromFlatDataAndDimensions(labels, size)
	rng := rand.New(rand.NewPCG(o.Seed, 0xa5ce))
	for t := 1; t <= o.Steps; t++ {
		zoom := 1 + o.Zoom*(2*rng.Float64()-1)
		rows, columns := resample(zoom, o.Jitter*(2*rng.Float64()-1)), resample(zoom, o.Jitter*(2*rng.Float64()-1))
		next, err := exec.Call(state[0], state[1], state[2], classes, rows, columns, float32(t))
		if err != nil {
			return nil, fmt.Errorf("gradient ascent in %s, step %d: %w", layer, t, err)
		}
		for _, old := range state {
			old.FinalizeAll()
		}
		state = next
	}
	flat, err := tensors.CopyFlatData[float32](state[0])
	if err != nil {
		return nil, err
	}
	images := make([]*fer.Image, len(channels))
	for i, c := range channels {
		if images[i], err = w.picture(flat[i*fer.Pixels : (i+1)*fer.Pixels]); err != nil {
			return nil, fmt.Errorf("gradient ascent of channel %d of %s: %w", c, layer, err)
		}
	}
	return images, nil
}

// step is one step of Adam: in are the coefficients, their moments (all [batch, 48, 48]), the channels [batch], the
// resampling of rows and columns [48, 48], and the step's number.
func (m *Model) step(s *gomlx.Scope, in []*graph.Node, layer string, w waves, o AscentOptions) []*graph.Node {
	x, first, second, channels, rows, columns, t := in[0], in[1], in[2], in[3], in[4], in[5], in[6]
	g := x.Graph()
	picture := w.graph(x)
	seen := graph.Einsum("xu,kuv->kxv", rows, picture)
	seen = graph.Einsum("yv,kxv->kxy", columns, seen)
	model.Logits(s, m.net, graph.InsertAxes(seen, -1))
	answers := respond(output(g, layer), o.Middle)
	goal := graph.ReduceAllSum(graph.Mul(answers, graph.OneHot(channels, answers.Shape().Dimensions[1], answers.DType())))
	if o.TotalVariation > 0 {
		dy := graph.Sub(graph.Slice(picture, graph.AxisRange(), graph.AxisRange(1)), graph.Slice(picture, graph.AxisRange(), graph.AxisRange(0, fer.Size-1)))
		dx := graph.Sub(graph.Slice(picture, graph.AxisRange(), graph.AxisRange(), graph.AxisRange(1)), graph.Slice(picture, graph.AxisRange(), graph.AxisRange(), graph.AxisRange(0, fer.Size-1)))
		variation := graph.Add(graph.ReduceAllSum(graph.Abs(dy)), graph.ReduceAllSum(graph.Abs(dx)))
		goal = graph.Sub(goal, graph.MulScalar(variation, o.TotalVariation/fer.Pixels))
	}
	if o.L2 > 0 {
		distance := graph.ReduceAllSum(graph.Square(graph.AddScalar(picture, -0.5)))
		goal = graph.Sub(goal, graph.MulScalar(distance, o.L2/fer.Pixels))
	}
	grad := graph.Gradient(goal, x)[0]
	// The gradient of a picture of 2304 pixels is tiny: it is scaled to a root mean square of 1, or Adam's epsilon would stop it.
	grad = graph.Div(grad, graph.AddScalar(graph.Sqrt(graph.ReduceAndKeep(graph.Square(grad), graph.ReduceMean, 1, 2)), 1e-12))
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	first = graph.Add(graph.MulScalar(first, beta1), graph.MulScalar(grad, 1-beta1))
	second = graph.Add(graph.MulScalar(second, beta2), graph.MulScalar(graph.Square(grad), 1-beta2))
	unbias := func(moment *graph.Node, beta float64) *graph.Node {
		return graph.Div(moment, graph.OneMinus(graph.Pow(graph.Scalar(g, moment.DType(), beta), t)))
	}
	move := graph.Div(unbias(first, beta1), graph.AddScalar(graph.Sqrt(unbias(second, beta2)), epsilon))
	x = graph.Add(x, graph.MulScalar(move, o.LearningRate))
	if o.Blur > 0 && !o.Pixels {
		x = graph.Mul(x, graph.InsertAxes(graph.Const(g, w.blur(o.Blur)), 0))
	}
	return []*graph.Node{x, first, second}
}

// resample returns the matrix, [48, 48], that enlarges a line of pixels around its middle and shifts it, with linear
// interpolation; beyond the ends it repeats them.
func resample(zoom, shift float64) *tensors.Tensor {
	const n = fer.Size
	values := make([]float32, n*n)
	for i := range n {
		p := min(max((float64(i)-(n-1)/2.)/zoom+(n-1)/2.+shift, 0), n-1)
		low := int(math.Floor(p))
		values[i*n+low] += float32(1 - (p - float64(low)))
		values[i*n+min(low+1, n-1)] += float32(p - float64(low))
	}
	return tensors.FromFlatDataAndDimensions(values, n, n)
}
