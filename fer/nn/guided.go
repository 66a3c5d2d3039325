package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

const guidedKey = "/ferlab_guided_relu"

// GuideReLU changes the gradient of every [ReLU] that is built into g from now on to that of guided backpropagation
// (Springenberg et al. 2015): a negative gradient doesn't pass, and neither does any gradient where the input is
// negative. The values of the graph stay the same. It is for looking at a net in inference mode, not for training one:
// call it before the net is built.
func GuideReLU(g *graph.Graph) { model.SetGraphParam(g, guidedKey, true) }

// guide gives a ReLU's output the guided gradient if its graph asks for it.
func guide(y *graph.Node) *graph.Node {
	if _, on := model.GetGraphParam(y.Graph(), guidedKey); !on {
		return y
	}
	return graph.IdentityWithCustomGradient(y, func(_, v *graph.Node) *graph.Node { return relu(v) })
}
