// Package semisup trains nets of which most training images have lost their labels, and compares seven ways to do so.
//
// [Remove] takes the labels away, [Augmenter] shows each unlabelled image weakly and strongly changed, and an
// [Algorithm] turns the net's outputs on them into a loss. The algorithms stand in one file each and differ in nothing
// else: net, data, steps, optimizer and evaluation are shared. Every training leaves a folder as package ferlab/fer/run
// describes it, which [ferlab/fer/run.Open] opens, and in it also
//
//	semisup.json  the [Config]'s own part: algorithm, labels, thresholds
//	labels.csv    the examples that kept their labels
//	semisup.csv   per epoch: losses, mask rate, accuracy of the pseudo-labels, thresholds; see [Epoch]
//
// The weights of a run are an exponential moving average of those trained, after the last epoch: no accuracy chooses
// it.
//
// A program trains whole tables of such runs, resumes them after Ctrl-C, and sums them up:
//
//	go run ./experiments/semisup -algorithms supervised,meanteacher,fixmatch,freematch -labels 10,25,100 -seeds 1,2,3
//	go run ./experiments/semisup -recipe ferplus -source fer2013.zip -labels 10,25,100,250 -seeds 1,2,3 \
//		-out runs/few
//	go run ./experiments/semisup -summary -out runs/semisup-fer -figure accuracy.png
//
// More unlabelled images may come from anywhere: -set unlabelled=photos reads a folder of them (see [Photos]).
package semisup

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/nn"
)

// Algorithm is a way to learn from unlabelled images.
type Algorithm struct {
	Name string
	// Title names it in figures and tables.
	Title string
	// Paper is its source.
	Paper string
	// Views says how the two views of an unlabelled image are changed.
	Views Views
	// Teacher says whose opinion is the target, if it is asked before the step.
	Teacher Teacher
	// Weight is the default weight of the unsupervised loss, and Ramped whether it rises during the training's first
	// part.
	Weight float64
	Ramped bool
	// Threshold is the default confidence from which a pseudo-label counts; 0 for an algorithm that has none.
	Threshold float64
	// Mix replaces the images by mixtures before the net sees them: see [MixMatch].
	Mix bool
	// Loss is where the algorithms differ.
	Loss func(in Inputs) Terms
}

// Views says how the two views of an unlabelled image are made.
type Views int

// The first view is always weak.
const (
	None       Views = iota // The algorithm sees no unlabelled image.
	WeakWeak                // Both views are weak.
	WeakStrong              // The second view is strong.
)

// Teacher says which net gives targets before a step.
type Teacher int

// The teachers. The first two answer in training mode, with dropout and the batch's own statistics, as in the programs
// of the papers: early in a short training the moving statistics of inference mode lag behind, and the teacher knows
// nothing.
const (
	NoTeacher Teacher = iota // Targets, if any, come from the step itself.
	Self                     // The net as it stands.
	Average                  // The moving average of its weights.
	Snapshot                 // The moving average as it was when the round of self-training began, in inference mode.
)

// Inputs are the nodes that a loss is made of. B is the number of labelled images of a batch and U that of unlabelled
// ones.
type Inputs struct {
	// Labelled are logits [B, classes], and Labels their targets, probabilities [B, classes].
	Labelled, Labels *Node
	// First and Second are logits [U, classes] of the two views; nil without views. Gradient flows through both unless
	// stopped.
	First, Second *Node
	// Target is the teacher's opinion of each unlabelled image, probabilities [U, classes]; nil without a teacher. If
	// the images are mixed, it and First and Second have been mixed alike, and the two views' targets stand one after
	// the other: [2U, classes].
	Target *Node
	// Threshold is the confidence from which a pseudo-label counts.
	Threshold float64
	// EMA is the weight of the old value in the moving averages of thresholds.
	EMA float64
	// Fairness is the weight of FreeMatch's fairness loss.
	Fairness float64
	// State makes a variable that the algorithm keeps from step to step, with its initial value.
	State func(name string, initial []float32) *gomlx.Variable
}

// Terms are what a loss is made of.
type Terms struct {
	Supervised   *Node // Scalar.
	Unsupervised *Node // Scalar, before its weight; nil for none.
	Extra        *Node // Scalar, added as it is; nil for none.
	Targets      *Node // [U, classes]: what the unlabelled images are taught; nil for none.
	Mask         *Node // [U], 0 or 1: which of them count; nil for all.
	Thresholds   *Node // [classes]; nil for none.
}

// Algorithms returns all algorithms, the baseline first.
func Algorithms() []Algorithm {
	return []Algorithm{Supervised(), PseudoLabel(), PiModel(), MeanTeacher(), MixMatch(), FixMatch(), FreeMatch()}
}

// ByName returns the algorithm of that name.
func ByName(name string) (Algorithm, error) {
	all := Algorithms()
	i := slices.IndexFunc(all, func(a Algorithm) bool { return a.Name == name })
	if i >= 0 {
		return all[i], nil
	}
	var names []string
	for _, a := range all {
		names = append(names, a.Name)
	}
	return Algorithm{}, fmt.Errorf("algorithm is %q, want one of %s", name, strings.Join(names, ", "))
}

// supervised is the mean cross-entropy of the labelled images.
func supervised(in Inputs) *Node { return ReduceAllMean(nn.SoftCrossEntropy(in.Labelled, in.Labels)) }

// masked is the mean cross-entropy of the unlabelled images between logits and targets, both [U, classes], where those
// that don't count, with 0 in the mask [U], add nothing.
func masked(mask, logits, targets *Node) *Node {
	return ReduceAllMean(Mul(mask, nn.SoftCrossEntropy(logits, targets)))
}

// squaredError is the mean over examples and classes of the squared difference of probabilities.
func squaredError(a, b *Node) *Node { return ReduceAllMean(Square(Sub(a, b))) }

// hard returns the one-hot argmax of probabilities [n, classes].
func hard(p *Node) *Node { return OneHot(ArgMax(p, 1), p.Shape().Dimensions[1], p.DType()) }

// confident returns 1 where the highest of the probabilities [n, classes] reaches the threshold, a scalar or [n], else
// 0: [n].
func confident(p, threshold *Node) *Node {
	return ConvertDType(GreaterOrEqual(ReduceMax(p, -1), threshold), p.DType())
}
