package semisup

import . "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

// PiModel asks the net for the same opinion of two views of an image: the squared difference of their probabilities
// (Laine & Aila 2017). Gradient flows through both.
func PiModel() Algorithm {
	return Algorithm{
		Name: "pimodel", Title: "Π-model", Paper: "Laine & Aila 2017, Temporal Ensembling for Semi-Supervised Learning",
		Views: WeakWeak, Weight: 10, Ramped: true,
		Loss: func(in Inputs) Terms {
			first, second := Softmax(in.First, -1), Softmax(in.Second, -1)
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: squaredError(first, second),
				Targets:      StopGradient(first),
			}
		},
	}
}
