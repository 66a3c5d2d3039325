package backend

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Call runs a graph and returns the flat values of its outputs, each an []int32 or a []float32. It releases the tensors
// of both sides at once instead of leaving them to the garbage collector: a training loop makes many.
func Call(exec *gomlx.Exec, args ...any) ([]any, error) {
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("running the net: %w", err)
	}
	values := make([]any, len(out))
	for i, t := range out {
		if t.DType() == dtypes.Int32 {
			values[i], err = tensors.CopyFlatData[int32](t)
		} else {
			values[i], err = tensors.CopyFlatData[float32](t)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, arg := range args {
		if t, ok := arg.(*tensors.Tensor); ok {
			out = append(out, t)
		}
	}
	for _, t := range out {
		if err := t.FinalizeAll(); err != nil {
			return nil, err
		}
	}
	return values, nil
}
