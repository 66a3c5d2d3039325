package explain

import (
	"cmp"
	"fmt"
	"slices"

	"ferlab/fer"
	"ferlab/fer/model"
)

// Erasure is how the probability of a class changes while pixels are replaced, the most important first (Petsiuk et al.
// 2018).
type Erasure struct {
	Deletion  []float64 // From the image to its baseline.
	Insertion []float64 // From the baseline to the image.
}

// DeletionArea is the area below the deletion curve, 0…1: low if the map finds what the net needs.
func (e Erasure) DeletionArea() float64 { return area(e.Deletion) }

// InsertionArea is the area below the insertion curve, 0…1: high if the map finds what suffices for the net.
func (e Erasure) InsertionArea() float64 { return area(e.Insertion) }

// area is the trapezoidal mean of equally spaced values.
func area(curve []float64) float64 {
	sum := -(curve[0] + curve[len(curve)-1]) / 2
	for _, v := range curve {
		sum += v
	}
	return sum / float64(len(curve)-1)
}

// erased replaces pixels: a blurred face stays nearer to what the net knows than black does.
var erased = Blurred(5)

// Erase replaces the pixels of every image by those of its blurred copy (Gaussian, 5 pixels) and back, in the order of
// its map, in a number of equal steps; 0 means 24.
func Erase(m *Model, images []*fer.Image, classes []fer.Class, maps []*Map, steps int) ([]Erasure, error) {
	if err := m.check(images, classes); err != nil {
		return nil, err
	}
	if steps == 0 {
		steps = 24
	}
	if len(maps) != len(images) || steps < 1 || steps > fer.Pixels {
		return nil, fmt.Errorf("erasure by %d maps for %d images in %d steps: want one map per image and 1 … %d steps",
			len(maps), len(images), steps, fer.Pixels)
	}
	erasures := make([]Erasure, len(images))
	all := allPixels(images)
	each := 2 * (steps + 1)
	err := together(len(images), each, func(start, end int) error {
		var xs []pixels
		for i := start; i < end; i++ {
			base := erased.image(all[i])
			order := ranking(maps[i])
			for _, pair := range [][2]pixels{{all[i], base}, {base, all[i]}} {
				for s := range steps + 1 {
					y := slices.Clone(pair[0])
					for _, k := range order[:s*fer.Pixels/steps] {
						y[k] = pair[1][k]
					}
					xs = append(xs, y)
				}
			}
		}
		logits, err := m.logits(xs)
		if err != nil {
			return err
		}
		for i := start; i < end; i++ {
			values := make([]float64, each)
			for s, l := range logits[(i-start)*each:][:each] {
				values[s] = model.Softmax(l, 1)[classes[i]]
			}
			erasures[i] = Erasure{values[:steps+1], values[steps+1:]}
		}
		return nil
	})
	return erasures, err
}

// ranking returns the pixels in the order of falling importance.
func ranking(m *Map) []int {
	importance := m.Importance()
	order := make([]int, fer.Pixels)
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(importance[b], importance[a]) })
	return order
}
