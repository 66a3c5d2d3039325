// Package synth draws synthetic 48×48 grey faces with a known truth: the emotion, the action units that make it, and
// the pixels that carry it.
//
// A face is a value, [Params]: who it is (head, skin, hair, glasses, age …), how it is seen (pose, light, blur, noise,
// occlusion) and what it does, as action units of the Facial Action Coding System (Ekman, Friesen & Hager, 2002).
// [Render] turns Params into pixels; nothing else decides about them. [Make] and [Faces] sample Params from a seed.
//
// The classes overlap as real ones do: intensities vary down to the hardly visible, and faces lean towards their
// class's usual confusions (fear–surprise, sad–neutral, angry–disgust).
//
// # Truth
//
// The mask of a face marks the pixels that the expression changes: where the same face, rendered with all action units
// at rest and with everything else the same, noise included, differs by more than [MaskThreshold] grey levels. It is
// true by construction and needs no annotator. A neutral face has nothing to compare with; its mask is where the
// features that would move lie: its brows, eyes and mouth (see [Regions]), as far as nothing hides them.
//
// # Determinism
//
// Face i of a seed depends on (seed, i) only, whatever the number of faces or workers. Pixels are computed in float32:
// another processor architecture, or GOAMD64=v3, which fuses multiply and add, may round a few of them one grey level
// off.
package synth

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"ferlab/fer"
)

// Face is one synthetic face with its ground truth.
type Face struct {
	Image  *fer.Image
	Label  fer.Class
	Mask   *fer.Mask // the pixels that carry the expression, see the package comment
	Params Params    // all that [Render] needs to draw it again

	Seed  uint64 // the arguments of [Make] that made it
	Index int
}

// ID returns the face's identifier, see the function [ID].
func (f Face) ID() string { return ID(f.Seed, f.Index) }

const idPrefix = "synthetic/"

// ID returns the identifier of face i of a seed, "synthetic/<seed>/<i>". [ByID] turns it back into the face.
func ID(seed uint64, i int) string { return fmt.Sprintf("%s%d/%d", idPrefix, seed, i) }

// ByID renders the face that an identifier names. It returns an error when id is not of the form that [ID] writes.
func ByID(id string) (Face, error) {
	rest, ok := strings.CutPrefix(id, idPrefix)
	seedText, indexText, ok2 := strings.Cut(rest, "/")
	seed, err := strconv.ParseUint(seedText, 10, 64)
	i, err2 := strconv.ParseUint(indexText, 10, 31)
	if !ok || !ok2 || err != nil || err2 != nil || ID(seed, int(i)) != id {
		return Face{}, fmt.Errorf("%q names no synthetic face, want %q with decimal numbers, such as %q", id,
			"synthetic/<seed>/<index>", ID(1, 0))
	}
	return Make(seed, int(i)), nil
}

// Make returns face i ≥ 0 of a seed.
func Make(seed uint64, i int) Face {
	label := labelOf(seed, i)
	f := Face{Label: label, Params: Sample(generator(seed, uint64(i)), label), Seed: seed, Index: i}
	f.Image, f.Mask = Render(f.Params)
	return f
}

// Faces returns faces 0 … n−1 of a seed, rendered on all processors. Each run of seven faces, 7k … 7k+6, holds every
// class once, in an order that the seed shuffles.
func Faces(seed uint64, n int) []Face {
	faces := make([]Face, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				faces[i] = Make(seed, i)
			}
		})
	}
	workers.Wait()
	return faces
}

// labelOf returns the class of face i: a random permutation of the classes for each seven faces.
func labelOf(seed uint64, i int) fer.Class {
	block := uint64(i / fer.NumEmotions)
	return fer.Class(generator(^seed, block).Perm(fer.NumEmotions)[i%fer.NumEmotions])
}

// generator returns the random numbers of (seed, i). The bits of i are spread by splitmix64's finaliser (Steele, Lea &
// Flood 2014), so that neighbours start far from each other.
func generator(seed, i uint64) *rand.Rand {
	i += 0x9e3779b97f4a7c15
	i = (i ^ i>>30) * 0xbf58476d1ce4e5b9
	i = (i ^ i>>27) * 0x94d049bb133111eb
	return rand.New(rand.NewPCG(seed, i^i>>31))
}
