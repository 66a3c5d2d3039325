package fer_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/nn"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// tiny is a net of one's own: one function from images, [batch, 48, 48, 1], to logits, [batch, 7].
func tiny(s *gomlx.Scope, x *graph.Node) *graph.Node {
	x = nn.ConvBlock(s, x, 8, 0.1)
	x = nn.ConvBlock(s, x, 16, 0.1)
	x = nn.Flatten(s, x)
	return nn.Dense(s, x, fer.NumEmotions)
}

// A whole experiment: define a net, train it, open what the training left, and ask where the net looks.
func Example() {
	folder, err := os.MkdirTemp("", "tiny")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)

	config := run.Quick()
	config.Model, config.Source, config.Epochs = "custom", "synthetic:train=140,test=14", 1
	r, err := run.Train(context.Background(), folder, config, &run.Options{Net: tiny})
	if err != nil {
		log.Fatal(err)
	}
	predictions, err := r.Predictions()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Record.Parameters, "parameters,", len(r.History), "epoch,", len(predictions), "faces held out")

	faces := synth.Faces(7, 2)
	net, err := explain.Open(r)
	if err != nil {
		log.Fatal(err)
	}
	classes, err := net.Predict([]*fer.Image{faces[0].Image, faces[1].Image})
	if err != nil {
		log.Fatal(err)
	}
	maps, err := explain.LayerCAM{}.Attribute(net, []*fer.Image{faces[0].Image, faces[1].Image}, classes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(maps), "maps of", len(maps[0].Values), "pixels")
	// Output:
	// 12551 parameters, 1 epoch, 28 faces held out
	// 2 maps of 2304 pixels
}
