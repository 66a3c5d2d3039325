package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// batchNormEpsilon is Keras's default.
const batchNormEpsilon = 1e-3

// ParamBatchNormMomentum is the name of the store parameter (float64) for the weight of the old value in batch normalisation's
// moving averages; Keras's default of 0.99 if it isn't set. A training of few steps needs less: after n steps the averages
// still hold momentumⁿ of their initial values.
const ParamBatchNormMomentum = "ferlab_batchnorm_momentum"

// BatchNorm normalises every channel (the last axis) by the batch's mean and variance in training and by their moving
// averages in inference, then scales by gamma and shifts by beta (Ioffe & Szegedy 2015), with Keras's epsilon and
// the momentum [ParamBatchNormMomentum].
//
// GoMLX's own batch norm removes the bias of the moving averages' first steps, which Keras doesn't, and needs an operation
// that the pure-Go backend lacks; this one is made of primitives.
func BatchNorm(s *model.Scope, x *Node) *Node {
	bn := newBatchNorm(s, x)
	if !s.Store().IsTraining(x.Graph()) {
		return bn.record(bn.inference(x))
	}
	mean, variance := moments(x)
	bn.update(mean, variance)
	scale := Div(bn.gamma.NodeValue(x.Graph()), Sqrt(AddScalar(variance, batchNormEpsilon)))
	y := Mul(Sub(x, ExpandLeftToRank(mean, x.Rank())), ExpandLeftToRank(scale, x.Rank()))
	return bn.record(Add(y, ExpandLeftToRank(bn.beta.NodeValue(x.Graph()), x.Rank())))
}

// batchNorm is a batch normalisation's name and variables, each [channels].
type batchNorm struct {
	name                       string
	gamma, beta                *model.Variable
	movingMean, movingVariance *model.Variable
	momentum                   float64
}

func newBatchNorm(s *model.Scope, x *Node) batchNorm {
	name := nextName(x.Graph(), "bn")
	s = s.In("%s", name)
	c := x.Shape().Dimensions[x.Rank()-1]
	return batchNorm{
		name:           name,
		gamma:          variable(s, "gamma", ones, c),
		beta:           variable(s, "beta", zeros, c),
		movingMean:     variable(s, "moving_mean", zeros, c).SetTrainable(false),
		movingVariance: variable(s, "moving_variance", ones, c).SetTrainable(false),
		momentum:       model.GetParamOr(s, ParamBatchNormMomentum, 0.99),
	}
}

func (bn batchNorm) record(y *Node) *Node {
	c := bn.gamma.Shape().Size()
	return record(Layer{Name: bn.name, Type: "BatchNormalization", Output: y, Params: 4 * c, NonTrainable: 2 * c})
}

// affine returns inference's scale and shift, each [channels]: y = scale·x + shift.
func (bn batchNorm) affine(g *Graph) (scale, shift *Node) {
	scale = Div(bn.gamma.NodeValue(g), Sqrt(AddScalar(bn.movingVariance.NodeValue(g), batchNormEpsilon)))
	return scale, Sub(bn.beta.NodeValue(g), Mul(bn.movingMean.NodeValue(g), scale))
}

func (bn batchNorm) inference(x *Node) *Node {
	scale, shift := bn.affine(x.Graph())
	return Add(Mul(x, ExpandLeftToRank(scale, x.Rank())), ExpandLeftToRank(shift, x.Rank()))
}

// update moves the moving averages towards a batch's mean and variance.
func (bn batchNorm) update(mean, variance *Node) {
	move := func(v *model.Variable, batch *Node) {
		old := v.NodeValue(batch.Graph())
		v.SetNodeValue(StopGradient(Add(MulScalar(old, bn.momentum), MulScalar(batch, 1-bn.momentum))))
	}
	move(bn.movingMean, mean)
	move(bn.movingVariance, variance)
}

// moments returns the mean and the biased variance of every channel, differentiable.
func moments(x *Node) (mean, variance *Node) {
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i
	}
	mean = ReduceMean(x, axes...)
	return mean, ReduceMean(Square(Sub(x, ExpandLeftToRank(mean, x.Rank()))), axes...)
}
