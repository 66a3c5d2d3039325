package semisup

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The scopes of the store beside those of the net and its average.
const (
	snapshotScope = "snapshot" // Of the teacher of self-training.
	stateScope    = "semisup"  // Of what an algorithm keeps.
)

// learner holds the store and the graphs of a training: the teacher's opinion and the step.
type learner struct {
	config    Config
	algorithm Algorithm
	net       model.Net
	steps     int // Of the whole training.

	store          *gomlx.Store
	teacher, train *gomlx.Exec
}

func newLearner(config Config, net model.Net) (*learner, error) {
	b, err := backend.Get()
	if err != nil {
		return nil, err
	}
	l := &learner{config: config, net: net, steps: config.Train.Epochs * config.StepsPerEpoch}
	if l.algorithm, err = Find(config.Algorithm); err != nil {
		return nil, err
	}
	if l.store, err = config.Train.NewStore(); err != nil {
		return nil, err
	}
	if l.train, err = gomlx.NewExec(b, l.store, l.stepGraph); err != nil {
		return nil, err
	}
	if l.algorithm.Teacher != NoTeacher {
		l.teacher, err = gomlx.NewExec(b, l.store, l.teacherGraph)
	}
	return l, err
}

// teacherGraph returns the teacher's opinion of the images, the first view or, to mix, both: probabilities [U, 7].
func (l *learner) teacherGraph(s *gomlx.Scope, images []*Node) []*Node {
	x := Concatenate(images, 0)
	var logits *Node
	switch l.algorithm.Teacher {
	case Snapshot:
		logits = model.LogitsIn(s.In(snapshotScope), l.net, x)
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

// trainingLogits builds the net in training mode, except that the moving averages of batch normalisation stay as they are.
func (l *learner) trainingLogits(s *gomlx.Scope, images *Node) *Node {
	momentum := gomlx.GetParamOr(s, nn.ParamBatchNormMomentum, 0.99)
	s.SetParam(nn.ParamBatchNormMomentum, 1.0)
	defer s.SetParam(nn.ParamBatchNormMomentum, momentum)
	s.Store().SetTraining(images.Graph(), true)
	l.config.Train.SetPrecision(images.Graph())
	return l.net(s, model.Normalize(images))
}

// stepGraph takes labelled images, their labels, learning rate, decay of the average and weight of the unsupervised loss; with
// views the first and the second; the teacher's opinion if there is a teacher; and to mix, partners and shares. It returns the
// losses (total, supervised, unsupervised), the right answers about labelled images, and the pseudo-labels [U], which of them
// counted [U], and the thresholds [7].
func (l *learner) stepGraph(s *gomlx.Scope, inputs []*Node) []*Node {
	next := func() *Node {
		n := inputs[0]
		inputs = inputs[1:]
		return n
	}
	images, labels, rate, decay, weight := next(), next(), next(), next(), next()
	g := images.Graph()
	s.Store().SetTraining(g, true)
	l.config.Train.SetPrecision(g)
	in := Inputs{
		Labels: nn.Targets(labels, fer.NumEmotions, l.config.Train.LabelSmoothing), Threshold: l.threshold(), EMA: l.config.ThresholdEMA,
		Fairness: l.config.Fairness,
		State: func(name string, initial []float32) *gomlx.Variable {
			return s.Store().Scope("/"+stateScope).VariableWithValue(name, initial).SetTrainable(false)
		},
	}
	parts := []*Node{images}
	a := l.algorithm
	if a.Views != None {
		parts = append(parts, next(), next())
	}
	var opinion *Node
	if a.Teacher != NoTeacher {
		opinion = next()
		in.Target = opinion
		if !a.Mix {
			parts = append(parts[:1], parts[2]) // The teacher has seen the first view.
		}
	}
	labelled := labels.Shape().Dimensions[0]
	x := model.Normalize(Concatenate(parts, 0))
	if a.Mix {
		partner, share := next(), next()
		x = mix(x, partner, share)
		targets := mix(Concatenate([]*Node{in.Labels, opinion, opinion}, 0), partner, share)
		in.Labels, in.Target = rows(targets, 0, labelled), rows(targets, labelled, targets.Shape().Dimensions[0])
	}
	logits := l.net(s.In(model.Scope), x)
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

	total, unsupervised := terms.Supervised, ScalarZero(g, dtypes.Float32)
	if terms.Unsupervised != nil {
		unsupervised = terms.Unsupervised
		total = Add(total, Mul(unsupervised, weight))
	}
	if terms.Extra != nil {
		total = Add(total, terms.Extra)
	}
	optimizer.LearningRateVar(s, dtypes.Float32, l.config.Train.LearningRate).SetNodeValue(rate)
	l.config.Train.UpdateRule().UpdateGraph(s, g, total)
	nn.UpdateAverage(s.Store(), g, model.Scope, model.AverageScope, decay)

	right := ReduceAllSum(ConvertDType(Equal(ArgMax(in.Labelled, 1, dtypes.Int32), ArgMax(in.Labels, 1, dtypes.Int32)), dtypes.Float32))
	out := []*Node{total, terms.Supervised, unsupervised, right}
	if terms.Targets != nil {
		guess := terms.Targets
		if opinion != nil {
			guess = opinion
		}
		guesses := ArgMax(guess, 1, dtypes.Int32)
		mask, thresholds := terms.Mask, terms.Thresholds
		if mask == nil {
			mask = OnesLike(ConvertDType(guesses, dtypes.Float32))
		}
		if thresholds == nil {
			thresholds = BroadcastToDims(Scalar(g, dtypes.Float32, in.Threshold), fer.NumEmotions)
		}
		out = append(out, guesses, mask, thresholds)
	}
	return out
}

func rows(x *Node, from, to int) *Node { return Slice(x, AxisRange(from, to)) }

func (l *learner) threshold() float64 {
	if l.config.Threshold > 0 {
		return l.config.Threshold
	}
	return l.algorithm.Threshold
}

// weight is that of the unsupervised loss at a step.
func (l *learner) weight(step int) float64 {
	w := l.config.Weight
	if w == 0 {
		w = l.algorithm.Weight
	}
	if l.algorithm.Teacher == Snapshot && l.round(step) == 0 {
		return 0
	}
	if t := float64(step) / (l.config.RampUp * float64(l.steps)); l.algorithm.Ramped && t < 1 {
		w *= math.Exp(-5 * (1 - t) * (1 - t))
	}
	return w
}

// round is the round of self-training of a step, from 0. Rounds begin with an epoch.
func (l *learner) round(step int) int {
	return step / l.config.StepsPerEpoch * l.config.Rounds / l.config.Train.Epochs
}

// outcome is what a step returns to the host.
type outcome struct {
	total, supervised, unsupervised, right float64
	guesses                                []fer.Emotion
	mask                                   []float32
	thresholds                             []float32 // nil without pseudo-labels
}

func (l *learner) step(b batch) (o outcome, err error) {
	if l.algorithm.Teacher == Snapshot && (b.step == 0 || l.round(b.step) != l.round(b.step-1)) {
		if err := l.snapshot(); err != nil {
			return o, err
		}
	}
	c := l.config.Train
	args := []any{
		pixels(b.images), tensors.FromFlatDataAndDimensions(b.labels, len(b.labels)),
		float32(c.LearningRateAt(b.step, l.steps)), float32(c.AverageDecayAt(b.step)), float32(l.weight(b.step)),
	}
	if l.algorithm.Views != None {
		views := []any{pixels(b.first), pixels(b.second)}
		args = append(args, views...)
		if l.teacher != nil {
			if !l.algorithm.Mix {
				views = views[:1]
			}
			opinion, err := l.teacher.Call(views...)
			if err != nil {
				return o, fmt.Errorf("asking the teacher: %w", err)
			}
			args = append(args, opinion[0])
		}
		if l.algorithm.Mix {
			args = append(args, tensors.FromFlatDataAndDimensions(b.partners, len(b.partners)), tensors.FromFlatDataAndDimensions(b.shares, len(b.shares)))
		}
	}
	out, err := backend.Call(l.train, args...)
	if err != nil {
		return o, err
	}
	for i, field := range []*float64{&o.total, &o.supervised, &o.unsupervised, &o.right} {
		*field = float64(out[i].([]float32)[0])
	}
	if len(out) > 4 {
		for _, guess := range out[4].([]int32) {
			o.guesses = append(o.guesses, fer.Emotion(guess))
		}
		o.mask, o.thresholds = out[5].([]float32), out[6].([]float32)
	}
	return o, nil
}

// snapshot copies the average of the weights to the teacher of self-training. Before the first step there is none: the net's
// initial weights, made on demand, serve as well, since the first round's weight is 0.
func (l *learner) snapshot() error {
	for v := range l.store.Scope("/" + model.AverageScope).IterVariables() {
		value, err := v.Value()
		if err != nil {
			return err
		}
		if value, err = value.LocalClone(); err != nil {
			return err
		}
		path := "/" + snapshotScope + v.Path()[len("/"+model.AverageScope):]
		if old := l.store.GetVariable(path); old != nil {
			err = old.SetValue(value)
		} else {
			_, err = l.store.CreateVariable(path, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func pixels(images []uint8) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(images, len(images)/fer.Pixels, fer.Size, fer.Size, 1)
}
