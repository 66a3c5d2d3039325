package crossfit_test

import (
	"context"
	"log"

	"ferlab/fer"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/run"
)

// Three nets say of every training image what they think of it, each of the third that it was not trained on.
func Example() {
	d, err := dataset.Open("fer2013.zip", nil)
	if err != nil {
		log.Fatal(err)
	}
	train := d.Split(fer.Train)
	folds, err := crossfit.Train(context.Background(), train, 3, run.Full(), "runs/folds", nil)
	if err != nil {
		log.Fatal(err)
	}
	opinions, err := crossfit.Predict(train, folds)
	if err != nil {
		log.Fatal(err)
	}
	if err := opinions.WriteFile("soft.csv"); err != nil {
		log.Fatal(err)
	}
}
