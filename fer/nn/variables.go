package nn

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// ParamSeed is the name of the store parameter (int64) that seeds the initial weights; 0 if it isn't set.
const ParamSeed = "ferlab_seed"

// initializer fills values, the flat row-major contents of a new variable of the given dimensions.
type initializer func(rng *rand.Rand, dims []int, values []float32)

// zeros initialises with 0.
func zeros(_ *rand.Rand, _ []int, _ []float32) {}

// ones initialises with 1.
func ones(_ *rand.Rand, _ []int, values []float32) {
	for i := range values {
		values[i] = 1
	}
}

// glorotUniform draws from U(−a, a), a = √(6 / (fan in + fan out)), Keras's default for kernels (Glorot & Bengio 2010).
// The last axis is the output, the one before it the input, all others the kernel's window.
func glorotUniform(rng *rand.Rand, dims []int, values []float32) {
	fanIn, fanOut := fans(dims)
	limit := math.Sqrt(6 / float64(fanIn+fanOut))
	for i := range values {
		values[i] = float32((2*rng.Float64() - 1) * limit)
	}
}

func fans(dims []int) (in, out int) {
	if len(dims) < 2 {
		return 1, 1
	}
	window := 1
	for _, d := range dims[:len(dims)-2] {
		window *= d
	}
	return window * dims[len(dims)-2], window * dims[len(dims)-1]
}

// variable returns the variable of that name in the scope, created as float32 if need be; one that the store has
// already keeps its type, so that a store of float64 weights makes a float64 net.
//
// The initial value is drawn on the host from the store's seed and the variable's own path: it depends neither on the
// backend nor on the order in which variables are created, which GoMLX's initialisers do (they share one generator).
func variable(s *model.Scope, name string, init initializer, dims ...int) *model.Variable {
	if v := s.GetVariable(name); v != nil {
		// Checks the shape; the initialiser isn't called for a variable that has a value.
		return s.VariableWithShape(name, shapes.Make(v.Shape().DType, dims...))
	}
	h := fnv.New64a()
	h.Write([]byte(model.JoinPath(s.Scope(), name)))
	rng := rand.New(rand.NewPCG(uint64(model.GetParamOr(s, ParamSeed, int64(0))), h.Sum64()))
	values := make([]float32, shapes.Make(dtypes.Float32, dims...).Size())
	init(rng, dims, values)
	return s.VariableWithValue(name, tensors.FromFlatDataAndDimensions(values, dims...))
}
