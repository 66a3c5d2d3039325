package semisup

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
)

// MixMatch guesses labels as the sharpened mean of the net's opinions of two views, mixes every image and its label
// with another's, and learns the mixtures: those of unlabelled images by squared error (Berthelot et al. 2019). The
// weight of 10 suits a few thousand steps; the paper's 75 is for hundreds of thousands.
func MixMatch() Algorithm {
	return Algorithm{
		Name: "mixmatch", Title: "MixMatch", Paper: "Berthelot et al. 2019, MixMatch",
		Views: WeakWeak, Teacher: Self, Weight: 10, Ramped: true, Mix: true,
		Loss: func(in Inputs) Terms {
			target := StopGradient(in.Target)
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: squaredError(Softmax(Concatenate([]*Node{in.First, in.Second}, 0), -1), target),
				Targets:      target,
			}
		},
	}
}

// sharpen raises probabilities [n, classes] to the power 1/temperature and scales them to the sum 1 again.
func sharpen(p *Node, temperature float64) *Node {
	q := Pow(p, Scalar(p.Graph(), p.DType(), 1/temperature))
	return Div(q, ReduceAndKeep(q, ReduceSum, -1))
}

// mix returns share·x + (1 − share)·x[partner] for every row of x; partner and share are [rows].
func mix(x, partner, share *Node) *Node {
	other := Gather(x, InsertAxes(partner, -1))
	share = Reshape(share, append([]int{share.Shape().Size()}, ones(x.Rank()-1)...)...)
	return Add(Mul(x, share), Mul(other, OneMinus(share)))
}

func ones(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = 1
	}
	return list
}
