package model_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/model"
)

// weightsFile is a safetensors file with a header and data of any kind.
func weightsFile(header string, data ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

// FuzzDecodeWeights checks that any safetensors file is refused, or read to weights that are written and read back as
// they are.
func FuzzDecodeWeights(f *testing.F) {
	store := gomlx.NewStore()
	for path, value := range map[string]*tensors.Tensor{
		"conv1/kernel": tensors.FromValue([][]float32{{1, -2},
			{0.5, 3e8}}), "conv1/bias": tensors.FromValue([]float32{7}),
	} {
		if _, err := store.CreateVariable("/"+model.Scope+"/"+path, value); err != nil {
			f.Fatal(err)
		}
	}
	good, err := model.EncodeWeights(store, model.Scope, map[string]string{"model": "cnn"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(weightsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0xc0, 0x7f))
	f.Add(weightsFile(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 0, 0, 0, 0))
	f.Add(weightsFile(`{"a":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}}`))
	f.Add(weightsFile(`{"a..b/../":{"dtype":"F32","shape":[],"data_offsets":[0,4]},`+
		`"a":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}`, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		store, err := model.DecodeWeights(data)
		if err != nil || store.NumVariables() == 0 {
			return
		}
		first, err := model.EncodeWeights(store, model.Scope, nil)
		if err != nil {
			t.Fatal(err)
		}
		if store, err = model.DecodeWeights(first); err != nil {
			t.Fatal(err)
		}
		if second, err := model.EncodeWeights(store, model.Scope, nil); err != nil || !bytes.Equal(first, second) {
			t.Errorf("weights changed when written and read: %v", err)
		}
	})
}
