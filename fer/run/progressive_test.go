package run

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer"
	"ferlab/fer/model"
)

// Resizing keeps a slope a slope, at its place: pixel j of 32 is centred at 1.5·j + 0.25 of 48.
func TestProgressiveResize(t *testing.T) {
	images := make([]uint8, 2*fer.Pixels)
	for i := range images {
		x, y := i%fer.Size, i/fer.Size%fer.Size
		images[i] = uint8(20 + 4*x)
		if i >= fer.Pixels {
			images[i] = uint8(20 + 4*y)
		}
	}
	p := Progressive{Size: 32, Epochs: 2}
	small, size := p.resize(images, 1)
	if size != 32 || len(small) != 2*32*32 {
		t.Fatalf("%d pixels of size %d", len(small), size)
	}
	for i, got := range small {
		along := i % 32
		if i >= 32*32 {
			along = i / 32 % 32
		}
		if want := 20 + 4*(1.5*float64(along)+0.25); along > 0 && along < 31 && math.Abs(float64(got)-want) > 1 {
			t.Fatalf("pixel %d is %d, want %.1f", i, got, want)
		}
	}
	if same, size := p.resize(images, 2); size != fer.Size || !slices.Equal(same, images) {
		t.Error("images of a later epoch are changed")
	}
}

// A net in training sees small images first, then full ones; evaluation is always of full ones.
func TestProgressive(t *testing.T) {
	c := Quick()
	c.Source, c.Model, c.Epochs, c.BatchSize = "synthetic:train=140,test=70", "custom", 3, 70
	c.Progressive = Progressive{Size: 32, Epochs: 2}
	inner := model.ResNet(&model.ResNetConfig{Filters: []int{4, 4, 4, 4}, Blocks: []int{1, 1, 1}})
	var training, inference []int // Heights for which graphs are built.
	net := func(s *gomlx.Scope, x *graph.Node) *graph.Node {
		sizes := &inference
		if s.Store().IsTraining(x.Graph()) {
			sizes = &training
		}
		// A fingerprint is made from a batch of two.
		if h := x.Shape().Dimensions[1]; x.Shape().Dimensions[0] > 2 && !slices.Contains(*sizes, h) {
			*sizes = append(*sizes, h)
		}
		return inner(s, x)
	}
	if _, err := Train(context.Background(), t.TempDir(), c, &Options{Net: net}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(training, []int{32, 48}) || !slices.Equal(inference, []int{48}) {
		t.Errorf("trained on sizes %v, evaluated on %v; want 32, then 48, and 48", training, inference)
	}

	for set, field := range map[string]string{"progressive.size=8": "progressive.size",
		"progressive.size=48":  "progressive.size",
		"progressive.epochs=0": "progressive.epochs", "progressive.epochs=3": "progressive.epochs",
		"model=cnn": "model"} {
		bad := c
		if err := bad.Set(set); err != nil {
			t.Fatal(err)
		}
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), field+" is") {
			t.Errorf("%s: error %v, want one that names %s", set, err, field)
		}
	}
}
