package semisup_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"ferlab/fer/semisup"
)

// FixMatch with ten labels of each class. Replace the name by that of any other of the [semisup.Algorithms].
func ExampleTrain() {
	dir, err := os.MkdirTemp("", "semisup")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := semisup.Quick("fixmatch", 10, 1)
	config.Train.Source, config.Train.Epochs, config.StepsPerEpoch = "synthetic:train=140,test=14", 3, 2 // Too few to learn anything.
	r, err := semisup.Train(context.Background(), dir, config, nil)
	if err != nil {
		log.Fatal(err)
	}
	predictions, err := r.Predictions()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(r.History), "epochs;", len(predictions), "predictions")
	// Output: 3 epochs; 14 predictions
}
