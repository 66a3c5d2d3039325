package run

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// evalBatch is the number of images of an evaluation batch.
const evalBatch = 256

// sums adds up a loss and the number of right answers over examples.
type sums struct {
	Loss    float64 `json:"loss"`
	Correct float64 `json:"correct"`
	Count   int     `json:"count"`
}

func (s *sums) add(o sums) {
	s.Loss += o.Loss
	s.Correct += o.Correct
	s.Count += o.Count
}

func (s sums) means() (loss, accuracy float64) {
	return s.Loss / float64(s.Count), s.Correct / float64(s.Count)
}

// trainer holds a net's store and the compiled graphs of a training step and of evaluation.
type trainer struct {
	config     Config
	store      *gomlx.Store
	train      *gomlx.Exec
	eval       *gomlx.Exec
	totalSteps int
}

func newTrainer(config Config, net model.Net, stepsPerEpoch int) (*trainer, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	t := &trainer{config: config, store: gomlx.NewStore(), totalSteps: config.Epochs * stepsPerEpoch}
	t.store.SetParam(nn.ParamSeed, int64(config.Seed))
	if config.BatchNormMomentum != 0 {
		t.store.SetParam(nn.ParamBatchNormMomentum, config.BatchNormMomentum)
	}
	if err := t.store.SetRNGStateFromSeed(int64(config.Seed)); err != nil {
		return nil, err
	}
	t.train, err = gomlx.NewExec(b, t.store, func(s *gomlx.Scope, images, labels, rate *graph.Node) []*graph.Node {
		g := images.Graph()
		s.Store().SetTraining(g, true)
		x := model.Normalize(images)
		logits := net(s.In(model.Scope), x)
		if err := model.CheckLogits(x, logits); err != nil {
			panic(err)
		}
		losses := nn.CrossEntropy(logits, labels, config.LabelSmoothing)
		optimizer.LearningRateVar(s, dtypes.Float32, config.LearningRate).SetNodeValue(rate)
		t.optimizer().UpdateGraph(s, g, graph.ReduceAllMean(losses))
		return []*graph.Node{graph.ReduceAllSum(losses), correct(logits, labels)}
	})
	if err != nil {
		return nil, err
	}
	t.eval, err = gomlx.NewExec(b, t.store, func(s *gomlx.Scope, images, labels *graph.Node) []*graph.Node {
		logits := model.Logits(s, net, images)
		known := graph.GreaterOrEqual(labels, graph.ZerosLike(labels)) // Padding has the label −1.
		losses := graph.Where(known, nn.CrossEntropy(logits, labels, 0), graph.ScalarZero(logits.Graph(), dtypes.Float32))
		return []*graph.Node{graph.ReduceAllSum(losses), correct(logits, labels)}
	})
	return t, err
}

func (t *trainer) optimizer() optimizer.Interface {
	if t.config.Optimizer == "sgd" {
		return optimizer.StochasticGradientDescent().WithDecay(false).Done()
	}
	return optimizer.Adam().WeightDecay(t.config.WeightDecay).Done()
}

// correct counts the examples whose highest logit is their label's.
func correct(logits, labels *graph.Node) *graph.Node {
	hits := graph.Equal(graph.ArgMax(logits, 1, dtypes.Int32), labels)
	return graph.ReduceAllSum(graph.ConvertDType(hits, dtypes.Float32))
}

// learningRate is the rate of a step, counted from 0 over the whole training.
func (t *trainer) learningRate(step int) float64 {
	c := t.config
	rate := c.LearningRate
	if step < c.WarmupSteps {
		return rate * float64(step+1) / float64(c.WarmupSteps)
	}
	if c.Schedule == "cosine" && t.totalSteps > c.WarmupSteps {
		progress := float64(step-c.WarmupSteps) / float64(t.totalSteps-c.WarmupSteps)
		rate *= (1 + math.Cos(math.Pi*progress)) / 2
	}
	return rate
}

// step trains on one batch; step counts from 0 over the whole training.
func (t *trainer) step(b dataset.Batch, step int) (sums, error) {
	images, labels := batchTensors(b.Images, b.Labels)
	return call(t.train, b.Len(), images, labels, float32(t.learningRate(step)))
}

// evaluate measures loss (without label smoothing) and accuracy in inference mode.
func (t *trainer) evaluate(examples []fer.Example) (loss, accuracy float64, err error) {
	var total sums
	for b := range dataset.InOrder(examples, evalBatch) {
		images, labels := b.Images, b.Labels
		if short := evalBatch - b.Len(); short > 0 && len(examples) > evalBatch {
			images = append(images, make([]uint8, short*fer.Pixels)...)
			for range short {
				labels = append(labels, -1)
			}
		}
		x, y := batchTensors(images, labels)
		part, err := call(t.eval, b.Len(), x, y)
		if err != nil {
			return 0, 0, err
		}
		total.add(part)
	}
	loss, accuracy = total.means()
	return loss, accuracy, nil
}

func batchTensors(images []uint8, labels []int32) (x, y *tensors.Tensor) {
	return tensors.FromFlatDataAndDimensions(images, len(labels), fer.Size, fer.Size, 1),
		tensors.FromFlatDataAndDimensions(labels, len(labels))
}

func call(exec *gomlx.Exec, count int, args ...any) (sums, error) {
	out, err := exec.Call(args...)
	if err != nil {
		return sums{}, fmt.Errorf("running the net: %w", err)
	}
	s := sums{Count: count}
	for i, field := range []*float64{&s.Loss, &s.Correct} {
		*field = float64(out[i].Value().(float32))
		if err := out[i].FinalizeAll(); err != nil {
			return sums{}, err
		}
	}
	for _, arg := range args {
		if t, ok := arg.(*tensors.Tensor); ok {
			if err := t.FinalizeAll(); err != nil {
				return sums{}, err
			}
		}
	}
	return s, nil
}
