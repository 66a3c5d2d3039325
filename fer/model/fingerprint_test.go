package model_test

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The same net built twice is the same; one with another size, or only another dropout rate, is not.
func TestFingerprint(t *testing.T) {
	print := func(c model.CNNConfig) string {
		p, err := model.Fingerprint(model.CNN(&c))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	small := model.CNNConfig{Filters: []int{4, 4}, Dense: []int{8}}
	wider, drier := small, small
	wider.Dense, drier.Dropout = []int{9}, 0.1
	first := print(small)
	if again := print(small); again != first || len(first) != 12 {
		t.Errorf("fingerprints of the same net are %q and %q", first, again)
	}
	if print(wider) == first || print(drier) == first {
		t.Error("a net with another size or dropout rate has the same fingerprint")
	}
	if _, err := model.Fingerprint(model.CNN(&model.CNNConfig{Filters: []int{4, 4, 4, 4, 4, 4}})); err == nil {
		t.Error("no error for a net that shrinks the image to nothing")
	}
}

// Nets that differ in one number of a constant tensor, or in how a variable begins, are told apart.
func TestFingerprintOfConstantsAndInitialValues(t *testing.T) {
	print := func(constant float32, init gomlx.VariableInitializer) string {
		t.Helper()
		p, err := model.Fingerprint(func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			values := make([]float32, 64)
			values[63] = constant
			x = nn.Dense(s, nn.Flatten(s, x), 64)
			x = graph.Mul(x, graph.ExpandLeftToRank(graph.Const(x.Graph(), values), 2))
			scale := s.WithInitializer(init).VariableWithShape("scale", shapes.Make(dtypes.Float32, 64))
			return nn.Dense(s, graph.Mul(x, graph.ExpandLeftToRank(scale.NodeValue(x.Graph()), 2)), fer.NumEmotions)
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := print(1, initializer.Zero)
	for what, other := range map[string]string{"constant": print(2, initializer.Zero),
		"initialiser": print(1, initializer.One)} {
		if other == first {
			t.Errorf("a net with another %s has the same fingerprint", what)
		}
	}
	if again := print(1, initializer.Zero); again != first {
		t.Errorf("fingerprints of the same net are %q and %q", first, again)
	}
}
