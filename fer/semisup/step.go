package semisup

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/fer/run"
)

// The scopes of the store beside those of the net and its average.
const (
	snapshotScope = "snapshot" // The teacher of self-training.
	stateScope    = "semisup"  // The state that an algorithm keeps.
)

// teacherGraph returns the teacher's opinion of the images, the first view or, to mix, both: probabilities [U,
// classes].
func (l *learner) teacherGraph(s *gomlx.Scope, images []*Node) []*Node {
	x := Concatenate(images, 0)
	var logits *Node
	switch l.algorithm.Teacher {
	case Snapshot:
		logits = model.LogitsIn(s.In(snapshotScope), l.job.Net, x)
	case Self:
		logits = l.trainingLogits(s.In(model.Scope), x)
	case Average:
		logits = l.trainingLogits(s.In(model.AverageScope), x)
	}
	p := Softmax(logits, -1)
	if !l.algorithm.Mix {
		return []*Node{p}
	}
	n := p.Shape().Dimensions[0] / 2
	return []*Node{sharpen(MulScalar(Add(rows(p, 0, n), rows(p, n, 2*n)), 0.5), l.config.Temperature)}
}

// trainingLogits builds the net in training mode, except that the moving averages of batch normalisation stay as they
// are.
func (l *learner) trainingLogits(s *gomlx.Scope, images *Node) *Node {
	momentum := gomlx.GetParamOr(s, nn.ParamBatchNormMomentum, 0.99)
	s.SetParam(nn.ParamBatchNormMomentum, 1.0)
	defer s.SetParam(nn.ParamBatchNormMomentum, momentum)
	s.Store().SetTraining(images.Graph(), true)
	l.config.Train.SetPrecision(images.Graph())
	return l.job.Net(s, model.Normalize(images))
}

// stateIn makes the variables that an algorithm keeps from step to step.
func stateIn(s *gomlx.Scope) func(name string, initial []float32) *gomlx.Variable {
	return func(name string, initial []float32) *gomlx.Variable {
		return s.Store().Scope("/"+stateScope).VariableWithValue(name, initial).SetTrainable(false)
	}
}

// Loss implements [run.Learner]: it shows the net labelled and unlabelled images in one batch and asks the algorithm.
func (l *learner) Loss(s *gomlx.Scope, inputs run.Inputs[*Node]) run.Outputs[*Node] {
	g, a := inputs.Images.Graph(), l.algorithm
	in := Inputs{
		Labels:    nn.Targets(inputs.Labels, l.job.Config.Classes.Len(), l.config.Train.LabelSmoothing),
		Threshold: l.config.Threshold, EMA: l.config.ThresholdEMA, Fairness: l.config.Fairness, State: stateIn(s),
	}
	parts := []*Node{inputs.Images}
	if a.Views != None {
		parts = append(parts, inputs.First, inputs.Second)
	}
	if a.Teacher != NoTeacher {
		in.Target = inputs.Opinion
		if !a.Mix {
			parts = []*Node{inputs.Images, inputs.Second} // The teacher has seen the first view.
		}
	}
	labelled := inputs.Labels.Shape().Dimensions[0]
	x := model.Normalize(Concatenate(parts, 0))
	if a.Mix {
		x = mix(x, inputs.Partners, inputs.Shares)
		targets := mix(Concatenate([]*Node{in.Labels, in.Target, in.Target}, 0), inputs.Partners, inputs.Shares)
		in.Labels, in.Target = rows(targets, 0, labelled), rows(targets, labelled, targets.Shape().Dimensions[0])
	}
	logits := l.job.Net(s.In(model.Scope), x)
	if err := model.CheckLogits(x, logits); err != nil {
		panic(err)
	}
	all := logits.Shape().Dimensions[0]
	in.Labelled = rows(logits, 0, labelled)
	switch len(parts) {
	case 2:
		in.Second = rows(logits, labelled, all)
	case 3:
		middle := (labelled + all) / 2
		in.First, in.Second = rows(logits, labelled, middle), rows(logits, middle, all)
	}
	terms := a.Loss(in)

	out := run.Outputs[*Node]{Supervised: terms.Supervised, Unsupervised: ScalarZero(g, dtypes.Float32)}
	out.Loss = terms.Supervised
	if terms.Unsupervised != nil {
		out.Unsupervised = terms.Unsupervised
		out.Loss = Add(out.Loss, Mul(out.Unsupervised, inputs.Weight))
	}
	if terms.Extra != nil {
		out.Loss = Add(out.Loss, terms.Extra)
	}
	out.Sum = MulScalar(out.Loss, float64(labelled))
	right := Equal(ArgMax(in.Labelled, 1, dtypes.Int32), ArgMax(in.Labels, 1, dtypes.Int32))
	out.Correct = ReduceAllSum(ConvertDType(right, dtypes.Float32))
	if terms.Targets != nil {
		l.taught(&out, terms, inputs.Opinion)
	}
	return out
}

// taught adds what the unlabelled images are taught, and which of them count.
func (l *learner) taught(out *run.Outputs[*Node], terms Terms, opinion *Node) {
	guess := terms.Targets
	if opinion != nil {
		guess = opinion
	}
	g := guess.Graph()
	out.Guesses, out.Mask, out.Thresholds = ArgMax(guess, 1, dtypes.Int32), terms.Mask, terms.Thresholds
	if out.Mask == nil {
		out.Mask = OnesLike(ConvertDType(out.Guesses, dtypes.Float32))
	}
	if out.Thresholds == nil {
		out.Thresholds = BroadcastToDims(Scalar(g, dtypes.Float32, l.config.Threshold), l.job.Config.Classes.Len())
	}
}

func rows(x *Node, from, to int) *Node { return Slice(x, AxisRange(from, to)) }
