package audit

import "math/bits"

// The index cuts a hash into chunks: two hashes that differ in at most r bits differ in at most r / chunks bits of one
// chunk, so it finds them all by looking up every key that near to one of the four (multi-index hashing, Norouzi,
// Punjani & Fleet 2012). A look-up touches a fixed number of keys, not all hashes.
const (
	chunks    = 4
	chunkBits = 64 / chunks
)

type index struct {
	hashes []uint64
	starts [chunks][]int32 // by key: where its hashes begin in ids
	ids    [chunks][]int32
}

func newIndex(hashes []uint64) *index {
	x := &index{hashes: hashes}
	for c := range chunks {
		starts := make([]int32, 1<<chunkBits+1)
		for _, h := range hashes {
			starts[chunk(h, c)+1]++
		}
		for k := range 1 << chunkBits {
			starts[k+1] += starts[k]
		}
		x.starts[c], x.ids[c] = starts, make([]int32, len(hashes))
		next := append([]int32(nil), starts...)
		for i, h := range hashes {
			k := chunk(h, c)
			x.ids[c][next[k]] = int32(i)
			next[k]++
		}
	}
	return x
}

func chunk(hash uint64, c int) int { return int(hash >> (c * chunkBits) & (1<<chunkBits - 1)) }

// before calls f once for every j < i whose hash differs from that of i in at most radius bits.
func (x *index) before(i, radius int, masks []int, f func(j int)) {
	h := x.hashes[i]
	for c := range chunks {
		key := chunk(h, c)
		for _, mask := range masks {
			k := key ^ mask
			for _, id := range x.ids[c][x.starts[c][k]:x.starts[c][k+1]] {
				j := int(id)
				if j >= i {
					break
				}
				if diff := h ^ x.hashes[j]; bits.OnesCount64(diff) <= radius && firstNear(diff, radius/chunks) == c {
					f(j)
				}
			}
		}
	}
}

// firstNear returns the first chunk in which at most n bits are set: the one that reports the pair.
func firstNear(diff uint64, n int) int {
	for c := range chunks {
		if bits.OnesCount(uint(chunk(diff, c))) <= n {
			return c
		}
	}
	return -1
}

// masksUpTo returns all keys with at most n bits set.
func masksUpTo(n int) []int {
	var masks []int
	for k := range 1 << chunkBits {
		if bits.OnesCount(uint(k)) <= n {
			masks = append(masks, k)
		}
	}
	return masks
}
