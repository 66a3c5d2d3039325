package dataset

import "crypto/sha256"

// Distinct returns the indices of the examples of each distinct image, told apart by the SHA-256 of its pixels, in the
// order of first occurrence.
func Distinct(d *Dataset) [][]int {
	var images [][]int
	seen := make(map[[sha256.Size]byte]int, d.Len())
	for i, e := range d.Examples {
		key := sha256.Sum256(e.Image[:])
		at, known := seen[key]
		if !known {
			at = len(images)
			seen[key] = at
			images = append(images, nil)
		}
		images[at] = append(images[at], i)
	}
	return images
}
