package backend_test

import (
	"fmt"
	"log"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

// A graph of one's own, compiled for the backend of this process and run: programs and notebooks ask for it and name
// none.
func ExampleCall() {
	b, err := backend.Get()
	if err != nil {
		log.Fatal(err)
	}
	exec, err := gomlx.NewExec(b, gomlx.NewStore(), func(_ *gomlx.Scope, x *graph.Node) *graph.Node {
		return graph.Softmax(x, -1)
	})
	if err != nil {
		log.Fatal(err)
	}
	out, err := backend.Call(exec, [][]float32{{0, 0, 0, 0}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out[0])
	// Output: [0.25 0.25 0.25 0.25]
}
