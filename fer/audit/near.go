package audit

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// NearOptions configures [Near]. A zero field means its default.
type NearOptions struct {
	// Distance is the number of bits in which the perceptual hashes of two images may differ for them to be compared at
	// all, 1…15; default 11. More finds a little more and takes longer.
	Distance int
	// Correlation is the least normalised correlation of two images that are nearly the same, in (0, 1]; default 0.96.
	Correlation float64
	// Shift is how many pixels one image may be shifted against the other, along each axis; default 2, negative for
	// none.
	Shift int
}

// Near returns the groups of examples whose images are nearly the same: equal but for brightness, contrast, noise,
// compression or a shift of a pixel or two. Of the images whose perceptual hashes differ in few bits (see [Hash]), it
// joins those whose normalised correlation, at the best shift, is high. The time grows with the number of images and of
// such pairs, not of all pairs. Groups of nothing but equal pixels are left out: they are [Exact]'s. Blank images have
// no correlation and no group.
//
// Nearly the same need not be the same: two frames of one video pass as well as two copies of one photo.
func Near(d *dataset.Dataset, options *NearOptions) (Groups, error) {
	var o NearOptions
	if options != nil {
		o = *options
	}
	if o.Distance == 0 {
		o.Distance = 11
	}
	if o.Correlation == 0 {
		o.Correlation = 0.96
	}
	if o.Shift == 0 {
		o.Shift = 2
	}
	o.Shift = max(o.Shift, 0)
	if o.Distance < 1 || o.Distance > 15 || !(o.Correlation > 0 && o.Correlation <= 1) || o.Shift >= fer.Size/2 {
		return nil, fmt.Errorf("audit: near duplicates with distance %d, correlation %g and shift %d: want 1…15, "+
			"(0, 1] and less than %d",
			o.Distance, o.Correlation, o.Shift, fer.Size/2)
	}
	var images [][]int // Those that aren't blank, by their examples.
	for _, copies := range dataset.Distinct(d) {
		if deviation(d.Examples[copies[0]].Image) >= BlankDeviation {
			images = append(images, copies)
		}
	}
	first := func(i int) *fer.Image { return d.Examples[images[i][0]].Image }
	hashes := make([]uint64, len(images))
	forEach(len(images), func(i int) { hashes[i] = Hash(first(i)) })
	x, masks := newIndex(hashes), masksUpTo(o.Distance/chunks)

	pairs := make([][]pair, len(images))
	forEach(len(images), func(i int) {
		x.before(i, o.Distance, masks, func(j int) {
			if a, b := first(i), first(j); correlation(a, b, o.Shift, sparse) < o.Correlation-slack {
				return
			} else if c := correlation(a, b, o.Shift, 1); c >= o.Correlation {
				pairs[i] = append(pairs[i], pair{j, i, c})
			}
		})
	})
	return join(d, images, slices.Concat(pairs...)), nil
}

// pair is two distinct images by index, j < i, and their correlation.
type pair struct {
	j, i        int
	correlation float64
}

// join makes groups of everything that pairs connect.
func join(d *dataset.Dataset, images [][]int, pairs []pair) Groups {
	parent := make([]int, len(images))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, p := range pairs {
		a, b := root(p.j), root(p.i)
		parent[max(a, b)] = min(a, b)
	}
	members, lowest := map[int][]int{}, map[int]float64{}
	for _, p := range pairs {
		r := root(p.i)
		if lowest[r] == 0 || p.correlation < lowest[r] {
			lowest[r] = p.correlation
		}
		members[r] = nil
	}
	for i, copies := range images {
		if r := root(i); lowest[r] > 0 {
			members[r] = append(members[r], copies...)
		}
	}
	var groups Groups
	for i := range images { // Roots are the first of their group.
		if m := members[i]; len(m) > 0 {
			slices.Sort(m)
			// Images that differ are never quite the same, whatever rounding says.
			groups = append(groups, newGroup(d, m, min(lowest[i], math.Nextafter(1, 0))))
		}
	}
	return groups
}

// A pair is first compared at every third pixel of every third row, and dismissed if that falls short by more than
// slack.
const sparse, slack = 3, 0.05

// correlation returns the highest normalised correlation (Pearson's r of the overlapping pixels) of two images over all
// shifts of up to shift pixels along each axis, taken at every step-th pixel of every step-th row.
func correlation(a, b *fer.Image, shift, step int) float64 {
	best := math.Inf(-1)
	for dy := -shift; dy <= shift; dy++ {
		for dx := -shift; dx <= shift; dx++ {
			best = max(best, correlationAt(a, b, dx, dy, step))
		}
	}
	return best
}

// correlationAt returns the correlation of a with b shifted by (dx, dy); 0 if either is flat where they overlap.
func correlationAt(a, b *fer.Image, dx, dy, step int) float64 {
	var n, sa, sb, saa, sbb, sab int
	x0, x1 := max(0, dx), min(fer.Size, fer.Size+dx)
	for y := max(0, dy); y < min(fer.Size, fer.Size+dy); y += step {
		ra, rb := a[y*fer.Size+x0:y*fer.Size+x1], b[(y-dy)*fer.Size+x0-dx:]
		for x := 0; x < len(ra); x += step {
			p, q := int(ra[x]), int(rb[x])
			n, sa, sb, saa, sbb, sab = n+1, sa+p, sb+q, saa+p*p, sbb+q*q, sab+p*q
		}
	}
	va, vb := n*saa-sa*sa, n*sbb-sb*sb
	if va == 0 || vb == 0 {
		return 0
	}
	return float64(n*sab-sa*sb) / math.Sqrt(float64(va)*float64(vb))
}

// forEach calls f for 0 … n−1 on all processors.
func forEach(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	workers.Wait()
}
