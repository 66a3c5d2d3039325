package explain

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"ferlab/fer"
	"ferlab/fer/model"
)

// A second image, class, channel or seed compiles nothing, whatever the method.
func TestNoRecompilation(t *testing.T) {
	m := referenceModel(t)
	images, classes, examples := syntheticFaces(4)
	work := func(i int) {
		t.Helper()
		for _, method := range Methods() {
			// An untrained net may say nothing for a class; its graph has run all the same.
			var vanished *DegenerateError
			if _, err := method.Attribute(m, images[i:i+1], classes[i:i+1]); err != nil && !errors.As(err, &vanished) {
				t.Fatal(err)
			}
		}
		if _, err := Filters(m, "conv2", []int{i}, examples,
			&AscentOptions{Steps: 2, Seed: uint64(i), Rotation: float64(1 + i)}); err != nil {
			t.Fatal(err)
		}
		if _, err := Activations(m, "relu3", images[i]); err != nil {
			t.Fatal(err)
		}
	}
	work(0)
	before := m.compiled.Load()
	for i := 1; i < 4; i++ {
		work(i)
	}
	if after := m.compiled.Load(); after != before || before < 5 {
		t.Errorf("%d graphs compiled for the first image, %d more for three others", before, after-before)
	}
}

// Many filters share the graph of 64.
func TestAscentCompilesOnce(t *testing.T) {
	m, err := newReferenceModel()
	if err != nil {
		t.Fatal(err)
	}
	before := m.compiled.Load()
	channels := make([]int, 130)
	for i := range channels {
		channels[i] = i % 6
	}
	if _, err := Ascend(m, "conv2", channels, &AscentOptions{Steps: 1}); err != nil {
		t.Fatal(err)
	}
	// One graph of 64 and one of 8 for the ascent, and the same for the answers.
	if n := m.compiled.Load() - before; n != 4 {
		t.Errorf("130 filters compiled %d graphs, want 4", n)
	}
}

// measure runs f until the benchmark has enough, and reports the CPU time of a run beside the time on the clock.
func measure(b *testing.B, f func() error) {
	b.Helper()
	if err := f(); err != nil { // Compiles.
		b.Fatal(err)
	}
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	}
	before := used()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((used()-before)/float64(b.N), "cpu-s/op")
}

// BenchmarkAscent is 8 steps for 64 filters of a layer of the original report's net: 256 steps take 32 times as long.
func BenchmarkAscent(b *testing.B) {
	for _, layer := range []string{"conv1", "conv2", "conv3", "conv4"} {
		b.Run(layer, func(b *testing.B) {
			m := newModel(b, model.CNN(nil))
			measure(b, func() error {
				_, err := m.ascend(strings.Replace(layer, "conv", "bn", 1), all(64), AscentOptions{
					Steps: 8, LearningRate: 0.05, Jitter: 2, Zoom: 0.05, Rotation: 3, TotalVariation: 0.2, L2: 0.1})
				return err
			})
		})
	}
}

// BenchmarkGradient compares the maps of 256 images with a forward and backward pass of a batch of 256, for all weights
// as in training: the maps may take twice as long.
func BenchmarkGradient(b *testing.B) {
	m := newModel(b, model.CNN(nil))
	images, classes, _ := syntheticFaces(256)
	b.Run("maps", func(b *testing.B) {
		measure(b, func() error {
			_, err := Gradient{}.Attribute(m, images, classes)
			return err
		})
	})
	b.Run("pass", func(b *testing.B) {
		exec, err := m.exec("pass", func(_, score, images *graph.Node) []*graph.Node {
			var weights []*graph.Node
			for v := range m.store.Scope("/" + model.Scope).IterVariables() {
				weights = append(weights, v.NodeValue(images.Graph()))
			}
			sum := score
			for _, g := range graph.Gradient(score, weights...) {
				sum = graph.Add(sum, graph.ReduceAllSum(g))
			}
			return []*graph.Node{sum}
		})
		if err != nil {
			b.Fatal(err)
		}
		batch := make([]float32, 0, len(images)*fer.Pixels)
		for _, x := range allPixels(images) {
			batch = append(batch, x...)
		}
		pixels := tensors.FromFlatDataAndDimensions(batch, len(images), fer.Size, fer.Size, 1)
		labels := tensors.FromFlatDataAndDimensions(make([]int32, len(images)), len(images))
		measure(b, func() error {
			out, err := exec.Call(pixels, labels)
			if err == nil {
				_, err = tensors.CopyFlatData[float32](out[0])
			}
			return err
		})
	})
}
