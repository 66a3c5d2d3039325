package nn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// batchNormEpsilon is Keras's default.
const batchNormEpsilon = 1e-3

// ParamBatchNormMomentum is the name of the store parameter (float64) for the weight of the old value in batch
// normalisation's moving averages; Keras's default of 0.99 if it isn't set. A training of few steps needs less: after n
// steps the averages still hold momentumⁿ of their initial values.
const ParamBatchNormMomentum = "ferlab_batchnorm_momentum"

// BatchNorm normalises every channel (the last axis) by the batch's mean and variance in training and by their moving
// averages in inference, then scales by gamma and shifts by beta (Ioffe & Szegedy 2015), with Keras's epsilon and the
// momentum [ParamBatchNormMomentum].
//
// GoMLX's own batch norm removes the bias of the moving averages' first steps, which Keras doesn't, and needs an
// operation that the pure-Go backend lacks; this one is made of primitives.
func BatchNorm(s *model.Scope, x *Node) *Node {
	bn := newBatchNorm(s, x)
	if !s.Store().IsTraining(x.Graph()) {
		return bn.record(bn.inference(x))
	}
	g := x.Graph()
	form := normalizePlain
	if fastForms(g) {
		form = normalize
	}
	y, mean, variance := form(x, bn.gamma.NodeValue(g), bn.beta.NodeValue(g))
	bn.update(mean, variance)
	return bn.record(y)
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

// normalizePlain is batch normalisation in training, differentiated by GoMLX; it also returns the batch's mean and
// biased variance of every channel.
func normalizePlain(x, gamma, beta *Node) (y, mean, variance *Node) {
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i
	}
	mean = ReduceMean(x, axes...)
	centred := Sub(x, ExpandLeftToRank(mean, x.Rank()))
	variance = ReduceMean(Square(centred), axes...)
	scale := Div(gamma, Sqrt(AddScalar(variance, batchNormEpsilon)))
	return Add(Mul(centred, ExpandLeftToRank(scale, x.Rank())), ExpandLeftToRank(beta, x.Rank())), mean, variance
}

// normalize is normalizePlain with its gradient written by hand, which reads x and the gradient of y twice each and
// nothing else.
func normalize(x, gamma, beta *Node) (y, mean, variance *Node) {
	rank, n := x.Rank(), float64(x.Shape().Size()/gamma.Shape().Size())
	wide := func(v *Node) *Node { return ExpandLeftToRank(v, rank) }
	mean, variance = batchMoments(x)
	rstd := Reciprocal(Sqrt(AddScalar(variance, batchNormEpsilon)))
	y = withVJP([]*Node{x, gamma, beta}, func(in []*Node) *Node {
		return Add(Mul(Sub(in[0], wide(mean)), wide(Mul(in[1], rstd))), wide(in[2]))
	}, func(in []*Node, dy *Node) []*Node {
		dy = keep(dy, in[1])
		centred := Sub(in[0], wide(mean))
		dbeta, dgamma := channelSum(fold(dy)), Mul(channelSum(fold(Mul(dy, centred))), rstd)
		// dx = slope·(dy − mean(dy) − x̂·mean(dy·x̂)), x̂ = (x − mean)·rstd.
		slope := Mul(in[1], rstd)
		dx := Sub(dy, Add(wide(MulScalar(dbeta, 1/n)), Mul(centred, wide(MulScalar(Mul(dgamma, rstd), 1/n)))))
		return []*Node{Mul(dx, wide(slope)), dgamma, dbeta}
	})
	return y, mean, variance
}

// batchMoments returns the mean and the biased variance of every channel (the last axis) as constants of
// differentiation.
func batchMoments(x *Node) (mean, variance *Node) {
	x = StopGradient(x)
	channels := x.Shape().Dimensions[x.Rank()-1]
	n := float64(x.Shape().Size() / channels)
	mean = MulScalar(channelSum(fold(x)), 1/n)
	variance = MulScalar(channelSum(fold(Square(Sub(x, ExpandLeftToRank(mean, x.Rank()))))), 1/n)
	return mean, variance
}

// channelSum sums over all axes but the last, as a matrix product with ones: XLA on a CPU sums over leading axes in one
// thread, at a third of that speed. Two rows of ones, of which one counts, keep XLA from writing a short product out as
// a loop of one thread that reads x column by column, which it does where the result is a vector.
func channelSum(x *Node) *Node {
	channels := x.Shape().Dimensions[x.Rank()-1]
	rows := x.Shape().Size() / channels
	count := 1
	if rows*x.DType().Size() < 16<<10 {
		count = 2
	}
	ones := Ones(x.Graph(), shapes.Make(x.DType(), count, rows))
	return Reshape(Slice(Dot(ones, Reshape(x, rows, channels)).Product(), AxisRange(0, 1)), channels)
}

// fold adds up to eight equal parts of x, with the same sum over all axes but the last. It fuses with what makes x:
// channelSum then reads an eighth, and x itself need not be written. Parts of whole images spare XLA the divisions that
// find an element's place in an image.
func fold(x *Node) *Node {
	d := x.Shape().Dimensions
	channels := d[len(d)-1]
	rows := x.Shape().Size() / channels
	for _, parts := range []int{8, 4, 2} {
		if rows%parts != 0 || channels%8 != 0 { // XLA's code for odd numbers of channels is slow.
			continue
		}
		if d[0]%parts != 0 {
			x = Reshape(x, rows, channels)
		}
		size := x.Shape().Dimensions[0] / parts
		sum := Slice(x, AxisRange(0, size))
		for i := 1; i < parts; i++ {
			sum = Add(sum, Slice(x, AxisRange(i*size, (i+1)*size)))
		}
		return sum
	}
	return x
}
