// Package export writes trained nets for other programs, as ONNX (https://onnx.ai), which runs on servers, phones and
// in browsers: see [ONNX].
//
// The file holds the whole way from pixels to calibrated probabilities, so that whoever runs it needs to know nothing
// else. Layers and weights keep the names of [ferlab/fer/nn]: "conv1", "conv1.kernel". Weights alone come from
// [Safetensors]. Both kinds of files say what they are: see [Metadata].
package export

import (
	"fmt"
	"io"
	"maps"
	"math"
	"strings"

	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// Options configures an export. The zero value of a field, like nil options, means its default.
type Options struct {
	// Float makes the input float32, 0 … 255, instead of uint8.
	Float bool
	// Temperature is what logits are divided by before the softmax; default the run's, or 1.
	Temperature float64
	// Name is the graph's name; default the run's.
	Name string
	// Maps adds the output "maps", [N, height, width, classes], to a net that ends with global average pooling and a
	// dense layer: how much each position of its last maps adds to each logit, which is their mean over the positions
	// and the dense layer's bias (class activation maps, Zhou et al. 2016; here they are exact). Other nets get none.
	Maps bool
	// Classes are those of the outputs; default the run's, or the seven emotions.
	Classes fer.Classes
	// Metadata is stored with the model, beside "classes" and "temperature"; default [Metadata] of the run.
	Metadata map[string]string
}

// ONNX writes a run's net. Its input "image" is [N, 48, 48, 1], grey 0 … 255; its outputs are "probabilities" and
// "logits", [N, classes], in the order of the run's. It is an error if the net has a layer that this package doesn't
// know.
func ONNX(w io.Writer, r *run.Run, o *Options) error {
	options := Options{}
	if o != nil {
		options = *o
	}
	if options.Temperature == 0 {
		options.Temperature = r.Temperature()
	}
	if options.Name == "" {
		options.Name = r.Name
	}
	if options.Metadata == nil {
		options.Metadata = Metadata(r)
	}
	options.Classes = r.Config.Classes
	net, err := r.Net()
	if err != nil {
		return err
	}
	store, err := r.Store()
	if err != nil {
		return err
	}
	if err := NetONNX(w, net, store, &options); err != nil {
		return fmt.Errorf("run %s: %w", r.Name, err)
	}
	return nil
}

// NetONNX is [ONNX] of a net with its weights in a store.
func NetONNX(w io.Writer, net model.Net, store *gomlx.Store, o *Options) error {
	options := Options{}
	if o != nil {
		options = *o
	}
	if options.Temperature == 0 {
		options.Temperature = 1
	}
	if !(options.Temperature > 0) || math.IsInf(options.Temperature, 0) {
		return fmt.Errorf("temperature is %v, want a positive number", options.Temperature)
	}
	if options.Name == "" {
		options.Name = "net"
	}
	layers, err := trace(net, store)
	if err != nil {
		return err
	}
	if out := layers[len(layers)-1].out; len(out) != 1 || out[0] != options.Classes.Len() {
		return fmt.Errorf("the net has outputs of shape %v, want one for each of %s", out, options.Classes)
	}
	if err := check(layers, net, store); err != nil {
		return err
	}
	_, err = w.Write(encode(layers, options))
	return err
}

// check runs the layers, one after another in plain Go, and compares their logits with the net's: a net that also
// computes something outside its layers would be exported wrongly.
func check(layers []layer, net model.Net, store *gomlx.Store) error {
	p, err := model.NewPredictor(net, store, model.Float32)
	if err != nil {
		return err
	}
	face := synth.Make(1, 0).Image
	want, err := p.Logits([]*fer.Image{face})
	if err != nil {
		return err
	}
	got := forward(layers, face)
	for i, v := range want[0] {
		if d := math.Abs(float64(v) - got[i]); !(d <= 1e-3*(1+math.Abs(float64(v)))) {
			return fmt.Errorf("the layers one after another give other logits than the net (%v instead of %v): it "+
				"computes something outside the layers of ferlab/fer/nn, which can't be exported", got, want[0])
		}
	}
	return nil
}

// metadata is what the model's properties say.
func (o Options) metadata() map[string]string {
	m := maps.Clone(o.Metadata)
	if m == nil {
		m = map[string]string{}
	}
	m["classes"], m["temperature"] = strings.Join(o.Classes.Names(), ","), fmt.Sprint(o.Temperature)
	return m
}
