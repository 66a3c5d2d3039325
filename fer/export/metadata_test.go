package export

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
)

// Both kinds of files say what whoever opens them needs to know, and the weights are the run's own.
func TestMetadata(t *testing.T) {
	r, err := pretrained.Open("best")
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := ONNX(&file, r, &Options{Maps: true}); err != nil {
		t.Fatal(err)
	}
	m := fields(t, file.Bytes())
	properties := map[string]string{}
	for _, p := range m[14] {
		f := fields(t, p)
		properties[string(f[1][0])] = string(f[2][0])
	}
	weights, err := Safetensors(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	var header struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	size := binary.LittleEndian.Uint64(weights)
	if err := json.Unmarshal(weights[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(properties, header.Metadata) {
		t.Errorf("ONNX says %v, safetensors %v", properties, header.Metadata)
	}
	for key, want := range map[string]string{
		"classes": strings.Join(fer.Emotions.Names(), ","), "license": "Apache-2.0", "run": "best",
		"temperature": fmt.Sprint(r.Temperature()), "accuracy": "0.7183 on public, n=3589",
	} {
		if properties[key] != want {
			t.Errorf("%s is %q, want %q", key, properties[key], want)
		}
	}
	if !strings.Contains(properties["preprocessing"], "48×48") {
		t.Errorf("preprocessing is %q", properties["preprocessing"])
	}
	store, err := model.DecodeWeights(weights)
	if err != nil {
		t.Fatal(err)
	}
	own, err := r.Store()
	if err != nil {
		t.Fatal(err)
	}
	for v := range own.IterVariables() {
		got, want := store.GetVariable(v.Path()), v
		if got == nil || !got.MustValue().Equal(want.MustValue()) {
			t.Errorf("the weight %s isn't the run's", v.Path())
		}
	}
	var outputs []string
	for _, o := range fields(t, m[7][0])[12] {
		outputs = append(outputs, string(fields(t, o)[1][0]))
	}
	if fmt.Sprint(outputs) != "[probabilities logits maps]" {
		t.Errorf("outputs %v", outputs)
	}
}
