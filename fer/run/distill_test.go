package run_test

import (
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/nn"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// A net that learns from teachers alone doesn't see the labels; with a share of both, its loss is the shares' sum. The
// run records the teachers by their weights.
func TestDistillation(t *testing.T) {
	c := small()
	c.Epochs, c.CNN.Dropout = 1, 0
	teachers := []string{filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")}
	for i, dir := range teachers {
		c.Seed = uint64(10 + i)
		train(t, dir, c, nil)
	}

	c.Seed = 1
	c.Distill = run.Distill{Teachers: teachers, Weight: 1, Temperature: 2}
	data, err := dataset.Open(c.Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong := *data
	wrong.Examples = nil
	for _, e := range data.Examples {
		if e.Split == fer.Train {
			e.Label = (e.Label + 1) % fer.NumEmotions
		}
		wrong.Examples = append(wrong.Examples, e)
	}
	c.Validation = "test"
	right, other := t.TempDir(), t.TempDir()
	r := train(t, right, c, &run.Options{Data: data})
	train(t, other, c, &run.Options{Data: &wrong})
	runtest.SameFiles(t, right, other, "weights.safetensors")
	for i, name := range r.Config.Distill.Teachers {
		if !regexp.MustCompile(`^` + "ab"[i:i+1] + `@[0-9a-f]{64}$`).MatchString(name) {
			t.Errorf("recorded teacher %q, want its name@<SHA-256>", name)
		}
	}

	c.LearningRate, c.WeightDecay = 1e-12, 0 // The weights stay.
	losses := map[float64]float64{}
	for _, weight := range []float64{0, 0.3, 1} {
		c.Distill.Weight = weight
		if c.Distill.Teachers = teachers; weight == 0 {
			c.Distill.Teachers = nil
		}
		losses[weight] = train(t, t.TempDir(), c, nil).History[0].TrainLoss
	}
	if want := 0.7*losses[0] + 0.3*losses[1]; math.Abs(losses[0.3]-want) > 1e-5 ||
		math.Abs(losses[0]-losses[1]) < 1e-3 {
		t.Errorf("losses %v: that of weight 0.3 isn't 0.7 and 0.3 of the others'", losses)
	}

	c.Distill = run.Distill{Teachers: teachers}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "distill.weight") {
		t.Errorf("teachers without weight: %v", err)
	}
}

// Teachers answer in the precision of the training that they teach.
func TestTeachersPrecision(t *testing.T) {
	linear := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		return nn.Dense(s, nn.Flatten(s, x), fer.NumEmotions)
	}
	c := small()
	c.Epochs, c.Model = 1, model.Custom
	teacher := train(t, t.TempDir(), c, &run.Options{Net: linear})

	for _, precision := range []string{"", "mixed_bfloat16"} {
		asked := map[bool]bool{}
		spy := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			_, mixed := gomlx.GetGraphParam(x.Graph(), "/ferlab_mixed_precision")
			asked[mixed] = true
			return linear(s, x)
		}
		student := small()
		student.Epochs, student.Precision = 1, precision
		student.Distill = run.Distill{Teachers: []string{"teacher"}, Weight: 1, Temperature: 1}
		train(t, t.TempDir(), student, &run.Options{Find: func(string) (*run.Run, error) {
			return teacher.WithNet(spy), nil
		}})
		if want := precision != ""; !asked[want] || asked[!want] {
			t.Errorf("training in precision %q: the teacher's net was built in mixed precision: %v", precision, asked)
		}
	}
}
