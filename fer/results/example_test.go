package results_test

import (
	"fmt"
	"log"
	"strings"

	"ferlab/fer/pretrained"
	"ferlab/fer/results"
)

// Two shipped runs compared. Each function of the package answers one question with a sentence, a table or a figure,
// for show.Present.
func Example() {
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	dnn, err := pretrained.Open("dnn")
	if err != nil {
		log.Fatal(err)
	}
	verdict, err := results.Verdict(cnn, dnn)
	if err != nil {
		log.Fatal(err)
	}
	inShort, _, _ := strings.Cut(verdict, " (")
	fmt.Println(inShort)
	// Output: **Verdict:** CNN beats DNN by 13.3 points [11.7, 15.0]
}
