package nn_test

import (
	"fmt"
	"log"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// A residual net of one's own in a few lines; every layer names itself.
func Example() {
	net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.ConvNormReLUPool(s, x, 16) // [batch, 24, 24, 16]
		x = nn.Residual(s, x)
		x = nn.GlobalAveragePool(s, x) // [batch, 16]
		return nn.Dense(s, x, fer.NumEmotions)
	}
	summary, err := model.Summarize(net)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range summary.Layers {
		fmt.Println(l.Name, l.Output)
	}
	// Output:
	// conv1 [48 48 16]
	// bn1 [48 48 16]
	// relu1 [48 48 16]
	// pool1 [24 24 16]
	// conv2 [24 24 16]
	// bn2 [24 24 16]
	// relu2 [24 24 16]
	// conv3 [24 24 16]
	// bn3 [24 24 16]
	// relu3 [24 24 16]
	// add1 [24 24 16]
	// gap1 [16]
	// dense1 [7]
}
