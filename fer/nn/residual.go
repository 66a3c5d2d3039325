package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// ConvNorm is a 3×3 convolution without bias, padded to keep its input's size, and batch normalisation:
// [batch, h, w, c] → [batch, h, w, filters].
func ConvNorm(s *model.Scope, x *Node, filters int) *Node {
	return BatchNorm(s, convSame(s, x, filters))
}

// ConvNormReLU is [ConvNorm] and ReLU.
func ConvNormReLU(s *model.Scope, x *Node, filters int) *Node {
	return ReLU(s, ConvNorm(s, x, filters))
}

// ConvNormReLUPool is [ConvNorm], ReLU and 2×2 max-pool: [batch, h, w, c] → [batch, ⌊h/2⌋, ⌊w/2⌋, filters]. In
// training, only the pooled output exists as a layer of its own to look at, see [ConvBlock].
func ConvNormReLUPool(s *model.Scope, x *Node, filters int) *Node {
	if g := x.Graph(); !s.Store().IsTraining(g) || !fastForms(g) {
		return MaxPool2D(s, ConvNormReLU(s, x, filters))
	}
	return fusedNormPoolReLU(s, convSame(s, x, filters), nil)
}

// Residual adds to x what two convolutions with batch normalisation make of it: x + ReLU(ConvNorm(ReLU(ConvNorm(x))))
// (He et al. 2016, with the last ReLU before the sum, as in ResNet-9 of DAWNBench); the shape stays.
func Residual(s *model.Scope, x *Node) *Node {
	filters := x.Shape().Dimensions[3]
	y := ConvNormReLU(s, ConvNormReLU(s, x, filters), filters)
	return record(Layer{Name: nextName(x.Graph(), "add"), Type: "Add", Output: Add(x, y)})
}

// convSame is a 3×3 convolution without bias that keeps height and width.
func convSame(s *model.Scope, x *Node, filters int) *Node {
	const size = 3
	name := nextName(x.Graph(), "conv")
	d := x.Shape().Dimensions
	kernel := variable(s.In("%s", name), "kernel", glorotUniform, size, size, d[3], filters).NodeValue(x.Graph())
	y := convolutionSame(x, kernel)
	params := kernel.Shape().Size()
	return record(Layer{
		Name: name, Type: "Conv2D", Output: y, Params: params, MultiplyAdds: params * d[1] * d[2],
		Kernel: size, Stride: 1, Pad: size / 2,
	})
}

// convolutionSame is the convolution of x, padded to keep height and width, with a kernel of 3×3. Its gradient with
// respect to x is such a convolution again, which XLA on a CPU runs fast down to 3×3 pixels; of 2×2, or of few input
// channels, the kernel's is slow, as in [Convolution]; oneDNN, if it is there, is fast at the latter.
func convolutionSame(x, kernel *Node) *Node {
	b, d := x.Graph().Backend(), x.Shape().Dimensions
	few := fewChannels(kernel) && !suitsOneDNN(kernel, d[0], d[1], d[2])
	if b.String() == "go" || backend.IsXLACPU(b) && (few || d[1]*d[2] <= 4) {
		return convolution(padSame(x), kernel, convDot)
	}
	return plainConvolution(x, kernel, true)
}

// padSame puts a border of one zero around height and width.
func padSame(x *Node) *Node {
	d := x.Shape().Dimensions
	return withVJP([]*Node{x},
		func(in []*Node) *Node { return padHW(in[0], 0, 1, 1, 1, 1) },
		func(_ []*Node, dy *Node) []*Node {
			return []*Node{Slice(dy, AxisRange(), AxisRange(1, 1+d[1]), AxisRange(1, 1+d[2]), AxisRange())}
		})
}
