package run

import (
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/model"
)

// frozen reports whether only the last layer learns at a step, of a training of so many steps.
func (c Config) frozen(step, steps int) bool {
	return step < c.From.HeadEpochs*(steps/c.Epochs)
}

// keeper holds what every variable of the net but those of the last layer is, until the optimizer has had its say.
type keeper map[*gomlx.Variable]*graph.Node

// below reports whether a variable, or the optimizer's about it, belongs to the net below its last layer.
func below(path, head string) bool {
	_, layer, ok := strings.Cut(path, "/"+model.Scope+"/")
	return ok && !strings.HasPrefix(layer, head+"/")
}

// keep notes what the variables below the last layer are before a step.
func keep(s *gomlx.Scope, g *graph.Graph, head string) keeper {
	k := keeper{}
	for v := range s.Store().IterVariables() {
		if strings.HasPrefix(v.Path(), "/"+model.Scope+"/") && below(v.Path(), head) {
			k[v] = v.NodeValue(g)
		}
	}
	return k
}

// restore lets them stay as they were where frozen is 1, and the optimizer's variables about them, which begin at zero.
func (k keeper) restore(s *gomlx.Scope, g *graph.Graph, head string, frozen *graph.Node) {
	still := graph.GreaterThan(frozen, graph.ScalarZero(g, dtypes.Float32))
	for v := range s.Store().IterVariables() {
		if !below(v.Path(), head) || !v.ChangedInGraph(g) {
			continue
		}
		now := v.NodeValue(g)
		was := k[v]
		if was == nil {
			was = graph.ZerosLike(now)
		}
		v.SetNodeValue(graph.Where(still, was, now))
	}
}
