package run

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/internal/check"
)

// Distill configures distillation (Hinton, Vinyals & Dean 2015): the net learns from what teachers say about each
// augmented image, beside its label. The zero value is no distillation.
type Distill struct {
	// Teachers are the folders of complete runs, or names that [Options].Find knows; several are an ensemble, whose
	// probabilities are averaged. A run's record keeps the folder's last element and the SHA-256 of its weights,
	// "a@1f0e…": other weights are another configuration. Teachers answer in the precision of
	// the training.
	Teachers []string `json:"teachers"`
	// Weight is the teachers' share of the loss, in [0, 1]; the labels have the rest.
	Weight float64 `json:"weight"`
	// Temperature divides the logits of teachers and, in the teachers' share of the loss, of the net: above 1 it shows
	// more of what the teachers think of the other emotions; at 1 it shows their own confidence.
	Temperature float64 `json:"temperature"`
}

// Validate adds the fields with impossible values.
func (d Distill) Validate(f check.Fields) {
	f.Share("weight", d.Weight)
	f.That((d.Weight > 0) == (len(d.Teachers) > 0), "weight", d.Weight, "above 0 with teachers, and 0 without")
	f.NotNegative("temperature", d.Temperature)
	f.That(d.Weight == 0 || d.Temperature > 0, "temperature", d.Temperature, "above 0")
}

// blend adds the teachers' share to the labels' losses of every example, [batch]: what the logits lose against soft,
// the teachers' probabilities, both [batch, classes].
func (d Distill) blend(losses, logits, soft *graph.Node) *graph.Node {
	return graph.Add(graph.MulScalar(losses, 1-d.Weight), graph.MulScalar(nn.Distillation(logits, soft, d.Temperature),
		d.Weight))
}

// teachers are an ensemble at work.
type teachers struct {
	nets        []*model.Predictor
	temperature float64
	classes     int
}

// newTeachers returns the teachers of a training with configuration c.
func newTeachers(c Config, runs []*Run) (*teachers, error) {
	t := &teachers{temperature: c.Distill.Temperature, classes: c.Classes.Len()}
	for _, r := range runs {
		if !r.Config.Classes.Equal(c.Classes) {
			return nil, fmt.Errorf("teacher %s tells apart %s, and the net is to tell apart %s: want the same classes",
				r.Name, r.Config.Classes, c.Classes)
		}
		p, err := r.WithPrecision(model.Precision(c.Precision)).Predictor()
		if err != nil {
			return nil, err
		}
		t.nets = append(t.nets, p)
	}
	return t, nil
}

// probabilities returns the teachers' mean probabilities for a batch, float32 [batch, classes].
func (t *teachers) probabilities(b dataset.Batch) (*tensors.Tensor, error) {
	images := make([]*fer.Image, b.Len())
	for i := range images {
		images[i] = (*fer.Image)(b.Images[i*fer.Pixels:])
	}
	mean := make([]float32, b.Len()*t.classes)
	for _, net := range t.nets {
		probs, err := net.Probabilities(images, t.temperature)
		if err != nil {
			return nil, fmt.Errorf("asking a teacher: %w", err)
		}
		for i, row := range probs {
			for k, p := range row {
				mean[i*t.classes+k] += float32(p / float64(len(t.nets)))
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(mean, b.Len(), t.classes), nil
}
