package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// ConvBlock is the original report's block: 3×3 convolution, batch normalisation, ReLU, 2×2 max-pool, dropout. [batch,
// h, w, c] → [batch, ⌊(h−2)/2⌋, ⌊(w−2)/2⌋, filters].
//
// It is the same function as [Conv2D], [BatchNorm], [ReLU], [MaxPool2D] and [Dropout] in turn, but trains faster on a
// CPU: see normPoolReLU and convNormPoolReLU. In training, only the pooled output exists as a layer of its own to look
// at; in inference all five do.
func ConvBlock(s *model.Scope, x *Node, filters int, dropout float64) *Node {
	g := x.Graph()
	if !s.Store().IsTraining(g) || !fastForms(g) {
		x = Conv2D(s, x, filters, 3)
		x = BatchNorm(s, x)
		x = ReLU(s, x)
		if isFrozen(g) && convolvesBFloat16(g) {
			// The next layer rounds it anyway; so the convolution writes, and the pool reads, half as many bytes.
			x = roundTrip(x)
		}
		x = MaxPool2D(s, x)
		return Dropout(s, x, dropout)
	}
	c := newConv(s, x, filters, 3)
	if canPool(x, c.kernel) {
		return Dropout(s, fusedConvNormPoolReLU(s, x, c), dropout)
	}
	z := c.product(x)
	c.record(z)
	return Dropout(s, fusedNormPoolReLU(s, z, c.bias), dropout)
}

// fusedNormPoolReLU makes the layers [BatchNorm], [ReLU] and [MaxPool2D] of z, a convolution without its bias, in their
// fused form for training; only the last has an output of its own. The bias, which may be nil for none, shifts z and
// its mean alike: it cancels out of the output and matters to the moving mean only.
func fusedNormPoolReLU(s *model.Scope, z, bias *Node) *Node {
	return fusedBlock(s, z, bias, func(gamma, beta *Node) (y, mean, variance *Node) {
		return normPoolReLU(z, gamma, beta)
	})
}

// fusedBlock is [fusedNormPoolReLU] by a form, which returns the output and the mean and variance of z.
func fusedBlock(s *model.Scope, z, bias *Node, form func(gamma, beta *Node) (y, mean, variance *Node)) *Node {
	g := z.Graph()
	bn := newBatchNorm(s, z)
	y, mean, variance := form(bn.gamma.NodeValue(g), bn.beta.NodeValue(g))
	if bias != nil {
		mean = Add(mean, bias)
	}
	bn.update(mean, variance)
	bn.record(z)
	record(Layer{Name: nextName(g, "relu"), Type: "ReLU", Output: z})
	return record(Layer{Name: nextName(g, "pool"), Type: "MaxPooling2D", Output: y, Kernel: 2, Stride: 2})
}

// normPoolReLU is ReLU(max-pool(batch-norm(z))) of z [b, h, w, c] in training, with its gradient written by hand; it
// also returns the batch's mean and biased variance of every channel.
//
// ReLU commutes with the maximum, and so does normalisation where its slope is positive (with the minimum where it is
// negative): the maximum is taken of sign(gamma)·z, and only the pooled quarter of the values is normalised. The
// gradient reads z once, where a chain of separate operations reads and writes arrays of its size a dozen times.
func normPoolReLU(z, gamma, beta *Node) (y, mean, variance *Node) {
	n := float64(z.Shape().Size() / z.Shape().Dimensions[3])
	mean, variance = batchMoments(z)
	rstd := Reciprocal(Sqrt(AddScalar(variance, batchNormEpsilon)))

	var sign, peak, share, pre, signed *Node
	y = withVJP([]*Node{z, gamma, beta}, func(in []*Node) *Node {
		sign = perChannel(SignPlusOrMinus(in[1]))
		signed = Mul(in[0], sign)
		peak, share = windowMax(signed)
		peak = keep(peak, in[1])
		slope := Mul(in[1], rstd)
		pre = Add(Mul(Mul(peak, sign), perChannel(slope)), perChannel(Sub(in[2], Mul(mean, slope))))
		return relu(pre)
	}, func(in []*Node, dy *Node) []*Node {
		dpre := reluGradient(pre, dy, in[1])
		dbeta := channelSum(dpre)
		normalised := Mul(Sub(Mul(peak, sign), perChannel(mean)), perChannel(rstd))
		dgamma := channelSum(Mul(dpre, normalised))
		// dz = slope·(routed dpre − mean(dpre) − ẑ·mean(dpre·ẑ)), ẑ = (z − mean)·rstd.
		slope := Mul(in[1], rstd)
		linear := Mul(slope, Mul(MulScalar(dgamma, 1/n), rstd))
		constant := Sub(Mul(slope, MulScalar(dbeta, 1/n)), Mul(linear, mean))
		routed := unpool(signed, peak, keep(Mul(Mul(dpre, share), perChannel(slope)), in[1]))
		dz := Sub(routed, Add(perChannel(constant), Mul(in[0], perChannel(linear))))
		return []*Node{dz, dgamma, dbeta}
	})
	return y, mean, variance
}

// reluGradient is the gradient of relu(x) with respect to x, as an array of its own, see [keep].
func reluGradient(x, dy, finite *Node) *Node {
	return keep(Where(GreaterThan(x, ScalarZero(x.Graph(), x.DType())), dy, ZerosLike(dy)), finite)
}
