package run

import (
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

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
