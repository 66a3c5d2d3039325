package backend_test

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// A graph that reads weights while a training changes them sees the new ones at every call, at whatever address they
// are: a product with weights that doubled has doubled. These sizes are among those that XNNPACK takes.
func TestWeightsThatChange(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	const rows, inputs, outputs = 256, 128, 256
	values := make([]float32, inputs*outputs)
	for i := range values {
		values[i] = float32(i%13) / 64
	}
	store := model.NewStore()
	weights, err := store.CreateVariable("/weights", tensors.FromFlatDataAndDimensions(values, inputs, outputs))
	if err != nil {
		t.Fatal(err)
	}
	change := model.MustNewExec(b, store, func(_ *model.Scope, x *graph.Node) *graph.Node {
		old := weights.NodeValue(x.Graph())
		weights.SetNodeValue(graph.Mul(old, graph.BroadcastToShape(x, old.Shape())))
		return graph.MulScalar(x, 2)
	})
	product := model.MustNewExec(b, store, func(_ *model.Scope, x *graph.Node) *graph.Node {
		return graph.Dot(x, weights.NodeValue(x.Graph())).Product()
	})
	images := make([]float32, rows*inputs)
	for i := range images {
		images[i] = float32(i%7) / 8
	}
	sum := func() (sum float64) {
		out := product.MustCall(tensors.FromFlatDataAndDimensions(images, rows, inputs))[0]
		for _, v := range tensors.MustCopyFlatData[float32](out) {
			sum += float64(v)
		}
		return sum
	}
	want := sum()
	for step := range 6 {
		change.MustCall(float32(2))
		want *= 2
		if got := sum(); math.Abs(got-want) > 1e-4*want {
			t.Fatalf("after %d changes the product with the weights sums to %v, want %v", step+1, got, want)
		}
	}
}
