package explain

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/model"
)

// Randomised returns a copy of the model that knows nothing: within each weight tensor the values are shuffled, so that
// every layer keeps its distribution of weights and loses what it learned. It is for the parameter-randomisation test
// (Adebayo et al. 2018): a map that stays the same doesn't explain the net.
func (m *Model) Randomised(seed uint64) (*Model, error) {
	store := gomlx.NewStore()
	var variables []*gomlx.Variable
	for v := range m.store.Scope("/" + model.Scope).IterVariables() {
		variables = append(variables, v)
	}
	slices.SortFunc(variables, func(a, b *gomlx.Variable) int { return cmp.Compare(a.Path(), b.Path()) })
	for i, v := range variables {
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		values, err := tensors.CopyFlatData[float32](value)
		if err != nil {
			return nil, err
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		rng.Shuffle(len(values), func(a, b int) { values[a], values[b] = values[b], values[a] })
		if _, err := store.CreateVariable(v.Path(), tensors.FromFlatDataAndDimensions(values,
			value.Shape().Dimensions...)); err != nil {
			return nil, err
		}
	}
	return New(m.Name+", weights shuffled", m.net, store)
}

// Similarity is Spearman's rank correlation of the magnitudes of two maps, −1…1; 0 if one of them is constant.
func Similarity(a, b *Map) float64 { return Likeness([]*Map{a}, []*Map{b}) }

// Likeness is the mean of [Similarity] over images whose maps were made by two nets, apart from what the images have in
// common: from the ranks of each net's maps their mean over the images is taken off. Any net, learned or not, reacts
// more to the middle of an image than to its edge, which would make any two maps alike. Of no map it is NaN.
func Likeness(before, after []*Map) float64 {
	if len(before) == 0 {
		return math.NaN()
	}
	as, bs := centred(before), centred(after)
	sum := 0.0
	for i := range as {
		ab, aa, bb := 0.0, 0.0, 0.0
		for k := range as[i] {
			ab, aa, bb = ab+as[i][k]*bs[i][k], aa+as[i][k]*as[i][k], bb+bs[i][k]*bs[i][k]
		}
		if aa > 0 && bb > 0 {
			sum += ab / math.Sqrt(aa*bb) / float64(len(as))
		}
	}
	return sum
}

// centred returns the ranks of maps minus their mean over the maps; of a single map, minus the mean rank.
func centred(maps []*Map) [][]float64 {
	all := make([][]float64, len(maps))
	mean := make([]float64, len(Map{}.Values))
	for i, m := range maps {
		all[i] = ranks(m)
		for k, r := range all[i] {
			mean[k] += r / float64(len(maps))
		}
	}
	for i := range all {
		for k := range all[i] {
			if len(maps) == 1 {
				all[i][k] -= float64(len(mean)-1) / 2
			} else {
				all[i][k] -= mean[k]
			}
		}
	}
	return all
}

// ranks returns the rank of every pixel's magnitude, 0 for the smallest; equal magnitudes share their mean rank.
func ranks(m *Map) []float64 {
	order := make([]int, len(m.Values))
	for k := range order {
		order[k] = k
	}
	magnitude := func(k int) float64 { return math.Abs(m.Values[k]) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(magnitude(a), magnitude(b)) })
	result := make([]float64, len(order))
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && magnitude(order[end]) == magnitude(order[start]) {
			end++
		}
		for _, k := range order[start:end] {
			result[k] = float64(start+end-1) / 2
		}
		start = end
	}
	return result
}
