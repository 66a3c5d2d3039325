package model

import (
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/nn"
)

// ResNetConfig configures [ResNet]. The zero value of a field means its default.
type ResNetConfig struct {
	Filters []int   `json:"filters,omitempty"` // Channels of the stem and of every stage; default 32, 64, 128, 248.
	Dropout float64 `json:"dropout,omitempty"` // Rate before the last layer; default 0.25, negative for none.
}

// ResNet is a small residual net with fewer parameters than the report's CNN and as many multiply-adds, spread evenly over its
// stages: a stem [ConvNorm, ReLU, MaxPool] and then stages of [ConvNorm, ReLU, MaxPool] and a residual block, as in ResNet-9 of
// DAWNBench (Page 2018); global average pooling instead of the CNN's dense layers. A nil configuration is the default.
func ResNet(c *ResNetConfig) Net {
	config := ResNetConfig{}
	if c != nil {
		config = *c
	}
	filters := withDefault(config.Filters, 32, 64, 128, 248)
	dropout := rate(config.Dropout)
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = nn.ConvNormReLUPool(s, x, filters[0])
		for _, f := range filters[1:] {
			x = nn.ConvNormReLUPool(s, x, f)
			x = nn.Residual(s, x)
		}
		x = nn.GlobalAveragePool(s, x)
		x = nn.Dropout(s, x, dropout)
		return nn.Dense(s, x, fer.NumEmotions)
	}
}
