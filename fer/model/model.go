// Package model holds Ferlab's nets. A net is one function from a batch of images to logits; the report's two are [CNN] and
// [DNN], made from a configuration:
//
//	net := model.CNN(nil)                     // the report's, 1,896,757 parameters
//	net := model.CNN(&model.CNNConfig{...})   // another in one line
//	fmt.Println(model.Summarize(net))
package model

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
)

// Net builds a net's graph: images, float32 in [0, 1] of shape [batch, 48, 48, 1], to logits, float32 [batch, 7]. Its
// variables live in the scope. It is a GoMLX model function; see package ferlab/fer/nn for layers to make one of.
type Net func(s *gomlx.Scope, images *graph.Node) (logits *graph.Node)

// CNNConfig configures [CNN]. The zero value of a field means its default, the report's.
type CNNConfig struct {
	Filters []int   `json:"filters,omitempty"` // Channels of each convolution block; default 64, 128, 250, 500.
	Dense   []int   `json:"dense,omitempty"`   // Units of each hidden dense layer; default 512, 256, 64.
	Dropout float64 `json:"dropout,omitempty"` // Rate after every block and hidden layer; default 0.25, negative for none.
}

// DNNConfig configures [DNN]. The zero value of a field means its default, the report's.
type DNNConfig struct {
	Blocks  []int   `json:"blocks,omitempty"`  // Units of each block [Dense, BatchNorm, ReLU, Dropout]; default 128, 256, 512, 1248.
	Dense   []int   `json:"dense,omitempty"`   // Units of each hidden dense layer after them; default 512, 256, 64.
	Dropout float64 `json:"dropout,omitempty"` // Rate; default 0.25, negative for none. The last hidden layer has none.
}

// CNN is the report's convolutional net: a block [Conv 3×3, BatchNorm, ReLU, MaxPool 2, Dropout] for each of the filters, then
// dense layers with ReLU and dropout. A nil configuration is the report's.
func CNN(c *CNNConfig) Net {
	config := CNNConfig{}
	if c != nil {
		config = *c
	}
	filters := withDefault(config.Filters, 64, 128, 250, 500)
	dense := withDefault(config.Dense, 512, 256, 64)
	dropout := rate(config.Dropout)
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		for _, f := range filters {
			x = nn.ConvBlock(s, x, f, dropout)
		}
		x = nn.Flatten(s, x)
		for _, units := range dense {
			x = nn.Dense(s, x, units)
			x = nn.ReLU(s, x)
			x = nn.Dropout(s, x, dropout)
		}
		return nn.Dense(s, x, fer.NumEmotions)
	}
}

// DNN is the report's fully connected net with as many parameters as its CNN: blocks [Dense, BatchNorm, ReLU, Dropout], then
// dense layers with ReLU, all but the last followed by dropout. A nil configuration is the report's.
func DNN(c *DNNConfig) Net {
	config := DNNConfig{}
	if c != nil {
		config = *c
	}
	blocks := withDefault(config.Blocks, 128, 256, 512, 1248)
	dense := withDefault(config.Dense, 512, 256, 64)
	dropout := rate(config.Dropout)
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.Flatten(s, x)
		for _, units := range blocks {
			x = nn.Dense(s, x, units)
			x = nn.BatchNorm(s, x)
			x = nn.ReLU(s, x)
			x = nn.Dropout(s, x, dropout)
		}
		for i, units := range dense {
			x = nn.Dense(s, x, units)
			x = nn.ReLU(s, x)
			if i < len(dense)-1 {
				x = nn.Dropout(s, x, dropout)
			}
		}
		return nn.Dense(s, x, fer.NumEmotions)
	}
}

func withDefault(values []int, report ...int) []int {
	if len(values) == 0 {
		return report
	}
	return slices.Clone(values)
}

func rate(dropout float64) float64 {
	switch {
	case dropout == 0:
		return 0.25
	case dropout < 0:
		return 0
	}
	return dropout
}

// CheckLogits returns an error unless the net's output has the shape [batch, 7] and is float32.
func CheckLogits(images, logits *graph.Node) error {
	want := []int{images.Shape().Dimensions[0], fer.NumEmotions}
	if got := logits.Shape(); got.DType != dtypes.Float32 || !slices.Equal(got.Dimensions, want) {
		return fmt.Errorf("the net's output is %s, want float32 %v: end it with nn.Dense(s, x, fer.NumEmotions)", got, want)
	}
	return nil
}
