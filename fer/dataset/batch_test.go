package dataset_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// numbered returns n examples, each filled with pixels that name it.
func numbered(n int) []fer.Example {
	examples := make([]fer.Example, n)
	for i := range examples {
		m := new(fer.Image)
		for k := range m {
			m[k] = uint8(i)
		}
		examples[i] = fer.Example{Image: m, Label: fer.Class(i % fer.NumEmotions)}
	}
	return examples
}

// An epoch shows every example once, in another order than the epoch before, with its own label.
func TestEpochShowsEveryExampleOnce(t *testing.T) {
	e := dataset.Epochs{Examples: numbered(20), Size: 5, Seed: 3}
	var orders [2][]uint8
	for epoch := range orders {
		seen := map[uint8]bool{}
		for b := range e.Batches(epoch, 0) {
			for i, label := range b.Labels {
				name := b.Images[i*fer.Pixels]
				if seen[name] || int(label) != int(name)%fer.NumEmotions {
					t.Fatalf("example %d comes twice or with label %d", name, label)
				}
				seen[name] = true
				orders[epoch] = append(orders[epoch], name)
			}
		}
		if len(seen) != 20 {
			t.Errorf("epoch %d shows %d examples, want 20", epoch, len(seen))
		}
	}
	if bytes.Equal(orders[0], orders[1]) {
		t.Error("two epochs have the same order")
	}
}

// A training that resumes at a step sees what it would have seen.
func TestBatchesFromAStep(t *testing.T) {
	e := dataset.Epochs{Examples: numbered(40), Size: 8, Seed: 3,
		Augment: dataset.Augment{Shift: 4, Rotate: 10, Brightness: 0.3, Erase: 1}}
	var whole []dataset.Batch
	for b := range e.Batches(2, 0) {
		whole = append(whole, b)
	}
	step := 3
	for b := range e.Batches(2, step) {
		if b.Step != step || !bytes.Equal(b.Images, whole[step].Images) {
			t.Fatalf("step %d differs when begun there", step)
		}
		step++
	}
	if step != len(whole) || step != e.Steps() {
		t.Errorf("the epoch ended at step %d, want %d", step, e.Steps())
	}
}

