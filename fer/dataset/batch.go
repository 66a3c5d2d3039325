package dataset

import (
	"iter"
	"math/rand/v2"

	"ferlab/fer"
	"ferlab/internal/ahead"
)

// Batch is a group of images as a net takes them: row-major uint8 [len, 48, 48, 1], and their labels.
type Batch struct {
	Images []uint8
	Labels []int32 // Class indices; -1 for an unlabelled example.
	// Indices are the examples' places in the list that the batch was made from.
	Indices []int
	Step    int // Index of the batch within its epoch.
}

// Len is the number of images in the batch.
func (b Batch) Len() int { return len(b.Labels) }

// Epochs makes the batches of training. Everything random is a function of the seed, the epoch and the example: a
// training that resumes at any step sees exactly the images that it would have seen.
type Epochs struct {
	Examples []fer.Example
	Size     int       // Images in a batch, at most len(Examples).
	Augment  Augmenter // Applied to every image; nil changes none.
	Seed     uint64
}

// Steps returns the number of batches of an epoch. Examples that don't fill a last batch are left out of this epoch; as
// the order is another in each epoch, so are they. There is none without a size.
func (e Epochs) Steps() int {
	if e.Size < 1 {
		return 0
	}
	return len(e.Examples) / e.Size
}

// Batches returns the batches of an epoch from a given step on, in the epoch's own shuffled order. All processors
// prepare a few ahead while the caller uses one.
func (e Epochs) Batches(epoch, from int) iter.Seq[Batch] {
	order := rand.New(rand.NewPCG(e.Seed, uint64(epoch))).Perm(len(e.Examples))
	return ahead.Seq(from, e.Steps(), func(step int) Batch {
		return e.batch(order[step*e.Size:][:e.Size], epoch, step)
	})
}

func (e Epochs) batch(indices []int, epoch, step int) Batch {
	b := Batch{Images: make([]uint8, len(indices)*fer.Pixels), Labels: make([]int32, len(indices)), Indices: indices,
		Step: step}
	for i, index := range indices {
		example := e.Examples[index]
		rng := rand.New(rand.NewPCG(e.Seed^uint64(epoch)*0x9e3779b97f4a7c15, uint64(index)))
		if dst := (*fer.Image)(b.Images[i*fer.Pixels:]); e.Augment != nil {
			e.Augment.Apply(dst, example.Image, rng)
		} else {
			*dst = *example.Image
		}
		b.Labels[i] = int32(example.Label)
	}
	return b
}

// InOrder returns the examples in their order, unchanged, in batches of the given size (the last may be smaller).
func InOrder(examples []fer.Example, size int) iter.Seq[Batch] {
	return func(yield func(Batch) bool) {
		for step := 0; step*size < len(examples); step++ {
			part := examples[step*size : min((step+1)*size, len(examples))]
			b := Batch{Images: make([]uint8, 0, len(part)*fer.Pixels), Labels: make([]int32, len(part)),
				Indices: make([]int, len(part)), Step: step}
			for i, example := range part {
				b.Indices[i] = step*size + i
				b.Images = append(b.Images, example.Image[:]...)
				b.Labels[i] = int32(example.Label)
			}
			if !yield(b) {
				return
			}
		}
	}
}
