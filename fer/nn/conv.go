package nn

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
	"ferlab/fer/backend/onednn"
)

// Conv2D is a convolution with bias, stride 1 and no padding ("valid"):
// [batch, h, w, in] → [batch, h−size+1, w−size+1, filters].
func Conv2D(s *model.Scope, x *Node, filters, size int) *Node {
	c := newConv(s, x, filters, size)
	return c.record(Add(c.product(x), perChannel(c.bias)))
}

// conv is a convolution layer's name and parameters.
type conv struct {
	name         string
	kernel, bias *Node // [size, size, in, filters] and [filters]
}

func newConv(s *model.Scope, x *Node, filters, size int) conv {
	g := x.Graph()
	name := nextName(g, "conv")
	s = s.In("%s", name)
	in := x.Shape().Dimensions[3]
	return conv{
		name:   name,
		kernel: variable(s, "kernel", glorotUniform, size, size, in, filters).NodeValue(g),
		bias:   variable(s, "bias", zeros, filters).NodeValue(g),
	}
}

func (c conv) record(y *Node) *Node {
	params := c.kernel.Shape().Size()
	d := y.Shape().Dimensions
	size := c.kernel.Shape().Dimensions[0]
	return record(Layer{
		Name: c.name, Type: "Conv2D", Output: y, Params: params + d[3], MultiplyAdds: params * d[1] * d[2],
		Kernel: size, Stride: 1,
	})
}

// product is the convolution without its bias.
func (c conv) product(x *Node) *Node { return Convolution(x, c.kernel) }

// convForm is a way of computing a convolution and its gradients. Both give the same values.
type convForm int

const (
	convPlain convForm = iota // GoMLX's convolution and its gradients.
	convDot                   // Patches (im2col) times kernel, and every gradient a matrix product too.
	convDotX                  // GoMLX's, but with the gradient with respect to x of convDot.
)

// Convolution is the valid, stride-1 convolution of x [batch, h, w, in] with kernel [kh, kw, in, out].
//
// On XLA's CPU backend it takes the form that trains fastest for its shape; elsewhere the plain one. XLA lowers a
// convolution of few input channels, and the gradient of a small image with many channels, to slow generic loops (a few
// GFLOP/s); as one matrix product over the patches they run at the machine's matrix speed. oneDNN, if it is there, is
// fast at all but the smallest.
func Convolution(x, kernel *Node) *Node {
	return convolution(x, kernel, chooseConv(x, kernel))
}

func chooseConv(x, kernel *Node) convForm {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	if has, _ := hasOneDNN(x.Graph()); has && isFrozen(x.Graph()) {
		return convPlain
	}
	if k[0]%2 == 0 || k[1]%2 == 0 {
		return convDot // GoMLX v0.28.2's gradient with respect to x is wrong for kernels of even size.
	}
	b := x.Graph().Backend()
	if b.String() == "go" {
		return convDot // Its convolution has no fast path at all.
	}
	if !backend.IsXLACPU(b) || suitsOneDNN(kernel, d[0], d[1]-k[0]+1, d[2]-k[1]+1) {
		return convPlain
	}
	if small := d[1]*d[2] <= 64; small || fewChannels(kernel) {
		return convDot
	}
	return convDotX
}

// suitsOneDNN reports whether oneDNN is there and runs a convolution to batch images of that size, and its gradients,
// fast.
func suitsOneDNN(kernel *Node, batch, height, width int) bool {
	has, _ := hasOneDNN(kernel.Graph())
	pixels := height * width
	return has && pixels >= onednn.FewestPixels && batch*pixels*kernel.Shape().Size() >= onednn.Fewest
}

// fewChannels reports whether a kernel reads so few channels that XLA's convolution is slow.
func fewChannels(kernel *Node) bool { return kernel.Shape().Dimensions[2] <= 4 }

