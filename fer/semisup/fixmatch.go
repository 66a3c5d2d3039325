package semisup

import . "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

// FixMatch teaches the net, on a strongly changed image, the label that it gives to the weakly changed one, if it is
// confident of that (Sohn et al. 2020).
func FixMatch() Algorithm {
	return Algorithm{
		Name: "fixmatch", Title: "FixMatch", Paper: "Sohn et al. 2020, FixMatch",
		Views: WeakStrong, Weight: 1, Threshold: 0.95,
		Loss: func(in Inputs) Terms {
			weak := StopGradient(Softmax(in.First, -1))
			targets := hard(weak)
			mask := confident(weak, Scalar(weak.Graph(), weak.DType(), in.Threshold))
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: masked(mask, in.Second, targets),
				Targets:      targets, Mask: mask,
			}
		},
	}
}
