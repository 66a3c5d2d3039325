package run

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// Distill configures distillation (Hinton, Vinyals & Dean 2015): the net learns from what teachers say about each augmented
// image, beside its label. The zero value is no distillation.
type Distill struct {
	// Teachers are the folders of complete runs; several are an ensemble, whose probabilities are averaged. A run's record keeps
	// the folder's last element and the SHA-256 of its weights, "a@1f0e…": other weights are another configuration.
	Teachers []string `json:"teachers,omitempty"`
	// Weight is the teachers' share of the loss, in [0, 1]; the labels have the rest.
	Weight float64 `json:"weight,omitempty"`
	// Temperature divides the logits of teachers and, in the teachers' share of the loss, of the net: above 1 it shows more of
	// what the teachers think of the other emotions. 1 if it is 0.
	Temperature float64 `json:"temperature,omitempty"`
}

func (d Distill) temperature() float64 {
	if d.Temperature == 0 {
		return 1
	}
	return d.Temperature
}

// open opens the teachers and leaves in the configuration what a record keeps of them.
func (d *Distill) open() ([]*Run, error) {
	recorded := make([]string, len(d.Teachers))
	runs := make([]*Run, len(d.Teachers))
	for i, dir := range d.Teachers {
		r, err := Open(dir)
		if err != nil {
			return nil, fmt.Errorf("teacher: %w", err)
		}
		weights, err := r.Weights()
		if err != nil {
			return nil, fmt.Errorf("teacher: %w", err)
		}
		runs[i], recorded[i] = r, r.Name+"@"+sum(weights)
	}
	if len(runs) > 0 {
		d.Teachers = recorded
	}
	return runs, nil
}

// loss is the loss of every example, [batch], of logits against targets and soft, the teachers' probabilities, both [batch, 7].
func (d Distill) loss(logits, targets, soft *graph.Node) *graph.Node {
	losses := nn.SoftCrossEntropy(logits, targets)
	if d.Weight == 0 {
		return losses
	}
	return graph.Add(graph.MulScalar(losses, 1-d.Weight), graph.MulScalar(nn.Distillation(logits, soft, d.temperature()), d.Weight))
}

// teachers are an ensemble at work.
type teachers struct {
	nets        []*model.Predictor
	temperature float64
}

func newTeachers(d Distill, runs []*Run) (*teachers, error) {
	t := &teachers{temperature: d.temperature()}
	for _, r := range runs {
		p, err := r.Predictor()
		if err != nil {
			return nil, err
		}
		t.nets = append(t.nets, p)
	}
	return t, nil
}

// probabilities returns the teachers' mean probabilities for a batch, float32 [batch, 7]; zeros if there are no teachers.
func (t *teachers) probabilities(b dataset.Batch) (*tensors.Tensor, error) {
	images := make([]*fer.Image, b.Len())
	for i := range images {
		images[i] = (*fer.Image)(b.Images[i*fer.Pixels:])
	}
	mean := make([]float32, b.Len()*fer.NumEmotions)
	for _, net := range t.nets {
		probs, err := net.Probabilities(images, t.temperature)
		if err != nil {
			return nil, fmt.Errorf("asking a teacher: %w", err)
		}
		for i, row := range probs {
			for k, p := range row {
				mean[i*fer.NumEmotions+k] += float32(p / float64(len(t.nets)))
			}
		}
	}
	return tensors.FromFlatDataAndDimensions(mean, b.Len(), fer.NumEmotions), nil
}
