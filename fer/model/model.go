// Package model holds Ferlab's nets. A net is one function from a batch of images to logits; the original report's two
// are [CNN] and [DNN], made from a configuration, where nil is the original. [Summarize] lists the layers of any net.
package model

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
)

// Net builds a net's graph: images, float32 in [0, 1] of shape [batch, 48, 48, 1], to logits, float32 [batch, classes].
// Its variables live in the scope. It is a GoMLX model function; see package ferlab/fer/nn for layers to make one of.
type Net func(s *gomlx.Scope, images *graph.Node) (logits *graph.Node)

// CheckLogits returns an error unless the net's output is float32 [batch, n] with two outputs or more.
func CheckLogits(images, logits *graph.Node) error {
	batch := images.Shape().Dimensions[0]
	if got := logits.Shape(); got.DType != dtypes.Float32 || len(got.Dimensions) != 2 || got.Dimensions[0] != batch ||
		got.Dimensions[1] < 2 {
		return fmt.Errorf("the net's output is %s, want float32 [%d, classes]: end it with nn.Dense(s, x, "+
			"fer.NumEmotions), or another number of classes", got, batch)
	}
	return nil
}

// checkOutputs is [CheckLogits] for an output of each class.
func checkOutputs(images, logits *graph.Node, classes fer.Classes) error {
	want := []int{images.Shape().Dimensions[0], classes.Len()}
	if got := logits.Shape(); got.DType != dtypes.Float32 || !slices.Equal(got.Dimensions, want) {
		return fmt.Errorf("the net's output is %s, want float32 %v, an output for each class (%s): end it with "+
			"nn.Dense(s, x, %d)", got, want, classes, want[1])
	}
	return nil
}
