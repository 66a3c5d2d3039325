package backend

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Call runs a graph and returns the flat values of its outputs, each an []int32 or a []float32. It releases the tensors
// of both sides at once instead of leaving them to the garbage collector: a training loop makes many.
func Call(exec *gomlx.Exec, args ...any) ([]any, error) {
	out, err := Run(exec, args...)
	if err != nil {
		return nil, err
	}
	return Values(out)
}

// Run runs a graph and returns its outputs, which stay on the device. It releases the tensors among the arguments.
func Run(exec *gomlx.Exec, args ...any) ([]*tensors.Tensor, error) {
	out, err := exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("running the net: %w", err)
	}
	for _, arg := range args {
		if t, ok := arg.(*tensors.Tensor); ok {
			if err := t.FinalizeAll(); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Values returns the flat values of tensors, each an []int32 or a []float32, and releases them.
func Values(list []*tensors.Tensor) ([]any, error) {
	values := make([]any, len(list))
	for i, t := range list {
		var err error
		if t.DType() == dtypes.Int32 {
			values[i], err = tensors.CopyFlatData[int32](t)
		} else {
			values[i], err = tensors.CopyFlatData[float32](t)
		}
		if err = errors.Join(err, t.FinalizeAll()); err != nil {
			return nil, err
		}
	}
	return values, nil
}
