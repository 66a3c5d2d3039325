package semisup

import . "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

// PseudoLabel teaches the net its own hard guesses as labels (Lee 2013), in rounds of self-training: the first round
// learns from the labelled images alone, and in each later one the net as it was at the round's begin labels the
// others, where it is confident. See Config.Rounds.
func PseudoLabel() Algorithm {
	return Algorithm{
		Name: "pseudolabel", Title: "Pseudo-label", Paper: "Lee 2013, Pseudo-Label",
		Views: WeakWeak, Teacher: Snapshot, Weight: 1, Threshold: 0.95,
		Loss: func(in Inputs) Terms {
			targets := StopGradient(hard(in.Target))
			mask := StopGradient(confident(in.Target, Scalar(in.Target.Graph(), in.Target.DType(), in.Threshold)))
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: masked(mask, in.Second, targets),
				Targets:      targets, Mask: mask,
			}
		},
	}
}
