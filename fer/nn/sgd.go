package nn

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Nesterov is stochastic gradient descent with Nesterov momentum, in PyTorch's formulation (Sutskever et al. 2013), and
// decoupled weight decay (Loshchilov & Hutter 2019) of every kernel; biases and batch normalisation don't decay. GoMLX
// v0.28.2 has plain gradient descent only.
//
//	v ← momentum·v + g
//	w ← w − rate·(g + momentum·v) − rate·decay·w
//
// The rate is GoMLX's learning-rate variable.
type Nesterov struct {
	Momentum    float64 // 0.9 is usual.
	WeightDecay float64 // 0 for none.
}

const nesterovScope = "nesterov"

// UpdateGraph implements [optimizer.Interface].
func (o Nesterov) UpdateGraph(s *model.Scope, g *Graph, loss *Node) {
	grads := s.BuildTrainableVariablesGradientsGraph(loss)
	rate := optimizer.LearningRateVar(s, dtypes.Float32, 0.1).NodeValue(g)
	optimizer.IncrementGlobalStep(g, dtypes.Float32)
	var trained []*model.Variable
	for v := range s.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			trained = append(trained, v)
		}
	}
	for i, v := range trained {
		velocity := variable(s.Store().Scope("/"+nesterovScope+v.Scope()), v.Name(), zeros,
			v.Shape().Dimensions...).SetTrainable(false)
		w := v.NodeValue(g)
		moved := Add(MulScalar(velocity.NodeValue(g), o.Momentum), grads[i])
		velocity.SetNodeValue(moved)
		step := Add(grads[i], MulScalar(moved, o.Momentum))
		if o.WeightDecay > 0 && w.Rank() > 1 {
			step = Add(step, MulScalar(w, o.WeightDecay))
		}
		v.SetNodeValue(Sub(w, Mul(rate, step)))
	}
}

// Clear implements [optimizer.Interface].
func (o Nesterov) Clear(s *model.Scope) error {
	return s.Store().Scope("/" + nesterovScope).DeleteVariablesInScope()
}
