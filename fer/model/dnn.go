package model

import (
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
	"ferlab/internal/check"
)

// DNNConfig configures [DNN].
type DNNConfig struct {
	Blocks  []int   `json:"blocks"`  // Units of each block [Dense, BatchNorm, ReLU, Dropout].
	Dense   []int   `json:"dense"`   // Units of each hidden dense layer after them.
	Dropout float64 `json:"dropout"` // Rate, in [0, 1). The last hidden layer has none.
}

// OriginalDNN is the original report's: 1,896,167 parameters.
func OriginalDNN() DNNConfig {
	return DNNConfig{Blocks: []int{128, 256, 512, 1248}, Dense: []int{512, 256, 64}, Dropout: 0.25}
}

// Validate adds the fields with impossible values.
func (c DNNConfig) Validate(f check.Fields) {
	f.Sizes("blocks", c.Blocks, 0, maxLayers, maxUnits)
	f.Sizes("dense", c.Dense, 0, maxLayers, maxUnits)
	f.Below1("dropout", c.Dropout)
}

// Net is [DNN] of the configuration, with so many outputs.
func (c DNNConfig) Net(classes int) Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.Flatten(s, x)
		for _, units := range c.Blocks {
			x = nn.Dense(s, x, units)
			x = nn.BatchNorm(s, x)
			x = nn.ReLU(s, x)
			x = nn.Dropout(s, x, c.Dropout)
		}
		for i, units := range c.Dense {
			x = nn.Dense(s, x, units)
			x = nn.ReLU(s, x)
			if i < len(c.Dense)-1 {
				x = nn.Dropout(s, x, c.Dropout)
			}
		}
		return nn.Dense(s, x, classes)
	}
}

// DNN is the original report's fully connected net with as many parameters as its CNN: blocks [Dense, BatchNorm, ReLU,
// Dropout], then dense layers with ReLU, all but the last followed by dropout. A nil configuration is [OriginalDNN].
// It has seven outputs; [DNNConfig.Net] takes another number.
func DNN(c *DNNConfig) Net {
	config := OriginalDNN()
	if c != nil {
		config = *c
	}
	return config.Net(fer.NumEmotions)
}
