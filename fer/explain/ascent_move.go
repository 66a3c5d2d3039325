package explain

import (
	"math"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
)

// maxRotation is the largest rotation of [movement], in degrees: near a right angle the two passes of [moved] lose the
// picture.
const maxRotation = 45

// movement describes a turn by degrees (clockwise), an enlargement and a shift by pixels to the right and down, for
// [moved]: the pixel at (x, y) from the middle takes its value from (c·x + s·y + dx, c·y − s·x + dy), and the numbers
// are c, s, dx, dy.
func movement(zoom, degrees, right, down float64) []float32 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return []float32{float32(cos / zoom), float32(sin / zoom), float32(-right), float32(-down)}
}

// moved returns pictures, [batch, 48, 48], after a [movement], with linear interpolation; beyond the edges their
// outermost pixels repeat. It takes two passes, along rows and then along columns (Catmull & Smith 1980): each is a
// matrix product, which is fast, as is its gradient, where gathering pixels is not.
func moved(pictures, movement *graph.Node) *graph.Node {
	g, n, middle := pictures.Graph(), fer.Size, float64(fer.Size-1)/2
	number := func(k int) *graph.Node { return graph.Reshape(graph.Slice(movement, graph.AxisElem(k))) }
	c, s, dx, dy := number(0), number(1), number(2), number(3)
	along := func(axis int) *graph.Node { // Coordinates from the middle, [48, 48].
		return graph.AddScalar(graph.Iota(g, shapes.Make(pictures.DType(), n, n), axis), -middle)
	}
	// weights [48, 48, 48] interpolate at positions [48, 48] on a line of pixels, the last axis.
	weights := func(positions *graph.Node) *graph.Node {
		at := graph.InsertAxes(graph.ClipScalar(graph.AddScalar(positions, middle), 0, float64(n-1)), -1)
		pixel := graph.Iota(g, shapes.Make(pictures.DType(), n, n, n), 2)
		return graph.MaxScalar(graph.OneMinus(graph.Abs(graph.Sub(pixel, at))), 0)
	}
	// Row v holds, for column x, what column x of the result has at y = (v + s·x − dy) / c.
	v, x := along(0), along(1)
	y := graph.Div(graph.Sub(graph.Add(v, graph.Mul(s, x)), dy), c)
	rows := graph.Einsum("vxu,kvu->kvx", weights(graph.Add(graph.Add(graph.Mul(c, x), graph.Mul(s, y)), dx)), pictures)
	x, y = along(0), along(1)
	return graph.Einsum("xyv,kvx->kyx", weights(graph.Add(graph.Sub(graph.Mul(c, y), graph.Mul(s, x)), dy)), rows)
}
