package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/norm"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"ferlab/experiments/internal/bench"
	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/model"
	"ferlab/fer/nn"
)

// The recipe of all contenders; peers/contender.py has the same.
const (
	learningRate = 1e-3
	matmulSize   = 2048
)

// netNames are the nets that can be measured.
var netNames = []string{"cnn", "dnn", "resnet"}

// ferlabNets returns the nets that can be measured, by name, with a rate of dropout.
func ferlabNets(dropout float64) map[string]model.Net {
	cnn, dnn, resnet := model.OriginalCNN(), model.OriginalDNN(), model.SmallResNet()
	cnn.Dropout, dnn.Dropout, resnet.Dropout = dropout, dropout, dropout
	return map[string]model.Net{"cnn": model.CNN(&cnn), "dnn": model.DNN(&dnn), "resnet": model.ResNet(&resnet)}
}

// serve is this program as a contender on a device, "cpu" or "gpu": Ferlab's nets, or the same nets of GoMLX's own
// layers; a kind that ends with "-bf16" trains and asks them in mixed precision.
func serve(kind, device string, c bench.Case, s bench.Settings) error {
	b, err := backend.Get()
	if err != nil {
		return err
	}
	if backend.IsXLAGPU(b) != (device == "gpu") {
		return bench.Refuse(os.Stdout, fmt.Sprintf("it computes on %s, which is no %s", backend.Describe(b), device))
	}
	version := "GoMLX v0.28.2 on " + backend.Describe(b)
	if how := backend.Arithmetic(b); how != "" {
		version += ", " + how
	}
	kind, mixed := strings.CutSuffix(kind, "-bf16")
	if c.Task == "matmul" {
		step, err := matmul(b, mixed)
		if err != nil {
			return err
		}
		return bench.Serve(os.Stdin, os.Stdout, version, c.Batch, step)
	}
	nets := ferlabNets(s.Dropout)
	if kind == "plain" {
		nets = map[string]model.Net{"cnn": plainCNN(s.Dropout), "dnn": plainDNN(s.Dropout)}
	}
	net := nets[c.Net]
	if net == nil {
		return fmt.Errorf("no net %q of kind %q", c.Net, kind)
	}
	step, err := stepOf(b, c, s.Data, net, mixed)
	if err != nil {
		return err
	}
	return bench.Serve(os.Stdin, os.Stdout, version, c.Batch, step)
}

// stepOf returns a function that does a case's task on the next batch of the data.
func stepOf(b compute.Backend, c bench.Case, data string, net model.Net, mixed bool) (func() error, error) {
	all, err := readBatches(data, c.Batch)
	if err != nil {
		return nil, err
	}
	switch c.Task {
	case "train":
		return trainingStep(b, net, mixed, all)
	case "infer":
		return predictionStep(net, mixed, all)
	}
	return nil, fmt.Errorf("no task %q", c.Task)
}

// batches makes the next batch of the data, uint8 [n, 48, 48, 1] and int32 [n].
type batches func() (pixels []uint8, labels []int32)

func newStore() *gomlx.Store {
	store := gomlx.NewStore()
	store.SetParam(nn.ParamSeed, int64(1))
	return store
}

// trainingStep returns a function that trains on the next batch.
func trainingStep(b compute.Backend, net model.Net, mixed bool, data batches) (func() error, error) {
	store := newStore()
	if err := store.SetRNGStateFromSeed(1); err != nil {
		return nil, err
	}
	opt := optimizer.Adam().LearningRate(learningRate).Done()
	run, err := gomlx.NewExec(b, store, func(s *gomlx.Scope, images, labels *graph.Node) *graph.Node {
		g := images.Graph()
		store.SetTraining(g, true)
		if mixed {
			nn.MixedPrecision(g)
		}
		loss := graph.ReduceAllMean(nn.CrossEntropy(net(s.In(model.Scope), model.Normalize(images)), labels, 0))
		opt.UpdateGraph(s, g, loss)
		return loss
	})
	return func() error {
		pixels, labels := data()
		_, err := backend.Call(run, tensors.FromFlatDataAndDimensions(pixels, len(labels), fer.Size, fer.Size, 1),
			tensors.FromFlatDataAndDimensions(labels, len(labels)))
		return err
	}, err
}

// predictionStep returns a function that asks for the logits of the next batch.
func predictionStep(net model.Net, mixed bool, data batches) (func() error, error) {
	precision := model.Float32
	if mixed {
		precision = model.MixedBFloat16
	}
	p, err := model.NewPredictor(net, newStore(), precision)
	return func() error {
		pixels, labels := data()
		images := make([]*fer.Image, len(labels))
		for i := range images {
			images[i] = (*fer.Image)(pixels[i*fer.Pixels:])
		}
		_, err := p.Logits(images)
		return err
	}, err
}

// readBatches returns a function that makes one batch of the data after the other, from the start again after the last.
func readBatches(dir string, size int) (batches, error) {
	all, err := os.ReadFile(filepath.Join(dir, bench.ImagesFile))
	if err != nil {
		return nil, err
	}
	classes, err := os.ReadFile(filepath.Join(dir, bench.LabelsFile))
	if err != nil {
		return nil, err
	}
	count := len(classes) / size
	if count == 0 {
		return nil, fmt.Errorf("%d examples are no batch of %d", len(classes), size)
	}
	next := 0
	return func() (pixels []uint8, labels []int32) {
		start := next % count * size
		next++
		labels = make([]int32, size)
		for k := range labels {
			labels[k] = int32(classes[start+k])
		}
		return all[start*fer.Pixels : (start+size)*fer.Pixels], labels
	}, nil
}

// plainCNN is model.CNN of GoMLX's own layers.
func plainCNN(dropout float64) model.Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		for i, filters := range []int{64, 128, 250, 500} {
			block := s.In("block%d", i)
			x = layers.Convolution(block, x).Channels(filters).KernelSize(3).NoPadding().Done()
			x = norm.BatchNorm(block, x, -1).Done()
			x = graph.MaxScalar(x, 0)
			x = graph.MaxPool(x).Window(2).Done()
			x = layers.DropoutStatic(block, x, dropout)
		}
		x = graph.Reshape(x, x.Shape().Dimensions[0], -1)
		return plainHead(s, x, dropout, dropout)
	}
}

// plainDNN is model.DNN of GoMLX's own layers.
func plainDNN(dropout float64) model.Net {
	return func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		x = graph.Reshape(x, x.Shape().Dimensions[0], -1)
		for i, units := range []int{128, 256, 512, 1248} {
			block := s.In("block%d", i)
			x = layers.Dense(block, x, true, units)
			x = norm.BatchNorm(block, x, -1).Done()
			x = graph.MaxScalar(x, 0)
			x = layers.DropoutStatic(block, x, dropout)
		}
		return plainHead(s, x, dropout, 0)
	}
}

// plainHead ends a net with its hidden dense layers; the last of them has its own dropout rate.
func plainHead(s *gomlx.Scope, x *graph.Node, dropout, last float64) *graph.Node {
	for i, units := range []int{512, 256, 64} {
		dense := s.In("dense%d", i)
		x = graph.MaxScalar(layers.Dense(dense, x, true, units), 0)
		rate := dropout
		if i == 2 {
			rate = last
		}
		x = layers.DropoutStatic(dense, x, rate)
	}
	return layers.Dense(s.In("logits"), x, true, fer.NumEmotions)
}
