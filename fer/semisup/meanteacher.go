package semisup

import . "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas

// MeanTeacher asks the net to agree with the moving average of its own weights on another view of the image (Tarvainen
// & Valpola 2017). The weight of 10 suits a few thousand steps; over the paper's hundreds of thousands it was higher.
func MeanTeacher() Algorithm {
	return Algorithm{
		Name: "meanteacher", Title: "Mean Teacher", Paper: "Tarvainen & Valpola 2017, Mean teachers are better role " +
			"models",
		Views: WeakWeak, Teacher: Average, Weight: 10, Ramped: true,
		Loss: func(in Inputs) Terms {
			target := StopGradient(in.Target)
			return Terms{
				Supervised:   supervised(in),
				Unsupervised: squaredError(Softmax(in.Second, -1), target),
				Targets:      target,
			}
		},
	}
}