func convolution(x, kernel *Node, form convForm) *Node {
	switch form {
	case convPlain:
		return plainConvolution(x, kernel, false)
	case convDotX:
		var dy *Node
		y := Convolve(IdentityWithCustomGradient(x, func(_, _ *Node) *Node { return convGradX(x, kernel, dy) }),
			kernel).NoPadding().Done()
		return IdentityWithCustomGradient(y, func(_, v *Node) *Node { dy = v; return v })
	}
	return withVJP([]*Node{x, kernel},
		func(in []*Node) *Node { return convAsDot(in[0], in[1]) },
		func(in []*Node, dy *Node) []*Node {
			return []*Node{convGradX(in[0], in[1], dy), convGradKernel(in[0], in[1], dy)}
		})
}

// plainConvolution is GoMLX's convolution, padded to keep height and width if same is true.
func plainConvolution(x, kernel *Node, same bool) *Node {
	if nativeBFloat16(x) {
		return ConvertDType(plainConvolution(factor(x), factor(kernel), same), x.DType())
	}
	c := Convolve(convolved(x), convolved(kernel)).NoPadding()
	if same {
		c = c.PadSame()
	}
	return convolvedGradient(c.Done())
}

// patches (im2col) lays out the kh×kw windows of x [b, h, w, c] as rows: [b·ho·wo, kh·kw·c].
func patches(x *Node, kh, kw int) *Node {
	d := x.Shape().Dimensions
	ho, wo := d[1]-kh+1, d[2]-kw+1
	parts := make([]*Node, 0, kh*kw)
	for i := range kh {
		for j := range kw {
			parts = append(parts, Slice(x, AxisRange(), AxisRange(i, i+ho), AxisRange(j, j+wo), AxisRange()))
		}
	}
	return Reshape(Concatenate(parts, -1), d[0]*ho*wo, kh*kw*d[3])
}

func convAsDot(x, kernel *Node) *Node {
	d, k := x.Shape().Dimensions, kernel.Shape().Dimensions
	y := product(patches(factor(x), k[0], k[1]), 1, Reshape(kernel, k[0]*k[1]*k[2], k[3]), 0)
	return Reshape(y, d[0], d[1]-k[0]+1, d[2]-k[1]+1, k[3])
}

func convGradKernel(x, kernel, dy *Node) *Node {
	k := kernel.Shape().Dimensions
	rows := dy.Shape().Size() / k[3]
	dk := product(patches(factor(x), k[0], k[1]), 0, Reshape(dy, rows, k[3]), 0)
	return Reshape(dk, k...)
}

// convGradX is the gradient with respect to x: dy·kernelᵀ gives the gradient of every patch, and col2im adds the
// patches up where they overlap.
func convGradX(x, kernel, dy *Node) *Node {
	k, d, o := kernel.Shape().Dimensions, x.Shape().Dimensions, dy.Shape().Dimensions
	rows := o[0] * o[1] * o[2]
	dp := product(Reshape(dy, rows, k[3]), 1, Reshape(kernel, k[0]*k[1]*k[2], k[3]), 1)
	dp = Reshape(dp, o[0], o[1], o[2], k[0]*k[1], k[2])
	var sum *Node
	for i := range k[0] {
		for j := range k[1] {
			part := Slice(dp, AxisRange(), AxisRange(), AxisRange(), AxisElem(i*k[1]+j), AxisRange())
			part = padHW(Reshape(part, o[0], o[1], o[2], k[2]), 0, i, d[1]-o[1]-i, j, d[2]-o[2]-j)
			if sum == nil {
				sum = part
			} else {
				sum = Add(sum, part)
			}
		}
	}
	return sum
}

// padHW pads height and width of [b, h, w, c] with a value. It has no gradient (GoMLX v0.28.2 defines none for Pad).
func padHW(x *Node, value float64, top, bottom, left, right int) *Node {
	return Pad(x, Scalar(x.Graph(), x.DType(), value),
		compute.PadAxis{}, compute.PadAxis{Start: top, End: bottom}, compute.PadAxis{Start: left,
			End: right}, compute.PadAxis{})
}

// perChannel reshapes [c] to [1, 1, 1, c].
func perChannel(v *Node) *Node { return Reshape(v, 1, 1, 1, v.Shape().Size()) }
