package run

import (
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/dataset"
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

// trainer holds a net's store and the compiled graphs of a training step and of evaluation.
type trainer struct {
	*Evaluator
	config        Config
	store         *gomlx.Store
	teachers      *teachers
	train         *gomlx.Exec
	devices       *devices // nil for one.
	stepsPerEpoch int
}

func (t *trainer) totalSteps() int { return t.config.Epochs * t.stepsPerEpoch }

// NewStore returns an empty store from which the net's initial weights, dropout and batch normalisation follow as configured.
func (c Config) NewStore() (*gomlx.Store, error) {
	store := gomlx.NewStore()
	store.SetParam(nn.ParamSeed, int64(c.Seed))
	if c.BatchNormMomentum != 0 {
		store.SetParam(nn.ParamBatchNormMomentum, c.BatchNormMomentum)
	}
	return store, store.SetRNGStateFromSeed(int64(c.Seed))
}

// newTrainer compiles lazily, for so many devices; weights are the classes' weights in the loss.
func newTrainer(config Config, net model.Net, teacherRuns []*Run, numDevices, stepsPerEpoch int, weights [fer.NumEmotions]float32) (*trainer, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	t := &trainer{config: config, stepsPerEpoch: stepsPerEpoch}
	if t.store, err = config.NewStore(); err != nil {
		return nil, err
	}
	if t.Evaluator, err = newEvaluator(config, net, t.store); err != nil {
		return nil, err
	}
	if t.teachers, err = newTeachers(config.Distill, teacherRuns); err != nil {
		return nil, err
	}
	t.train, err = gomlx.NewExec(b, t.store, func(s *gomlx.Scope, images, labels, soft, rate, average, blend *graph.Node) []*graph.Node {
		g := images.Graph()
		s.Store().SetTraining(g, true)
		config.SetPrecision(g)
		x := model.Normalize(images)
		targets := nn.Targets(labels, fer.NumEmotions, config.LabelSmoothing)
		if config.Mixup > 0 {
			x, targets, soft = nn.Mixup(x, blend), nn.Mixup(targets, blend), nn.Mixup(soft, blend)
		}
		logits := net(s.In(model.Scope), x)
		if err := model.CheckLogits(x, logits); err != nil {
			panic(err)
		}
		if config.ClassWeight != "" {
			targets = graph.Mul(targets, graph.ExpandLeftToRank(graph.Const(g, weights[:]), 2))
		}
		losses := config.Distill.loss(logits, targets, soft)
		optimizer.LearningRateVar(s, dtypes.Float32, config.LearningRate).SetNodeValue(rate)
		config.UpdateRule().UpdateGraph(s, g, graph.ReduceAllMean(losses))
		if config.EMA > 0 {
			nn.UpdateAverage(s.Store(), g, model.Scope, model.AverageScope, average)
		}
		return []*graph.Node{graph.ReduceAllSum(losses), correct(logits, labels)}
	})
	if err != nil {
		return nil, err
	}
	t.devices, err = divide(t.train, b, numDevices)
	return t, err
}

// UpdateRule is the configured optimizer.
func (c Config) UpdateRule() optimizer.Interface {
	switch c.Optimizer {
	case "sgd":
		return optimizer.StochasticGradientDescent().WithDecay(false).Done()
	case "nesterov":
		return nn.Nesterov{Momentum: 0.9, WeightDecay: c.WeightDecay}
	}
	return optimizer.Adam().WeightDecay(c.WeightDecay).Done()
}

// classWeights are scikit-learn's "balanced" weights: examples / (classes · examples of the class); 1 for an absent class.
func classWeights(examples []fer.Example) (weights [fer.NumEmotions]float32) {
	var counts [fer.NumEmotions]int
	for _, e := range examples {
		counts[e.Label]++
	}
	for i, n := range counts {
		weights[i] = float32(len(examples)) / float32(fer.NumEmotions*max(n, 1))
	}
	return weights
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

// AverageDecayAt is the decay of the weights' moving average at a step, counted from 0, as in TensorFlow's
// ExponentialMovingAverage; see [Config.EMA].
func (c Config) AverageDecayAt(step int) float64 {
	return min(c.EMA, (1+float64(step))/(10+float64(step)))
}

// blend draws mixup's share of a step.
func (c Config) blend(step int) float64 {
	if c.Mixup == 0 {
		return 1
	}
	return distuv.Beta{Alpha: c.Mixup, Beta: c.Mixup, Src: rand.NewPCG(c.Seed, uint64(step))}.Rand()
}

// step trains on one batch; step counts from 0 over the whole training.
func (t *trainer) step(b dataset.Batch, step int) (sums, error) {
	pixels, size := t.config.Progressive.resize(b.Images, step/t.stepsPerEpoch)
	images, labels := batchTensors(pixels, size, b.Labels)
	soft, err := t.teachers.probabilities(b)
	if err != nil {
		return sums{}, err
	}
	c := t.config
	args := []any{images, labels, soft,
		float32(c.LearningRateAt(step, t.totalSteps())), float32(c.AverageDecayAt(step)), float32(c.blend(step))}
	if err := t.devices.split(args); err != nil {
		return sums{}, err
	}
	return call(t.train, b.Len(), args...)
}

// batchTensors returns images of size×size pixels as uint8 [batch, size, size, 1] and their labels as int32 [batch].
func batchTensors(images []uint8, size int, labels []int32) (x, y *tensors.Tensor) {
	return tensors.FromFlatDataAndDimensions(images, len(labels), size, size, 1),
		tensors.FromFlatDataAndDimensions(labels, len(labels))
}

// call runs a graph that returns the sum of losses and the number of right answers of so many examples.
func call(exec *gomlx.Exec, count int, args ...any) (sums, error) {
	out, err := backend.Call(exec, args...)
	if err != nil {
		return sums{}, err
	}
	return sums{Loss: float64(out[0].([]float32)[0]), Correct: float64(out[1].([]float32)[0]), Count: count}, nil
}
