package semisup

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
)

// FreeMatch is [FixMatch] with a threshold for each class that follows the net's own confidence, and a loss that keeps
// the classes in balance (Wang et al. 2023): a global threshold, the moving average of the highest probability, scaled
// down for the classes of which the net is less sure on average.
func FreeMatch() Algorithm {
	return Algorithm{
		Name: "freematch", Title: "FreeMatch", Paper: "Wang et al. 2023, FreeMatch",
		Views: WeakStrong, Weight: 1,
		Loss: func(in Inputs) Terms {
			weak := StopGradient(Softmax(in.First, -1))
			targets := hard(weak)
			t := adapt(in, weak, targets)
			mask := confident(weak, ReduceSum(Mul(targets, ExpandLeftToRank(t.thresholds, 2)), -1))
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: masked(mask, in.Second, targets),
				Extra:        MulScalar(unfairness(in.Second, mask, t), in.Fairness),
				Targets:      targets, Mask: mask, Thresholds: t.thresholds,
			}
		},
	}
}

// adaptive is what FreeMatch keeps: moving averages over the weak views.
type adaptive struct {
	thresholds *Node // [classes]
	mean       *Node // Probability of each class, [classes].
	share      *Node // How often each class is the guess, [classes].
}

// adapt moves the averages by a batch of weak views' probabilities and guesses, both [U, classes].
func adapt(in Inputs, weak, guesses *Node) adaptive {
	g := weak.Graph()
	uniform := make([]float32, weak.Shape().Dimensions[1])
	for i := range uniform {
		uniform[i] = 1.0 / float32(len(uniform))
	}
	move := func(name string, initial []float32, batch *Node) *Node {
		v := in.State(name, initial)
		v.SetNodeValue(StopGradient(Add(MulScalar(v.NodeValue(g), in.EMA), MulScalar(batch, 1-in.EMA))))
		return v.NodeValue(g)
	}
	global := move("threshold", uniform[:1], Reshape(ReduceAllMean(ReduceMax(weak, -1)), 1))
	a := adaptive{mean: move("mean", uniform, ReduceMean(weak, 0)),
		share: move("share", uniform, ReduceMean(guesses, 0))}
	a.thresholds = Mul(Div(a.mean, Reshape(ReduceAllMax(a.mean), 1)), global)
	return a
}

// unfairness is the negative cross-entropy between the class balance of the averages and that of the batch's confident
// strong views, each a mean probability divided by how often the class is guessed; 0 if no view is confident.
func unfairness(strong, mask *Node, a adaptive) *Node {
	p := Softmax(strong, -1)
	column := InsertAxes(mask, -1)
	count := ReduceAllSum(mask)
	some := MaxScalar(count, 1)
	mean := Div(ReduceSum(Mul(p, column), 0), some)
	share := Div(ReduceSum(Mul(StopGradient(hard(p)), column), 0), some)
	batch := balance(mean, share)
	loss := ReduceAllSum(Mul(StopGradient(balance(a.mean, a.share)), Log(AddScalar(batch, 1e-12))))
	return Where(GreaterThan(count, ScalarZero(count.Graph(), count.DType())), loss, ZerosLike(loss))
}

// balance divides mean by share, 0 where the share is 0, and scales the result to the sum 1.
func balance(mean, share *Node) *Node {
	used := GreaterThan(share, ZerosLike(share))
	ratio := Where(used, Div(mean, Where(used, share, OnesLike(share))), ZerosLike(mean))
	return Div(ratio, MaxScalar(Reshape(ReduceAllSum(ratio), 1), 1e-12))
}
