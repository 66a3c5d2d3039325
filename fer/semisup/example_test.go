package semisup_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer/nn"
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
	// Too few to learn anything.
	config.Train.Source, config.Train.Epochs, config.StepsPerEpoch = "synthetic:train=140,test=14", 3, 2
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

// An algorithm of one's own against FixMatch: it teaches every unlabelled image what the net thinks of its weak view,
// without a threshold.
func ExampleAlgorithm() {
	dir, err := os.MkdirTemp("", "semisup")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	bold := semisup.Algorithm{
		Name: "bold", Title: "Bold", Views: semisup.WeakStrong, Weight: 1,
		Loss: func(in semisup.Inputs) semisup.Terms {
			opinion := graph.StopGradient(graph.Softmax(in.First, -1))
			return semisup.Terms{
				Supervised:   graph.ReduceAllMean(nn.SoftCrossEntropy(in.Labelled, in.Labels)),
				Unsupervised: graph.ReduceAllMean(nn.SoftCrossEntropy(in.Second, opinion)),
				Targets:      opinion,
			}
		},
	}
	for _, name := range []string{"fixmatch", "bold"} {
		config := semisup.Quick(name, 10, 1)
		config.Weight = 1
		// Too few to learn anything.
		config.Train.Source, config.Train.Epochs, config.StepsPerEpoch = "synthetic:train=140,test=14", 3, 2
		options := &semisup.Options{}
		if name == bold.Name {
			options.Algorithm = &bold
		}
		folder := filepath.Join(dir, name)
		if _, err := semisup.Train(context.Background(), folder, config, options); err != nil {
			log.Fatal(err)
		}
		history, err := semisup.History(folder)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %.0f %% of the unlabelled images count\n", name, 100*history[2].MaskRate)
	}
	// Output:
	// fixmatch: 0 % of the unlabelled images count
	// bold: 100 % of the unlabelled images count
}
