package model

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
	"ferlab/internal/check"
)

// ResNetConfig configures [ResNet].
type ResNetConfig struct {
	// Filters are the channels of the stem and of every stage; each halves height and width.
	Filters []int `json:"filters"`
	// FullStem says that the stem doesn't: as many parameters, and four times the multiply-adds behind it.
	FullStem bool    `json:"full_stem"`
	Blocks   []int   `json:"blocks"`  // Residual blocks of every stage, one number fewer than Filters.
	Dropout  float64 `json:"dropout"` // Rate before the last layer, in [0, 1).
}

// SmallResNet has fewer parameters than the original report's CNN, 1,861,007, and as many multiply-adds, 63 million.
func SmallResNet() ResNetConfig {
	return ResNetConfig{Filters: []int{32, 64, 128, 248}, Blocks: []int{1, 1, 1}, Dropout: 0.25}
}

// Validate adds the fields with impossible values.
func (c ResNetConfig) Validate(f check.Fields) {
	f.Sizes("filters", c.Filters, 1, maxLayers, maxUnits)
	ok := len(c.Blocks) == len(c.Filters)-1
	for _, n := range c.Blocks {
		ok = ok && n >= 0 && n <= maxLayers
	}
	f.That(ok, "blocks", c.Blocks, fmt.Sprintf("%d numbers from 0 to %d, one fewer than filters",
		max(len(c.Filters)-1, 0), maxLayers))
	f.Below1("dropout", c.Dropout)
}

// Net is [ResNet] of the configuration, with so many outputs.
func (c ResNetConfig) Net(classes int) Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		if c.FullStem {
			x = nn.ConvNormReLU(s, x, c.Filters[0])
		} else {
			x = nn.ConvNormReLUPool(s, x, c.Filters[0])
		}
		for i, f := range c.Filters[1:] {
			x = nn.ConvNormReLUPool(s, x, f)
			for range c.Blocks[i] {
				x = nn.Residual(s, x)
			}
		}
		x = nn.GlobalAveragePool(s, x)
		x = nn.Dropout(s, x, c.Dropout)
		return nn.Dense(s, x, classes)
	}
}

// ResNet is a small residual net: a stem [ConvNorm, ReLU, MaxPool] and then stages of [ConvNorm, ReLU, MaxPool] and
// residual blocks, as in ResNet-9 of DAWNBench (Page 2018); global average pooling instead of the CNN's dense layers. A
// nil configuration is [SmallResNet]. It has seven outputs; [ResNetConfig.Net] takes another number.
func ResNet(c *ResNetConfig) Net {
	config := SmallResNet()
	if c != nil {
		config = *c
	}
	return config.Net(fer.NumEmotions)
}
