package run

import (
	"context"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// evalBatch is the number of images of an evaluation batch: on a GPU a call costs about as much as its computation.
func evalBatch(b compute.Backend) int {
	if backend.IsXLAGPU(b) {
		return 1024
	}
	return 256
}

// evaluator measures a net in training: the weights in its store as they are, their moving averages if the
// configuration has an EMA.
type evaluator struct {
	exec  *gomlx.Exec
	batch int // Images of a batch.
}

func newEvaluator(config Config, net model.Net, store *gomlx.Store) (*evaluator, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	exec, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images, labels *graph.Node) []*graph.Node {
		logits := model.LogitsIn(s.In("%s", config.weightsScope()), net, images)
		known := graph.GreaterOrEqual(labels, graph.ZerosLike(labels)) // Padding has the label −1.
		losses := graph.Where(known, nn.CrossEntropy(logits, labels, 0),
			graph.ScalarZero(logits.Graph(), dtypes.Float32))
		return []*graph.Node{graph.ReduceAllSum(losses), correct(logits, labels)}
	})
	return &evaluator{exec, evalBatch(b)}, err
}

// weightsScope is the scope of the weights that are evaluated and kept.
func (c Config) weightsScope() string {
	if c.EMA > 0 {
		return model.AverageScope
	}
	return model.Scope
}

// correct counts the examples whose highest logit is their label's.
func correct(logits, labels *graph.Node) *graph.Node {
	hits := graph.Equal(graph.ArgMax(logits, 1, dtypes.Int32), labels)
	return graph.ReduceAllSum(graph.ConvertDType(hits, dtypes.Float32))
}

// evaluate measures loss (without label smoothing) and accuracy in inference mode. It ends with the context's error
// once that is cancelled.
func (e *evaluator) evaluate(ctx context.Context, examples []fer.Example) (loss, accuracy float64, err error) {
	var total sums
	for b := range dataset.InOrder(examples, e.batch) {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		images, labels := b.Images, b.Labels
		if short := e.batch - b.Len(); short > 0 && len(examples) > e.batch {
			images = append(images, make([]uint8, short*fer.Pixels)...)
			for range short {
				labels = append(labels, -1)
			}
		}
		x, y := batchTensors(images, fer.Size, labels)
		out, err := backend.Call(e.exec, x, y)
		if err != nil {
			return 0, 0, err
		}
		total.add(sums{Loss: scalar(out[0]), Correct: scalar(out[1]), Count: b.Len()})
	}
	loss, accuracy = total.means()
	return loss, accuracy, nil
}
