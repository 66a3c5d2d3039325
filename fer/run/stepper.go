package run

import (
	"fmt"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer/backend"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// stepper runs the graph of a learner's steps.
//
// The sum of losses and the hits of each step stay on the device, in a log that a step takes from the one before and
// returns with a row more: to read them makes the device wait. What a learner returns beside them is read after every
// step, and so is everything if there are several devices.
type stepper struct {
	job     *Job
	learner Learner
	exec    *gomlx.Exec
	devices *devices // nil for one.
	inputs  []int    // Which fields of Inputs the feeds have, and which of Outputs are returned beside the log.
	outputs []int
	head    string // The net's last layer, if it learns alone for a while.

	log    *tensors.Tensor // float32 [logged, 2], the newest step last; nil for several devices.
	unread []unread        // The steps whose rows of the log weren't read.
	read   time.Time       // When they were the last time.
}

// A training reads its log after so many steps, or earlier, once patience is over: who watches a slow training sees
// every step.
const (
	logged   = 32
	patience = 100 * time.Millisecond
)

// unread is a step that has been taken, and what it returned beside its row of the log.
type unread struct {
	feed   Feed
	values []any
}

// taken is a step whose loss and hits are known.
type taken struct {
	step int
	sums
}

func newStepper(j *Job, l Learner) (*stepper, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	t := &stepper{job: j, learner: l, read: time.Now()}
	if j.Config.From.HeadEpochs > 0 {
		if t.head, err = model.LastLayer(j.Net); err != nil {
			return nil, err
		}
	}
	if j.options.Devices <= 1 {
		t.log = tensors.FromShape(shapes.Make(dtypes.Float32, logged, 2))
	}
	if t.exec, err = gomlx.NewExec(b, j.Store, t.graph); err != nil {
		return nil, err
	}
	t.devices, err = divide(t.exec, b, j.options.Devices)
	return t, err
}

// graph builds a step: the learner's loss, the update of the weights and of their average.
func (t *stepper) graph(s *gomlx.Scope, nodes []*graph.Node) (returned []*graph.Node) {
	var in Inputs[*graph.Node]
	unpack(&in, t.inputs, nodes[:len(t.inputs)])
	g, config := nodes[0].Graph(), t.job.Config
	s.Store().SetTraining(g, true)
	config.SetPrecision(g)
	var kept keeper
	if in.Frozen != nil {
		kept = keep(s, g, t.head)
	}
	out := t.learner.Loss(s, in)
	optimizer.LearningRateVar(s, dtypes.Float32, config.LearningRate).SetNodeValue(in.Rate)
	t.job.updateRule().UpdateGraph(s, g, out.Loss)
	if in.Frozen != nil {
		kept.restore(s, g, t.head, in.Frozen)
	}
	if config.EMA > 0 {
		nn.UpdateAverage(s.Store(), g, model.Scope, model.AverageScope, in.Decay)
	}
	if t.log == nil {
		returned, t.outputs = pack[*graph.Node](out, "Loss")
		return returned
	}
	returned, t.outputs = pack[*graph.Node](out, "Loss", "Sum", "Correct")
	row := graph.Reshape(graph.Stack([]*graph.Node{out.Sum, out.Correct}, 0), 1, 2)
	log := graph.Slice(nodes[len(t.inputs)], graph.AxisRange(1))
	return append(returned, graph.Concatenate([]*graph.Node{log, row}, 0))
}

// step trains on a feed, in a training of so many steps, and returns what became known, of this step or of those before
// it.
func (t *stepper) step(f Feed, steps int) ([]taken, error) {
	if err := t.learner.Complete(&f); err != nil {
		return nil, err
	}
	f.Rate, f.Decay = float32(t.job.Config.LearningRateAt(f.Step, steps)), float32(t.job.Config.averageDecayAt(f.Step))
	if t.head != "" {
		f.Frozen = float32(0)
		if t.job.Config.frozen(f.Step, steps) {
			f.Frozen = float32(1)
		}
	}
	args, present := pack[any](f.Inputs)
	if t.inputs == nil {
		t.inputs = present
	}
	if fmt.Sprint(present) != fmt.Sprint(t.inputs) {
		return nil, fmt.Errorf("step %d has other inputs than those before it", f.Step)
	}
	if err := t.devices.split(t.exec, args); err != nil {
		return nil, err
	}
	if t.log != nil {
		args = append(args, t.log)
	}
	out, err := backend.Run(t.exec, args...)
	if err != nil {
		return nil, err
	}
	if t.log != nil {
		t.log, out = out[len(out)-1], out[:len(out)-1]
	}
	values, err := backend.Values(out)
	if err != nil {
		return nil, err
	}
	f.Inputs, f.batch = Inputs[any]{}, dataset.Batch{} // They aren't needed any more.
	t.unread = append(t.unread, unread{f, values})
	if len(values) == 0 && len(t.unread) < logged && time.Since(t.read) < patience {
		return nil, nil
	}
	return t.flush()
}

// flush reads the log and returns the steps that weren't known.
func (t *stepper) flush() (known []taken, err error) {
	var rows []float32
	if t.log != nil && len(t.unread) > 0 {
		if rows, err = tensors.CopyFlatData[float32](t.log); err != nil {
			return nil, err
		}
		rows = rows[2*(logged-len(t.unread)):]
	}
	for i, u := range t.unread {
		var out Outputs[any]
		unpack(&out, t.outputs, u.values)
		if t.log != nil {
			out.Sum, out.Correct = rows[2*i:2*i+1], rows[2*i+1:2*i+2]
		}
		t.learner.Stepped(u.feed, out)
		known = append(known, taken{u.feed.Step, sums{scalar(out.Sum), scalar(out.Correct), u.feed.Count}})
	}
	t.unread, t.read = t.unread[:0], time.Now()
	return known, nil
}
