package audit

import (
	"math"
	"slices"

	"ferlab/fer"
)

// hashSide is the number of lowest frequencies along each axis that the hash keeps.
const hashSide = 8

// Hash is the perceptual hash of an image: one bit for each of the 8×8 lowest frequencies of its discrete cosine
// transform, set where the coefficient is above their median (the "pHash" of Zauner 2010). Brightness and contrast
// don't change it, and small changes of the image flip few of its 64 bits.
func Hash(m *fer.Image) uint64 {
	var half [hashSide][fer.Size]float32 // transformed along x
	for y := range fer.Size {
		row := m[y*fer.Size : (y+1)*fer.Size]
		for u := range hashSide {
			sum := float32(0)
			for x, c := range cosines[u] {
				sum += c * float32(row[x])
			}
			half[u][y] = sum
		}
	}
	var coefficients [hashSide * hashSide]float32
	for v := range hashSide {
		for u := range hashSide {
			sum := float32(0)
			for y, c := range cosines[v] {
				sum += c * half[u][y]
			}
			coefficients[v*hashSide+u] = sum
		}
	}
	sorted := coefficients
	slices.Sort(sorted[:])
	median := (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	hash := uint64(0)
	for i, c := range coefficients {
		if c > median {
			hash |= 1 << i
		}
	}
	return hash
}

// cosines[k][x] is the k-th basis function of the discrete cosine transform (DCT-II).
var cosines = func() (table [hashSide][fer.Size]float32) {
	for k := range table {
		for x := range table[k] {
			table[k][x] = float32(math.Cos(math.Pi * float64(k) * (float64(x) + 0.5) / fer.Size))
		}
	}
	return table
}()
