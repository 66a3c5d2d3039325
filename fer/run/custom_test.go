package run_test

import (
	"context"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/nn"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// mirror flips every image.
type mirror struct{}

func (mirror) Apply(dst, src *fer.Image, _ *rand.Rand) {
	*dst = *dataset.View{Flip: true}.Apply(src)
}

// Pieces of one's own that compute what the built-in ones do leave the same bits, and the run records each with its
// fingerprint; one that computes something else is another configuration.
func TestCustomPieces(t *testing.T) {
	c := tiny()
	c.Keep, c.Epochs, c.Optimizer, c.Augment = "last", 2, "nesterov", dataset.Augment{}
	built, own := t.TempDir(), t.TempDir()
	train(t, built, c, nil)
	o := func() *run.Options {
		return &run.Options{
			Loss:      &run.Loss{Name: "entropy", Each: nn.SoftCrossEntropy},
			Optimizer: &run.Optimizer{Name: "momentum", Rule: nn.Nesterov{Momentum: 0.9, WeightDecay: c.WeightDecay}},
		}
	}
	c.Optimizer = "custom"
	r := train(t, own, c, o())
	runtest.SameFiles(t, built, own, "weights.safetensors", "history.csv")
	for what, want := range map[string]string{"loss": `^entropy@[0-9a-f]{12}$`,
		"optimizer": `^momentum@[0-9a-f]{12}$`} {
		if !regexp.MustCompile(want).MatchString(r.Config.Custom[what]) {
			t.Errorf("recorded %s %q, want %s", what, r.Config.Custom[what], want)
		}
	}
	for what, change := range map[string]func(*run.Options){
		"loss": func(o *run.Options) {
			o.Loss.Each = func(logits, targets *graph.Node) *graph.Node {
				return graph.MulScalar(nn.SoftCrossEntropy(logits, targets), 2)
			}
		},
		"optimizer": func(o *run.Options) {
			o.Optimizer.Rule = nn.Nesterov{Momentum: 0.8, WeightDecay: c.WeightDecay}
		},
		"augment": func(o *run.Options) { o.Augment = &run.Augmentation{Name: "mirror", Augmenter: mirror{}} },
	} {
		other := o()
		change(other)
		if _, err := run.Train(context.Background(), own, c, other); err == nil ||
			!strings.Contains(err.Error(), "another configuration (custom") {
			t.Errorf("another %s: %v", what, err)
		}
	}
	mirrored := o()
	mirrored.Augment = &run.Augmentation{Name: "mirror", Augmenter: mirror{}}
	if r := train(t, t.TempDir(), c, mirrored); !strings.HasPrefix(r.Config.Custom["augment"], "mirror@") {
		t.Errorf("recorded %v", r.Config.Custom)
	}
	if _, err := run.Train(context.Background(), t.TempDir(), c, nil); err == nil ||
		!strings.Contains(err.Error(), "optimizer") {
		t.Errorf("no optimizer: %v", err)
	}
	bad := o()
	bad.Loss.Each = func(logits, _ *graph.Node) *graph.Node { return logits }
	if _, err := run.Train(context.Background(), t.TempDir(), c, bad); err == nil ||
		!strings.Contains(err.Error(), "loss entropy") {
		t.Errorf("a loss of the wrong shape: %v", err)
	}
}
