package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
	"ferlab/fer/backend/onednn"
)

const frozenKey = "/ferlab_frozen"

// Freezer freezes the graphs of one store, whose weights never change as long as it lives. oneDNN keeps these in the
// order of elements that it wants, once for all runs, see [onednn.OwnerName].
type Freezer struct{ owner *model.Variable }

// NewFreezer adds an int64 scalar to the store's variables.
func NewFreezer(s *model.Store) *Freezer {
	f := new(Freezer)
	f.owner = s.VariableWithValue("/"+onednn.OwnerName, onednn.NewOwner(f)).SetTrainable(false)
	return f
}

// Freeze says that a graph's weights don't change and that its gradients aren't asked for. Call it before the layers
// are built.
func (f *Freezer) Freeze(g *Graph) {
	model.SetGraphParam(g, frozenKey, true)
	if has, _ := backend.HasOneDNN(g.Backend()); has {
		f.owner.NodeValue(g)
	}
}

func isFrozen(g *Graph) bool {
	_, frozen := model.GetGraphParam(g, frozenKey)
	return frozen
}
