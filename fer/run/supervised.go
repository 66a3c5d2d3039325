package run

import (
	"iter"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// supervised learns from labels, a table of soft labels and teachers: every image has a row of target probabilities.
type supervised struct {
	Plain
	job      *Job
	config   Config
	loss     func(logits, targets *graph.Node) *graph.Node
	data     dataset.Epochs
	targets  [][]float32 // A row for each training example: what it is taught.
	teachers *teachers
}

func (l *supervised) Begin(j *Job) (steps int, err error) {
	l.job, l.config, l.loss = j, j.Config, nn.SoftCrossEntropy
	if j.options.Loss != nil {
		l.loss = j.options.Loss.Each
	}
	l.data = dataset.Epochs{Examples: j.Train.Examples, Size: min(j.Config.BatchSize, j.Train.Len()),
		Augment: j.augment(), Seed: j.Config.Seed}
	if l.targets, err = j.Config.targets(j); err != nil {
		return 0, err
	}
	if l.teachers, err = newTeachers(j.Config, j.teachers); err != nil {
		return 0, err
	}
	return l.data.Steps(), nil
}

// targets returns what every training image is taught: its label or the shares of several answers, smoothed, mixed with
// its row of the table of soft labels, and weighed by its class.
func (c Config) targets(j *Job) ([][]float32, error) {
	table, err := j.softLabels()
	if err != nil {
		return nil, err
	}
	classes := c.Classes.Len()
	targets := make([][]float32, j.Train.Len())
	weights := classWeights(j.Train.Examples, classes)
	for i, e := range j.Train.Examples {
		targets[i] = make([]float32, classes)
		soft, hasSoft := table[e.ID]
		for k := range targets[i] {
			t := c.LabelSmoothing / float64(classes)
			if e.Target != nil {
				t += (1 - c.LabelSmoothing) * e.Target[k]
			} else if int(e.Label) == k {
				t += 1 - c.LabelSmoothing
			}
			if hasSoft {
				t = (1-c.SoftLabels.Weight)*t + c.SoftLabels.Weight*soft[k]
			}
			if c.ClassWeight != "" {
				t *= weights[k]
			}
			targets[i][k] = float32(t)
		}
	}
	return targets, nil
}

// classWeights are scikit-learn's "balanced" weights: examples / (classes · examples of the class); 1 for an absent
// class.
func classWeights(examples []fer.Example, classes int) []float64 {
	weights, counts := make([]float64, classes), make([]int, classes)
	for _, e := range examples {
		counts[e.Label]++
	}
	for i, n := range counts {
		weights[i] = float64(len(examples)) / float64(classes*max(n, 1))
	}
	return weights
}

func (l *supervised) Feeds(from, to int) iter.Seq[Feed] {
	return func(yield func(Feed) bool) {
		perEpoch := l.data.Steps()
		for epoch := from / perEpoch; epoch*perEpoch < to; epoch++ {
			for b := range l.data.Batches(epoch, max(from-epoch*perEpoch, 0)) {
				if !yield(l.feed(b, epoch*perEpoch+b.Step, epoch)) {
					return
				}
			}
		}
	}
}

func (l *supervised) feed(b dataset.Batch, step, epoch int) Feed {
	pixels, size := l.config.Progressive.resize(b.Images, epoch)
	classes := l.config.Classes.Len()
	rows := make([]float32, 0, b.Len()*classes)
	for _, index := range b.Indices {
		rows = append(rows, l.targets[index]...)
	}
	f := Feed{Step: step, Count: b.Len(), Indices: b.Indices, batch: b}
	f.Images, f.Labels = batchTensors(pixels, size, b.Labels)
	f.Targets = tensors.FromFlatDataAndDimensions(rows, b.Len(), classes)
	if l.config.Mixup > 0 {
		f.Blend = l.config.blend(step)
	}
	return f
}

// blend draws mixup's share of a step.
func (c Config) blend(step int) float32 {
	return float32(distuv.Beta{Alpha: c.Mixup, Beta: c.Mixup, Src: rand.NewPCG(c.Seed, uint64(step))}.Rand())
}

// Complete asks the teachers.
func (l *supervised) Complete(f *Feed) (err error) {
	if len(l.teachers.nets) > 0 {
		f.Soft, err = l.teachers.probabilities(f.batch)
	}
	return err
}

func (l *supervised) Loss(s *gomlx.Scope, in Inputs[*graph.Node]) Outputs[*graph.Node] {
	x, targets, soft := model.Normalize(in.Images), in.Targets, in.Soft
	if in.Blend != nil {
		x, targets = nn.Mixup(x, in.Blend), nn.Mixup(targets, in.Blend)
		if soft != nil {
			soft = nn.Mixup(soft, in.Blend)
		}
	}
	logits := l.job.Net(s.In(model.Scope), x)
	if err := model.CheckLogits(x, logits); err != nil {
		panic(err)
	}
	losses := l.loss(logits, targets)
	if soft != nil {
		losses = l.config.Distill.blend(losses, logits, soft)
	}
	return Outputs[*graph.Node]{Loss: graph.ReduceAllMean(losses), Sum: graph.ReduceAllSum(losses),
		Correct: correct(logits, in.Labels)}
}