// The number of processors changes no bit of the batches.
func TestBatchesDontDependOnProcessors(t *testing.T) {
	e := dataset.Epochs{Examples: numbered(90), Size: 8, Seed: 3,
		Augment: dataset.Augment{Shift: 4, Rotate: 10, Scale: 0.2, Flip: true, Contrast: 0.3, Erase: 0.5}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := slices.Collect(e.Batches(1, 0))
	for _, processors := range []int{2, 3, 16} {
		runtime.GOMAXPROCS(processors)
		if !reflect.DeepEqual(slices.Collect(e.Batches(1, 0)), want) {
			t.Errorf("%d processors make other batches than one", processors)
		}
	}
	if len(want) != 11 || bytes.Equal(want[0].Images, want[1].Images) {
		t.Errorf("%d batches, want 11 different ones", len(want))
	}
}

// Images per second of the augmentation of a training, on as many processors as -cpu says.
func BenchmarkBatches(b *testing.B) {
	for name, a := range map[string]dataset.Augment{
		"shift, flip, contrast": {Shift: 5, Flip: true, Brightness: 0.2, Contrast: 0.3},
		"rotation, scale, too":  {Shift: 5, Flip: true, Brightness: 0.2, Contrast: 0.3, Rotate: 10, Scale: 0.1},
	} {
		b.Run(name, func(b *testing.B) {
			e := dataset.Epochs{Examples: numbered(128 * 64), Size: 128, Seed: 3, Augment: a}
			images := 0
			for b.Loop() {
				for batch := range e.Batches(0, 0) {
					images += batch.Len()
				}
			}
			b.ReportMetric(float64(images)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

func face(seed uint64) *fer.Image {
	rng := rand.New(rand.NewPCG(seed, 0))
	m := new(fer.Image)
	for y := range fer.Size {
		for x := range fer.Size {
			m[y*fer.Size+x] = uint8(100 + 60*math.Sin(float64(x)/5) + 40*math.Cos(float64(y)/7) + float64(rng.IntN(8)))
		}
	}
	return m
}

func TestNoAugmentationChangesNothing(t *testing.T) {
	src, dst := face(1), new(fer.Image)
	dataset.Augment{}.Apply(dst, src, rand.New(rand.NewPCG(1, 1)))
	if *dst != *src {
		t.Error("the zero Augment changed the image")
	}
}

// With whole-pixel shifts and mirroring, every result is src moved by at most the limit, and all moves occur.
func TestShiftAndFlip(t *testing.T) {
	src, limit := face(1), 2
	a := dataset.Augment{Shift: float64(limit), Flip: true}
	rng := rand.New(rand.NewPCG(1, 1))
	found := map[[3]int]int{}
	for range 400 {
		dst := new(fer.Image)
		a.Apply(dst, src, rng)
		move, ok := explain(dst, src, limit)
		if !ok {
			t.Fatal("a result is no shift of the image within the limit")
		}
		found[move]++
	}
	if len(found) != 2*(2*limit+1)*(2*limit+1) {
		t.Errorf("%d different moves occur, want 50", len(found))
	}
}

// explain finds the shift and mirroring that made dst of src, comparing away from the edges.
func explain(dst, src *fer.Image, limit int) (move [3]int, ok bool) {
	for flip := range 2 {
		for dy := -limit; dy <= limit; dy++ {
			for dx := -limit; dx <= limit; dx++ {
				if matches(dst, src, dx, dy, flip == 1, limit) {
					return [3]int{dx, dy, flip}, true
				}
			}
		}
	}
	return move, false
}

func matches(dst, src *fer.Image, dx, dy int, flip bool, border int) bool {
	for y := border; y < fer.Size-border; y++ {
		for x := border; x < fer.Size-border; x++ {
			from := x - dx
			if flip {
				from = fer.Size - 1 - from
			}
			if dst[y*fer.Size+x] != src[(y-dy)*fer.Size+from] {
				return false
			}
		}
	}
	return true
}

// A rotation by a quarter turn maps pixels onto pixels: warp's geometry is exact.
func TestRotationByAQuarter(t *testing.T) {
	src := face(1)
	a := dataset.Augment{Rotate: 180}
	for seed := range uint64(2000) {
		dst := new(fer.Image)
		a.Apply(dst, src, rand.New(rand.NewPCG(seed, 0)))
		// One of all the angles drawn lies close to ±90°: then dst(x, y) is src turned.
		turned, error := 0, 0.0
		for y := 12; y < 36; y++ {
			for x := 12; x < 36; x++ {
				error += math.Abs(float64(dst[y*fer.Size+x]) - float64(src[(fer.Size-1-x)*fer.Size+y]))
				turned++
			}
		}
		if error/float64(turned) < 3 {
			return
		}
	}
	t.Error("none of 2,000 random rotations in ±180° comes near a quarter turn")
}

// Brightness and contrast stay within their limits.
func TestBrightnessAndContrast(t *testing.T) {
	mean := func(m *fer.Image) (sum float64) {
		for _, p := range m {
			sum += float64(p) / fer.Pixels
		}
		return sum
	}
	src := face(1)
	a := dataset.Augment{Brightness: 0.1}
	rng := rand.New(rand.NewPCG(1, 1))
	lowest, highest := math.Inf(1), math.Inf(-1)
	for range 300 {
		dst := new(fer.Image)
		a.Apply(dst, src, rng)
		change := mean(dst) - mean(src)
		lowest, highest = min(lowest, change), max(highest, change)
	}
	if lowest < -26 || highest > 26 || lowest > -23 || highest < 23 {
		t.Errorf("brightness changes by %.1f … %.1f, want nearly ±25.5", lowest, highest)
	}
}
