package model

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/nn"
)

// Summary lists a net's layers as Keras's model.summary() does; String prints the table.
type Summary struct {
	Layers []LayerSummary
}

// LayerSummary is a row of a [Summary].
type LayerSummary struct {
	Name, Type   string
	Output       []int // Shape without the batch: [46 46 64].
	Params       int
	NonTrainable int
	MultiplyAdds int // Multiply-adds of one image's forward pass.

	Kernel, Stride, Pad int // How its positions lie over those of the layer before it: see [nn.Layer].
}

// Summarize builds the net once, without running it, and lists its layers. It returns an error if the net can't be
// built from [batch, 48, 48, 1] to [batch, classes].
func Summarize(net Net) (*Summary, error) {
	s := new(Summary)
	err := Inspect(1, gomlx.NewStore(), func(scope *gomlx.Scope, images *graph.Node) {
		Logits(scope, net, images)
		for _, l := range nn.Layers(images.Graph()) {
			s.Layers = append(s.Layers, LayerSummary{
				l.Name, l.Type, l.Output.Shape().Dimensions[1:], l.Params, l.NonTrainable, l.MultiplyAdds,
				l.Kernel, l.Stride, l.Pad,
			})
		}
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Inspect lets build make a graph over images, float32 [batch, 48, 48, 1], with a store, and look at it: nothing is
// compiled.
func Inspect(batch int, store *gomlx.Store, build func(s *gomlx.Scope, images *graph.Node)) error {
	b, err := backend.Get()
	if err != nil {
		return err
	}
	complete := false
	exec, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images *graph.Node) *graph.Node {
		build(s, images)
		complete = true
		panic(errors.New("the graph is complete: there is no need to compile it"))
	})
	if err != nil {
		return err
	}
	caught := exceptions.TryCatch[error](func() {
		_, err = exec.Compile(shapes.Make(dtypes.Float32, batch, fer.Size, fer.Size, 1))
	})
	if complete {
		return nil
	}
	return fmt.Errorf("building the net: %w", errors.Join(err, caught))
}

// Params returns the number of parameters, and how many of them are not trained by gradient.
func (s *Summary) Params() (total, nonTrainable int) {
	for _, l := range s.Layers {
		total += l.Params
		nonTrainable += l.NonTrainable
	}
	return total, nonTrainable
}

// MultiplyAdds returns the number of multiply-adds of one image's forward pass in convolutions and dense layers.
func (s *Summary) MultiplyAdds() int {
	sum := 0
	for _, l := range s.Layers {
		sum += l.MultiplyAdds
	}
	return sum
}

// String returns Keras's table: layer (type), output shape, param #, then the totals.
func (s *Summary) String() string {
	const width = 72
	var t strings.Builder
	rule := func(c string) { fmt.Fprintln(&t, strings.Repeat(c, width)) }
	rule("_")
	fmt.Fprintf(&t, "%-34s %-24s %12s\n", "Layer (type)", "Output Shape", "Param #")
	rule("=")
	for _, l := range s.Layers {
		shape := "(None"
		for _, d := range l.Output {
			shape += fmt.Sprintf(", %d", d)
		}
		fmt.Fprintf(&t, "%-34s %-24s %12d\n", fmt.Sprintf("%s (%s)", l.Name, l.Type), shape+")", l.Params)
	}
	rule("=")
	total, frozen := s.Params()
	fmt.Fprintf(&t, "Total params: %s\n", thousands(total))
	fmt.Fprintf(&t, "Trainable params: %s\n", thousands(total-frozen))
	fmt.Fprintf(&t, "Non-trainable params: %s\n", thousands(frozen))
	fmt.Fprintf(&t, "Multiply-adds: %s\n", thousands(s.MultiplyAdds()))
	return t.String()
}

// thousands writes 1896757 as "1,896,757".
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
