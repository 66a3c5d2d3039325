package run

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// sums adds up a loss and the number of right answers over examples.
type sums struct {
	Loss    float64 `json:"loss"`
	Correct float64 `json:"correct"`
	Count   int     `json:"count"`
}

func (s *sums) add(o sums) {
	s.Loss += o.Loss
	s.Correct += o.Correct
	s.Count += o.Count
}

func (s sums) means() (loss, accuracy float64) {
	return s.Loss / float64(s.Count), s.Correct / float64(s.Count)
}

// NewStore returns an empty store from which the net's initial weights, dropout and batch normalisation follow as
// configured.
func (c Config) NewStore() (*gomlx.Store, error) {
	store := gomlx.NewStore()
	store.SetParam(nn.ParamSeed, int64(c.Seed))
	store.SetParam(nn.ParamBatchNormMomentum, c.BatchNormMomentum)
	return store, store.SetRNGStateFromSeed(int64(c.Seed))
}

// stepper runs the graph of a learner's steps.
type stepper struct {
	job     *Job
	learner Learner
	exec    *gomlx.Exec
	devices *devices // nil for one.
	inputs  []int    // Which fields of Inputs the feeds have, and which of Outputs the graph returns.
	outputs []int
	head    string // The net's last layer, if it learns alone for a while.
}

func newStepper(j *Job, l Learner) (*stepper, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	t := &stepper{job: j, learner: l}
	if j.Config.From.HeadEpochs > 0 {
		if t.head, err = model.LastLayer(j.Net); err != nil {
			return nil, err
		}
	}
	if t.exec, err = gomlx.NewExec(b, j.Store, t.graph); err != nil {
		return nil, err
	}
	t.devices, err = divide(t.exec, b, j.options.Devices)
	return t, err
}

// graph builds a step: the learner's loss, the update of the weights and of their average.
func (t *stepper) graph(s *gomlx.Scope, nodes []*graph.Node) []*graph.Node {
	var in Inputs[*graph.Node]
	unpack(&in, t.inputs, nodes)
	g, config := nodes[0].Graph(), t.job.Config
	s.Store().SetTraining(g, true)
	config.SetPrecision(g)
	var kept keeper
	if in.Frozen != nil {
		kept = keep(s, g, t.head)
	}
	out := t.learner.Loss(s, in)
	optimizer.LearningRateVar(s, dtypes.Float32, config.LearningRate).SetNodeValue(in.Rate)
	t.job.updateRule().UpdateGraph(s, g, out.Loss)
	if in.Frozen != nil {
		kept.restore(s, g, t.head, in.Frozen)
	}
	if config.EMA > 0 {
		nn.UpdateAverage(s.Store(), g, model.Scope, model.AverageScope, in.Decay)
	}
	returned, present := pack[*graph.Node](out, "Loss")
	t.outputs = present
	return returned
}

// step trains on a feed, in a training of so many steps.
func (t *stepper) step(f Feed, steps int) (sums, error) {
	if err := t.learner.Complete(&f); err != nil {
		return sums{}, err
	}
	f.Rate, f.Decay = float32(t.job.Config.LearningRateAt(f.Step, steps)), float32(t.job.Config.averageDecayAt(f.Step))
	if t.head != "" {
		f.Frozen = float32(0)
		if t.job.Config.frozen(f.Step, steps) {
			f.Frozen = float32(1)
		}
	}
	args, present := pack[any](f.Inputs)
	if t.inputs == nil {
		t.inputs = present
	}
	if fmt.Sprint(present) != fmt.Sprint(t.inputs) {
		return sums{}, fmt.Errorf("step %d has other inputs than those before it", f.Step)
	}
	if err := t.devices.split(t.exec, args); err != nil {
		return sums{}, err
	}
	values, err := backend.Call(t.exec, args...)
	if err != nil {
		return sums{}, err
	}
	var out Outputs[any]
	unpack(&out, t.outputs, values)
	t.learner.Stepped(f, out)
	return sums{Loss: scalar(out.Sum), Correct: scalar(out.Correct), Count: f.Count}, nil
}

// scalar is the value of an output that is one number.
func scalar(values any) float64 { return float64(values.([]float32)[0]) }

// updateRule is the optimizer: the configured one, or that of the options.
func (j *Job) updateRule() optimizer.Interface {
	switch j.Config.Optimizer {
	case model.Custom:
		return j.options.Optimizer.Rule
	case "sgd":
		return optimizer.StochasticGradientDescent().WithDecay(false).Done()
	case "nesterov":
		return nn.Nesterov{Momentum: 0.9, WeightDecay: j.Config.WeightDecay}
	}
	return optimizer.Adam().WeightDecay(j.Config.WeightDecay).Done()
}

// LearningRateAt is the learning rate of a step, counted from 0, of a training of so many steps.
func (c Config) LearningRateAt(step, steps int) float64 {
	rate := c.LearningRate
	if step < c.WarmupSteps {
		return rate * float64(step+1) / float64(c.WarmupSteps)
	}
	if c.Schedule == "cosine" && steps > c.WarmupSteps {
		progress := float64(step-c.WarmupSteps) / float64(steps-c.WarmupSteps)
		rate *= c.RateFloor + (1-c.RateFloor)*(1+math.Cos(math.Pi*progress))/2
	}
	return rate
}

// averageDecayAt is the decay of the weights' moving average at a step, counted from 0, as in TensorFlow's
// ExponentialMovingAverage; see [Config.EMA].
func (c Config) averageDecayAt(step int) float64 {
	return min(c.EMA, (1+float64(step))/(10+float64(step)))
}

// batchTensors returns images of size×size pixels as uint8 [batch, size, size, 1] and their labels as int32 [batch].
func batchTensors(images []uint8, size int, labels []int32) (x, y *tensors.Tensor) {
	return tensors.FromFlatDataAndDimensions(images, len(labels), size, size, 1),
		tensors.FromFlatDataAndDimensions(labels, len(labels))
}
