package run

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// Loss is a loss of one's own, instead of cross-entropy.
type Loss struct {
	Name string
	// Each returns the loss of every example, [batch], from logits and target probabilities, both float32 [batch,
	// classes].
	Each func(logits, targets *graph.Node) *graph.Node
}

// Optimizer is an optimizer of one's own. Its learning rate is GoMLX's learning-rate variable, which the training sets.
type Optimizer struct {
	Name string
	Rule optimizer.Interface
}

// Augmentation is an augmentation of one's own, instead of the configured one.
type Augmentation struct {
	Name string
	dataset.Augmenter
}

// custom names what the options give as Go code, each with a fingerprint of what it computes.
func (o *Options) custom(c Config, net model.Net) (map[string]string, error) {
	named := map[string]string{}
	add := func(what, name string, build func(s *gomlx.Scope, images *graph.Node)) error {
		fingerprint, err := model.FingerprintGraph(build)
		if err != nil {
			return fmt.Errorf("%s %s: %w", what, name, err)
		}
		named[what] = name + "@" + fingerprint
		return nil
	}
	if c.Model == model.Custom {
		fingerprint, err := model.Fingerprint(net)
		if err != nil {
			return nil, fmt.Errorf("the net: %w", err)
		}
		named["net"] = fingerprint
	}
	if o.Loss != nil {
		if err := add("loss", o.Loss.Name, func(_ *gomlx.Scope, images *graph.Node) {
			rows := graph.Slice(graph.Reshape(images, 2, fer.Pixels), graph.AxisRange(),
				graph.AxisRange(0, c.Classes.Len()))
			each := o.Loss.Each(rows, graph.Softmax(rows, -1))
			if each.Rank() != 1 || each.Shape().Dimensions[0] != 2 || each.DType() != dtypes.Float32 {
				panic(fmt.Errorf("it returns %s for a batch of two, want float32 [2]", each.Shape()))
			}
		}); err != nil {
			return nil, err
		}
	}
	if o.Optimizer != nil {
		if err := add("optimizer", o.Optimizer.Name, func(s *gomlx.Scope, images *graph.Node) {
			g := images.Graph()
			s.Store().SetTraining(g, true)
			logits := nn.Dense(s.In(model.Scope), nn.Flatten(s, images), 2)
			o.Optimizer.Rule.UpdateGraph(s, g, graph.ReduceAllMean(graph.Square(logits)))
		}); err != nil {
			return nil, err
		}
	}
	if o.Augment != nil {
		named["augment"] = o.Augment.Name + "@" + fingerprintAugment(o.Augment)
	}
	if len(named) == 0 {
		return nil, nil
	}
	return named, nil
}

// fingerprintAugment is made from what an augmentation does to a ramp of grey, 32 times.
func fingerprintAugment(a dataset.Augmenter) string {
	var ramp, out fer.Image
	for i := range ramp {
		ramp[i] = uint8(i * 255 / len(ramp))
	}
	digest := sha256.New()
	for seed := range uint64(32) {
		a.Apply(&out, &ramp, rand.New(rand.NewPCG(seed, 0)))
		digest.Write(out[:])
	}
	return fmt.Sprintf("%x", digest.Sum(nil))[:12]
}

// augment is what changes the training images: the configured augmentation, or that of the options.
func (j *Job) augment() dataset.Augmenter {
	if j.options.Augment != nil {
		return j.options.Augment
	}
	return j.Config.Augment
}
