package model

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/nlpodyssey/safetensors"
)

// Scope is the scope of a net's variables within a store: "/net/conv1/kernel".
const Scope = "net"

// AverageScope is the scope of the moving averages of a net's variables, where a training keeps them.
const AverageScope = "ema"

// EncodeWeights returns the variables of a net in a store's scope, [Scope] or [AverageScope], as a safetensors file
// (https://github.com/huggingface/safetensors): float32, named "conv1.kernel", kernels as [height, width, in, out] and
// [in, out]. Optimizer state is left out. The metadata may be nil.
func EncodeWeights(store *gomlx.Store, scope string, metadata map[string]string) ([]byte, error) {
	tensorName := func(path string) string {
		return strings.ReplaceAll(strings.TrimPrefix(path, "/"+scope+"/"), "/", ".")
	}
	views := map[string]safetensors.TensorView{}
	for v := range store.Scope("/" + scope).IterVariables() {
		value, err := v.Value()
		if err != nil {
			return nil, fmt.Errorf("weight %s: %w", tensorName(v.Path()), err)
		}
		var data []byte
		if err := value.ConstBytes(func(raw []byte) { data = slices.Clone(raw) }); err != nil {
			return nil, fmt.Errorf("weight %s: %w", tensorName(v.Path()), err)
		}
		shape := make([]uint64, value.Rank())
		for i, d := range value.Shape().Dimensions {
			shape[i] = uint64(d)
		}
		view, err := safetensors.NewTensorView(safetensors.F32, shape, data)
		if err != nil {
			return nil, fmt.Errorf("weight %s: %w", tensorName(v.Path()), err)
		}
		views[tensorName(v.Path())] = view
	}
	if len(views) == 0 {
		return nil, fmt.Errorf("the store has no weights to write: build the net first")
	}
	var out bytes.Buffer
	if err := safetensors.SerializeToWriter(views, metadata, &out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// maxHeader bounds the header of a safetensors file; those of the original report's nets have 3 KB.
const maxHeader = 1 << 20

// DecodeWeights makes a store of a safetensors file written by [EncodeWeights] or by another program with the same
// names. It returns an error if the file is damaged, its header has more than 1 MiB, or a weight is empty, not float32
// or not finite. It takes no more memory than some times that of the file.
func DecodeWeights(data []byte) (*gomlx.Store, error) {
	if len(data) >= 8 && binary.LittleEndian.Uint64(data) > maxHeader {
		return nil, fmt.Errorf("not a safetensors file: its header has more than %d bytes", maxHeader)
	}
	file, err := safetensors.Deserialize(data)
	if err != nil {
		return nil, fmt.Errorf("not a safetensors file: %w", err)
	}
	store := gomlx.NewStore()
	for _, named := range file.Tensors() {
		view := named.TensorView
		if view.DType() != safetensors.F32 {
			return nil, fmt.Errorf("weight %q is %s, want F32", named.Name, view.DType())
		}
		if view.DataLen() == 0 || len(view.Shape()) == 0 {
			return nil, fmt.Errorf("weight %q has the shape %v, want one that is not empty", named.Name, view.Shape())
		}
		dims := make([]int, len(view.Shape()))
		for i, d := range view.Shape() {
			dims[i] = int(d)
		}
		values := make([]float32, view.DataLen()/4)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(view.Data()[4*i:]))
			if math.IsNaN(float64(values[i])) || math.IsInf(float64(values[i]), 0) {
				return nil, fmt.Errorf("weight %q holds the non-finite value %v at %d", named.Name, values[i], i)
			}
		}
		path := "/" + Scope + "/" + strings.ReplaceAll(named.Name, ".", "/")
		if _, err := store.CreateVariable(path, tensors.FromFlatDataAndDimensions(values, dims...)); err != nil {
			return nil, fmt.Errorf("weight %q: %w", named.Name, err)
		}
	}
	return store, nil
}
