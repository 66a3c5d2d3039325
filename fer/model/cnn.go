package model

import (
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
	"ferlab/internal/check"
)

// CNNConfig configures [CNN].
type CNNConfig struct {
	Filters []int   `json:"filters"` // Channels of each convolution block.
	Dense   []int   `json:"dense"`   // Units of each hidden dense layer.
	Dropout float64 `json:"dropout"` // Rate after every block and hidden layer, in [0, 1).
}

// OriginalCNN is the original report's: 1,896,757 parameters.
func OriginalCNN() CNNConfig {
	return CNNConfig{Filters: []int{64, 128, 250, 500}, Dense: []int{512, 256, 64}, Dropout: 0.25}
}

// Validate adds the fields with impossible values.
func (c CNNConfig) Validate(f check.Fields) {
	f.Sizes("filters", c.Filters, 1, maxLayers, maxUnits)
	f.Sizes("dense", c.Dense, 0, maxLayers, maxUnits)
	f.Below1("dropout", c.Dropout)
}

// Net is [CNN] of the configuration, with so many outputs.
func (c CNNConfig) Net(classes int) Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		for _, f := range c.Filters {
			x = nn.ConvBlock(s, x, f, c.Dropout)
		}
		x = nn.Flatten(s, x)
		for _, units := range c.Dense {
			x = nn.Dense(s, x, units)
			x = nn.ReLU(s, x)
			x = nn.Dropout(s, x, c.Dropout)
		}
		return nn.Dense(s, x, classes)
	}
}

// CNN is the original report's convolutional net: a block [Conv 3×3, BatchNorm, ReLU, MaxPool 2, Dropout] for each of
// the filters, then dense layers with ReLU and dropout. A nil configuration is [OriginalCNN].
// It has seven outputs; [CNNConfig.Net] takes another number.
func CNN(c *CNNConfig) Net {
	config := OriginalCNN()
	if c != nil {
		config = *c
	}
	return config.Net(fer.NumEmotions)
}
