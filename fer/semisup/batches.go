package semisup

import (
	"iter"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"ferlab/fer"
	"ferlab/internal/ahead"
)

// batch is what one step takes. Images are uint8, [n, 48, 48, 1] row by row.
type batch struct {
	step          int
	images        []uint8
	labels        []int32
	indices       []int // The unlabelled images' places.
	first, second []uint8
	partners      []int32   // A permutation of labelled, first and second, to mix.
	shares        []float32 // Each image's own share of its mixture.
}

// batches makes the batches of a training. Everything random is a function of the seed, the step and the place in the
// batch: the number of workers changes nothing, and a training that resumes at any step sees what it would have seen.
type batches struct {
	part       *Part
	labelled   int // Images of a batch that have labels.
	unlabelled int
	views      Views
	mix        float64 // α of the mixing's Beta(α, α); 0 for none.
	augmenter  Augmenter
	seed       uint64

	orders [2]order
}

// order gives the examples of a set in shuffled passes.
type order struct {
	mu     sync.Mutex
	passes map[int][]int
}

// at returns the example at a place of the endless sequence of passes over n examples.
func (o *order) at(place, n int, seed uint64) int {
	pass := place / n
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.passes[pass]
	if p == nil {
		if o.passes == nil || len(o.passes) > 64 {
			o.passes = map[int][]int{}
		}
		p = rand.New(rand.NewPCG(seed, uint64(pass))).Perm(n)
		o.passes[pass] = p
	}
	return p[place%n]
}

// from returns the batches of steps from … to−1 in order, made ahead.
func (b *batches) from(from, to int) iter.Seq[batch] { return ahead.Seq(from, to, b.make) }

// The streams of random numbers of a seed.
const (
	streamLabelled = iota + 1
	streamUnlabelled
	streamMix
)

func (b *batches) make(step int) batch {
	out := batch{step: step, images: make([]uint8, b.labelled*fer.Pixels), labels: make([]int32, b.labelled)}
	examples := b.part.Labelled.Examples
	for i := range b.labelled {
		place := step*b.labelled + i
		e := examples[b.orders[0].at(place, len(examples), b.seed^streamLabelled<<32)]
		b.augmenter.Weak((*fer.Image)(out.images[i*fer.Pixels:]), e.Image,
			rand.New(rand.NewPCG(b.seed^streamLabelled<<40, uint64(place))))
		out.labels[i] = int32(e.Label)
	}
	if b.views == None {
		return out
	}
	examples = b.part.Unlabelled.Examples
	out.indices = make([]int, b.unlabelled)
	out.first, out.second = make([]uint8, b.unlabelled*fer.Pixels), make([]uint8, b.unlabelled*fer.Pixels)
	second := b.augmenter.Weak
	if b.views == WeakStrong {
		second = b.augmenter.Strong
	}
	for i := range b.unlabelled {
		place := step*b.unlabelled + i
		index := b.orders[1].at(place, len(examples), b.seed^streamUnlabelled<<32)
		rng := rand.New(rand.NewPCG(b.seed^streamUnlabelled<<40, uint64(place)))
		b.augmenter.Weak((*fer.Image)(out.first[i*fer.Pixels:]), examples[index].Image, rng)
		second((*fer.Image)(out.second[i*fer.Pixels:]), examples[index].Image, rng)
		out.indices[i] = index
	}
	if b.mix > 0 {
		out.partners, out.shares = mixing(b.labelled+2*b.unlabelled, b.mix,
			rand.NewPCG(b.seed^streamMix<<40, uint64(step)))
	}
	return out
}

// mixing draws each image's partner and its own share of the mixture, from ½ to 1: max(λ, 1−λ) of λ ~ Beta(α, α).
func mixing(n int, alpha float64, source rand.Source) (partners []int32, shares []float32) {
	beta := distuv.Beta{Alpha: alpha, Beta: alpha, Src: source}
	partners, shares = make([]int32, n), make([]float32, n)
	for i, p := range rand.New(source).Perm(n) {
		share := beta.Rand()
		partners[i], shares[i] = int32(p), float32(max(share, 1-share))
	}
	return partners, shares
}
