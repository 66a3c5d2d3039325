package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/nn"
)

// errDoesntFit says that weights belong to another net, and why.
func errDoesntFit(why string, args ...any) error {
	return fmt.Errorf("the weights don't fit the net: "+why, args...)
}

// shapesOf builds a net in training, without running it, and returns the shape of each of its variables, by path, and
// its layers' names, of those that have parameters.
func shapesOf(net Net) (shapes map[string][]int, layers []string, err error) {
	store := gomlx.NewStore()
	err = Inspect(2, store, func(s *gomlx.Scope, images *graph.Node) {
		s.Store().SetTraining(images.Graph(), true)
		net(s.In(Scope), images)
		for _, l := range nn.Layers(images.Graph()) {
			if l.Params > 0 {
				layers = append(layers, l.Name)
			}
		}
	})
	shapes = map[string][]int{}
	for v := range store.Scope("/" + Scope).IterVariables() {
		shapes[v.Path()] = v.Shape().Dimensions
	}
	return shapes, layers, err
}

// LastLayer returns the name of a net's last layer with parameters, "dense4". It returns an error if the net can't be
// built or records no layer (see package ferlab/fer/nn).
func LastLayer(net Net) (string, error) {
	_, layers, err := shapesOf(net)
	if err == nil && len(layers) == 0 {
		err = fmt.Errorf("the net has no layer of package nn with parameters")
	}
	if err != nil {
		return "", err
	}
	return layers[len(layers)-1], nil
}

// CopyWeights gives a net's variables in an empty store the values that they have in another, but for those of the
// layers named without, which begin as the net says. It returns an error if the other store lacks a variable, has one
// more, or one of another shape.
func CopyWeights(to, from *gomlx.Store, net Net, without ...string) error {
	shapes, _, err := shapesOf(net)
	if err != nil {
		return err
	}
	left := func(path string) bool {
		layer, _, _ := strings.Cut(strings.TrimPrefix(path, "/"+Scope+"/"), "/")
		return slices.Contains(without, layer)
	}
	for _, path := range slices.Sorted(maps.Keys(shapes)) { // The order of variables is part of the graph.
		shape := shapes[path]
		if left(path) {
			continue
		}
		v := from.GetVariable(path)
		if v == nil {
			return errDoesntFit("it has %s, which they lack", path)
		}
		if !slices.Equal(v.Shape().Dimensions, shape) {
			return errDoesntFit("%s is %v there, %v in the net", path, v.Shape().Dimensions, shape)
		}
		value, err := v.Value()
		if err != nil {
			return err
		}
		if value, err = value.LocalClone(); err != nil {
			return err
		}
		if _, err := to.CreateVariable(path, value); err != nil {
			return err
		}
	}
	for v := range from.Scope("/" + Scope).IterVariables() {
		if _, ok := shapes[v.Path()]; !ok && !left(v.Path()) {
			return errDoesntFit("they have %s, which it lacks", v.Path())
		}
	}
	return nil
}
