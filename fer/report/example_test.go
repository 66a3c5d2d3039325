package report_test

import (
	"log"

	"ferlab/fer/notebook"
	"ferlab/fer/pretrained"
	"ferlab/fer/report"
)

// Two shipped runs compared. Each function of the package answers one question with a sentence, a table or a figure, for Present to show.
func Example() {
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	dnn, err := pretrained.Open("dnn")
	if err != nil {
		log.Fatal(err)
	}
	notebook.Present(report.Verdict(cnn, dnn))
	// Output: **Verdict:** cnn beats dnn by 20.56 points [18.86, 22.15] (63.08 % and 42.52 % of 3589 images, only one right 934 : 196, McNemar p = 1.3e-115).
}
