package results_test

import (
	"log"

	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/show"
)

// Two shipped runs compared. Each function of the package answers one question with a sentence, a table or a figure,
// for Present to show.
func Example() {
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	dnn, err := pretrained.Open("dnn")
	if err != nil {
		log.Fatal(err)
	}
	show.Present(results.Verdict(cnn, dnn))
	// Output: **Verdict:** cnn beats dnn by 16.38 points [14.60, 18.28] (66.40 % and 50.01 % of 3589 images, only one
	// right 919 : 331, McNemar p = 2.5e-64).
}
