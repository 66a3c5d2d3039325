package export

import (
	"fmt"
	"strings"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

// Licence is that of the shipped nets, as an SPDX identifier, and of other runs unless their owner says otherwise.
const Licence = "Apache-2.0"

// Metadata says what whoever opens a file of a run's net needs to know: the classes in their order, what to do with a
// picture before and with the logits after, where the net comes from, how good it is, and its licence.
func Metadata(r *run.Run) map[string]string {
	c := r.Record
	return map[string]string{
		"classes":     strings.Join(r.Config.Classes.Names(), ","),
		"temperature": fmt.Sprint(r.Temperature()),
		"preprocessing": fmt.Sprintf("a square that the face fills, grey by luma (ITU-R BT.601), scaled to "+
			"%[1]d×%[1]d by averaging, 0 … 255; the net's first layer takes it divided by 255", fer.Size),
		"postprocessing": "probabilities are the softmax of the logits divided by the temperature",
		"license":        Licence,
		"run":            r.Name,
		"model":          r.Config.Model,
		"source":         c.Source,
		"accuracy":       fmt.Sprintf("%.4f on %s, n=%d", c.Accuracy, c.Validation, c.ValidationImages),
	}
}

// Safetensors returns a run's weights as a safetensors file (https://github.com/huggingface/safetensors) with
// metadata in its header, nil for [Metadata] of the run.
func Safetensors(r *run.Run, metadata map[string]string) ([]byte, error) {
	if metadata == nil {
		metadata = Metadata(r)
	}
	store, err := r.Store()
	if err != nil {
		return nil, err
	}
	return model.EncodeWeights(store, model.Scope, metadata)
}
