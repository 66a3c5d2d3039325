// Package modeltest makes weights for tests of what uses a net.
package modeltest

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// Initialised returns a store with a net's initial weights for a seed.
func Initialised(t testing.TB, net model.Net, seed int64) *gomlx.Store {
	t.Helper()
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	store := gomlx.NewStore()
	store.SetParam(nn.ParamSeed, seed)
	exec, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images *graph.Node) *graph.Node {
		return model.Logits(s, net, images)
	})
	if err != nil {
		t.Fatal(err)
	}
	none := shapes.Make(dtypes.Uint8, 1, fer.Size, fer.Size, 1)
	if _, err := exec.Call(tensors.FromShape(none)); err != nil { // Creates the weights.
		t.Fatal(err)
	}
	return store
}
