package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend/onednn"
)

// canPool reports whether [convNormPoolReLU] suits a convolution: package onednn then never writes its result.
func canPool(x, kernel *Node) bool {
	has, _ := hasOneDNN(x.Graph())
	k := kernel.Shape().Dimensions
	return has && k[0]%2 == 1 && k[1]%2 == 1 && onednn.CanPool(k[0]*k[1]*k[2], k[2], k[3])
}

// fusedConvNormPoolReLU makes the layers [Conv2D], [BatchNorm], [ReLU] and [MaxPool2D] of x in their fused form for
// training, like [fusedNormPoolReLU].
func fusedConvNormPoolReLU(s *model.Scope, x *Node, c conv) *Node {
	x, kernel := convolved(x), convolved(c.kernel)
	z := Convolve(x, kernel).NoPadding().Done() // Read by nothing but who wants to look at it.
	c.record(z)
	return fusedBlock(s, z, c.bias, func(gamma, beta *Node) (y, mean, variance *Node) {
		return convNormPoolReLU(x, kernel, gamma, beta)
	})
}

// convNormPoolReLU is [normPoolReLU] of a valid convolution z of x, [b, h, w, c], of few channels, such as a net's
// first: z is many times as large as x and y, and no arithmetic reads it. Mean and variance follow from those of the
// windows of x; the kernel is scaled as normalisation would scale z, and only the maxima are shifted.
func convNormPoolReLU(x, kernel, gamma, beta *Node) (y, mean, variance *Node) {
	mean, variance = windowMoments(x, kernel)
	slope := Div(gamma, Sqrt(AddScalar(variance, batchNormEpsilon)))
	scaled := Convolve(x, Mul(kernel, perChannel(slope))).NoPadding().Done()
	peak := MaxPool(scaled).Window(2).NoPadding().Done()
	return shiftedReLU(peak, Sub(beta, Mul(mean, slope))), mean, variance
}

// windowMoments returns the mean and the biased variance of every channel of a valid convolution of stride 1, from the
// mean m and the covariance C of the pixels in its windows: of a channel with the weights w they are w·m and w·C·w.
func windowMoments(x, kernel *Node) (mean, variance *Node) {
	k := kernel.Shape().Dimensions
	p := patches(x, k[0], k[1])
	n, taps := p.Shape().Dimensions[0], p.Shape().Dimensions[1]
	m := MulScalar(channelSum(p), 1/float64(n))
	covariance := Sub(MulScalar(DotGeneral(p, []int{0}, nil, p, []int{0}, nil), 1/float64(n)),
		Mul(ExpandAxes(m, 0), ExpandAxes(m, 1)))
	w := Reshape(kernel, taps, k[3])
	return Dot(m, w).Product(), ReduceSum(Mul(w, Dot(covariance, w).Product()), 0)
}

// shiftedReLU is ReLU(x + shift) of x [b, h, w, c] and shift [c], with its gradient written by hand for its sum over
// pixels, see [channelSum].
func shiftedReLU(x, shift *Node) *Node {
	var pre *Node
	return withVJP([]*Node{x, shift}, func(in []*Node) *Node {
		pre = Add(in[0], perChannel(in[1]))
		return relu(pre)
	}, func(in []*Node, dy *Node) []*Node {
		dpre := reluGradient(pre, dy, in[1])
		return []*Node{dpre, channelSum(dpre)}
	})
}
