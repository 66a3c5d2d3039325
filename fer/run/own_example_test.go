package run_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/fer/model"
	"ferlab/fer/run"
)

// focal is the focal loss with γ = 2 (Lin et al. 2017): what the net is sure of already counts less.
func focal(logits, targets *Node) *Node {
	logProbs := LogSoftmax(logits)
	hardness := Square(OneMinus(Exp(logProbs)))
	return Neg(ReduceSum(Mul(Mul(targets, hardness), logProbs), -1))
}

// lion moves every weight by the sign of a mixture of gradient and momentum (Chen et al. 2023), with the usual 0.9 and
// 0.99.
type lion struct{}

func (lion) UpdateGraph(s *gomlx.Scope, g *Graph, loss *Node) {
	gradients := s.BuildTrainableVariablesGradientsGraph(loss)
	rate := optimizer.LearningRateVar(s, dtypes.Float32, 1e-4).NodeValue(g)
	var weights []*gomlx.Variable
	for v := range s.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			weights = append(weights, v)
		}
	}
	for i, w := range weights {
		memory := s.Store().Scope("/lion" + w.Scope()).WithInitializer(initializer.Zero)
		m := memory.VariableWithShape(w.Name(), w.Shape()).SetTrainable(false)
		momentum := m.NodeValue(g)
		direction := Sign(Add(MulScalar(momentum, 0.9), MulScalar(gradients[i], 0.1)))
		m.SetNodeValue(Add(MulScalar(momentum, 0.99), MulScalar(gradients[i], 0.01)))
		w.SetNodeValue(Sub(w.NodeValue(g), Mul(rate, direction)))
	}
}

func (lion) Clear(s *gomlx.Scope) error { return s.Store().Scope("/lion").DeleteVariablesInScope() }

// A loss and an optimizer of one's own. The run records both by name and by what they compute.
func ExampleOptions() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := run.Quick()
	config.Source, config.Epochs = "synthetic:train=140,test=14", 2
	config.Optimizer, config.LearningRate = "custom", 3e-4
	config.CNN = model.CNNConfig{Filters: []int{4, 8}, Dense: []int{8}}
	r, err := run.Train(context.Background(), dir, config, &run.Options{
		Loss:      &run.Loss{Name: "focal", Each: focal},
		Optimizer: &run.Optimizer{Name: "lion", Rule: lion{}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, piece := range []string{"loss", "optimizer"} {
		name, fingerprint, _ := strings.Cut(r.Config.Custom[piece], "@")
		fmt.Println(piece, name, len(fingerprint))
	}
	// Output:
	// loss focal 12
	// optimizer lion 12
}
