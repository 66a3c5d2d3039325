package run

import (
	"iter"
	"reflect"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/dataset"
)

// Learner is a way to learn. [Train] drives it: it makes the net's weights, updates and averages them, evaluates,
// saves, resumes and records; a learner says what the steps see and what their loss is. Without one in the [Options],
// training is supervised. Those of package ferlab/fer/semisup learn from images without labels, too. Embed [Plain] for
// the methods that a learner doesn't need.
//
// Whatever is random must follow from the seed and the step alone, so that a resumed training sees what it would have
// seen.
type Learner interface {
	// Begin is called first, with the folder locked and the data read, and returns the number of steps of an epoch.
	Begin(j *Job) (stepsPerEpoch int, err error)
	// State returns a pointer to what checkpoints keep for the learner, as JSON; it is read back into before the first
	// step.
	State() any
	// Resumed is called after that, before the first step, to compare what was read with what is there.
	Resumed() error
	// Feeds yields what the steps from … to−1 take, counted over the whole training, prepared ahead of them.
	Feeds(from, to int) iter.Seq[Feed]
	// Complete adds to a feed what depends on the weights as they are, such as a teacher's opinion, right before its
	// step.
	Complete(f *Feed) error
	// Loss builds the loss of a step. The graph is in training mode and has the configured precision.
	Loss(s *gomlx.Scope, in Inputs[*graph.Node]) Outputs[*graph.Node]
	// Stepped is told what a step returned: of every output its values, []float32 or []int32; the feed's own inputs are
	// gone. It is told of every step in turn, but up to 31 steps later if the learner returns nothing beside what it
	// must, and before the state is saved.
	Stepped(f Feed, out Outputs[any])
	// EndEpoch is called after an epoch's evaluation and before it may be saved.
	EndEpoch(e Epoch) error
	// Saved is called at an epoch's end, after the checkpoint if there is one, to write the learner's own files into
	// the folder.
	Saved() error
}

// Plain has what a learner need not do.
type Plain struct{}

func (Plain) State() any                 { return &struct{}{} }
func (Plain) Resumed() error             { return nil }
func (Plain) Complete(*Feed) error       { return nil }
func (Plain) Stepped(Feed, Outputs[any]) {}
func (Plain) EndEpoch(Epoch) error       { return nil }
func (Plain) Saved() error               { return nil }

// Feed is what a step takes: its inputs, tensors and float32 scalars, and what the learner wants to remember of them.
type Feed struct {
	Step    int   // Counted over the whole training, from 0.
	Count   int   // Number of labelled images.
	Indices []int // Which images these are, of the unlabelled ones if there are any; the learner's own business.
	Inputs[any]

	batch dataset.Batch // For teachers, who see it at full size.
}

// Inputs are what the graph of a step takes: tensors and float32 scalars on the host, nodes in the graph. What a
// learner doesn't have is nil, in every step. B is the number of labelled images of a batch, U that of unlabelled ones.
type Inputs[T any] struct {
	Images  T // uint8 [B, height, width, 1].
	Labels  T // int32 [B].
	Targets T // float32 [B, classes]: what the labelled images are taught.
	Soft    T // float32 [B, classes]: what teachers say of them.

	First, Second T // uint8 [U, height, width, 1]: two views of the unlabelled images.
	Opinion       T // float32 [U, classes], or [2U, classes] for both views: the teacher's.
	Partners      T // int32 [B+2U]: with which image each is mixed.
	Shares        T // float32 [B+2U]: its own share of the mixture.

	Blend  T // Scalar: mixup's share.
	Weight T // Scalar: of the loss of unlabelled images.

	Rate  T // Scalar: the learning rate; filled in by the training.
	Decay T // Scalar: of the average of the weights; filled in by the training.

	// Scalar: 1 while only the last layer learns, then 0; filled in by the training, nil unless the configuration asks.
	Frozen T
}

// Outputs are what the graph of a step returns: nodes in the graph, their values on the host. Loss, Sum and Correct are
// a must.
type Outputs[T any] struct {
	Loss    T // Scalar: what is minimised. It isn't returned to the host.
	Sum     T // Scalar: the sum over the labelled images of what the history shows as loss.
	Correct T // Scalar: right answers about labelled images.

	Supervised, Unsupervised T // Scalars: the loss's parts.
	Guesses                  T // int32 [U]: pseudo-labels.
	Mask                     T // float32 [U]: 1 for the unlabelled images that count.
	Thresholds               T // float32 [classes]: from which confidence on they do.
}

// pack returns the fields of named values that are there, in order, and which these are. It and unpack are the only
// ones that know of an order.
func pack[T any](named any, skip ...string) (values []T, present []int) {
	v := reflect.ValueOf(named)
fields:
	for i := range v.NumField() {
		for _, s := range skip {
			if v.Type().Field(i).Name == s {
				continue fields
			}
		}
		if !v.Field(i).IsNil() {
			values, present = append(values, v.Field(i).Interface().(T)), append(present, i)
		}
	}
	return values, present
}

// unpack sets the present fields of named values, a pointer to them, from a list.
func unpack[T any](named any, present []int, values []T) {
	v := reflect.ValueOf(named).Elem()
	for k, i := range present {
		v.Field(i).Set(reflect.ValueOf(values[k]))
	}
}
