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

// Net builds a net's graph: images, float32 in [0, 1] of shape [batch, 48, 48, 1], to logits, float32 [batch, 7]. Its
// variables live in the scope. It is a GoMLX model function; see package ferlab/fer/nn for layers to make one of.
type Net func(s *gomlx.Scope, images *graph.Node) (logits *graph.Node)

// CheckLogits returns an error unless the net's output has the shape [batch, 7] and is float32.
func CheckLogits(images, logits *graph.Node) error {
	want := []int{images.Shape().Dimensions[0], fer.NumEmotions}
	if got := logits.Shape(); got.DType != dtypes.Float32 || !slices.Equal(got.Dimensions, want) {
		return fmt.Errorf("the net's output is %s, want float32 %v: end it with nn.Dense(s, x, fer.NumEmotions)",
			got, want)
	}
	return nil
}
