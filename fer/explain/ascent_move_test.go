package explain

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer"
	"ferlab/fer/backend"
)

// Linear interpolation is exact on a ramp: a moved ramp is the ramp at the moved positions, wherever these lie within
// the picture.
func TestMoved(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	exec, err := graph.NewExec(b, moved)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	const n, middle = fer.Size, (fer.Size - 1) / 2.
	ramp := func(x, y float64) float64 { return 0.5 + 0.01*x - 0.006*y }
	values := make([]float32, n*n)
	for k := range values {
		values[k] = float32(ramp(float64(k%n)-middle, float64(k/n)-middle))
	}
	for _, move := range []struct{ zoom, degrees, right, down float64 }{
		{1, 0, 0, 0}, {1, 0, 2, -1.5}, {1.05, 0, 0, 0}, {1, 3, 0, 0}, {1, -20, 0, 0}, {0.95, 3, -1.2, 2}, {1.1,
			40, 0, 1},
	} {
		out, err := exec.Call(tensors.FromFlatDataAndDimensions(values, 1, n, n),
			tensors.FromFlatDataAndDimensions(movement(move.zoom, move.degrees, move.right, move.down), 4))
		if err != nil {
			t.Fatal(err)
		}
		sin, cos := math.Sincos(move.degrees * math.Pi / 180)
		checked := 0
		for k, v := range tensors.MustCopyFlatData[float32](out[0]) {
			x, y := (float64(k%n)-middle)/move.zoom, (float64(k/n)-middle)/move.zoom
			x, y = cos*x+sin*y-move.right, cos*y-sin*x-move.down
			if math.Hypot(x, y) > middle-8 { // The first pass must stay within the picture, too.
				continue
			}
			checked++
			if math.Abs(float64(v)-ramp(x, y)) > 1e-5 {
				t.Fatalf("%+v: pixel %d is %g, want %g", move, k, v, ramp(x, y))
			}
		}
		if checked < 600 {
			t.Errorf("%+v: only %d pixels checked", move, checked)
		}
	}
}
