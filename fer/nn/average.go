package nn

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/ml/model"
)

// UpdateAverage moves the exponential moving average (EMA) of every variable in scope from, batch normalisation's
// moving averages among them, one step: average ← decay·average + (1 − decay)·value, decay a scalar node. The averages
// live under the same names in scope to, where a net can be built to evaluate them (Polyak & Juditsky 1992); they begin
// as the variables.
//
// Call it in a training graph after the optimizer. GoMLX v0.28.2 has no EMA.
func UpdateAverage(store *model.Store, g *Graph, from, to string, decay *Node) {
	var vars []*model.Variable
	for v := range store.Scope("/" + from).IterVariables() {
		vars = append(vars, v)
	}
	for _, v := range vars {
		s := store.Scope("/" + to + v.Scope()[len("/"+from):])
		average := s.GetVariable(v.Name())
		if average == nil {
			start, err := v.MustValue().LocalClone()
			if err != nil {
				panic(err)
			}
			average = s.VariableWithValue(v.Name(), start)
		}
		average.SetTrainable(false)
		old := average.NodeValue(g)
		average.SetNodeValue(Add(Mul(old, decay), Mul(v.NodeValue(g), OneMinus(decay))))
	}
}
