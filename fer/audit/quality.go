package audit

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

// BlankDeviation is the standard deviation, in grey levels, below which an image counts as blank by default.
const BlankDeviation = 2

// Blank returns the images whose pixels deviate less than limit grey levels (standard deviation; 0 means
// [BlankDeviation]) from their mean: they show nothing. The score is the deviation.
func Blank(d *dataset.Dataset, limit float64) Findings {
	limit = cmp.Or(limit, BlankDeviation)
	var f Findings
	for _, e := range d.Examples {
		if s := deviation(e.Image); s < limit {
			f = append(f, Finding{e.ID, nameOf(d.Classes, e.Label), "", BlankImage, "", s})
		}
	}
	return f
}

// deviation returns the standard deviation of an image's pixels in grey levels.
func deviation(m *fer.Image) float64 {
	sum, squares := 0, 0
	for _, v := range m {
		sum, squares = sum+int(v), squares+int(v)*int(v)
	}
	return math.Sqrt(float64(fer.Pixels*squares-sum*sum)) / fer.Pixels
}

const (
	// coarse is the side of the images that [Unusual] compares, each the mean of 4×4 pixels.
	coarse = fer.Size / 4
	// components is the dimension of the space that it compares them with.
	components = 20
	// DefaultUnusual is the default limit of [Unusual].
	DefaultUnusual = 3.5
)

// Unusual returns images that are far from all others, the farthest first: drawings, text, crops beside the face,
// occlusions, but also rare poses and light. It is no face detector: it says only that an image isn't made of what most
// images of this data set are made of. Blank images are left out.
//
// Each image is reduced to 12×12 pixels and brought to mean 0 and deviation 1; what the 20 first principal components
// of the data set leave unexplained is its distance from the face space (Turk & Pentland 1991). The score is how far
// that is above the median, in robust standard deviations (1.4826 times the median absolute deviation); above limit (0
// means [DefaultUnusual]) it is a finding. On FER2013 about one image in a thousand is: pages of text and cartoons
// first, then faces between them.
func Unusual(d *dataset.Dataset, limit float64) (Findings, error) {
	limit = cmp.Or(limit, DefaultUnusual)
	var rows []int
	var data []float64
	for i, e := range d.Examples {
		if deviation(e.Image) >= BlankDeviation {
			if v, ok := standardised(e.Image); ok {
				rows, data = append(rows, i), append(data, v...)
			}
		}
	}
	if len(rows) <= 2*components {
		return nil, nil // Too few to say what is usual.
	}
	residuals, err := unexplained(mat.NewDense(len(rows), coarse*coarse, data))
	if err != nil {
		return nil, err
	}
	middle := median(residuals)
	away := make([]float64, len(residuals))
	for i, r := range residuals {
		away[i] = math.Abs(r - middle)
	}
	spread := 1.4826 * median(away)
	var f Findings
	for i, r := range residuals {
		if score := (r - middle) / spread; score > limit {
			e := d.Examples[rows[i]]
			f = append(f, Finding{e.ID, nameOf(d.Classes, e.Label), "", UnusualImage, "", score})
		}
	}
	slices.SortStableFunc(f, func(a, b Finding) int { return cmp.Compare(b.Score, a.Score) })
	return f, nil
}

// standardised returns the image reduced to coarse×coarse pixels of mean 0 and deviation 1; ok is false if these are
// flat.
func standardised(m *fer.Image) (v []float64, ok bool) {
	v = make([]float64, coarse*coarse)
	sum := 0.0
	for i, p := range m {
		v[i/fer.Size*coarse/fer.Size*coarse+i%fer.Size*coarse/fer.Size] += float64(p)
		sum += float64(p)
	}
	mean, squares := sum/float64(len(v)), 0.0
	for i := range v {
		v[i] -= mean
		squares += v[i] * v[i]
	}
	if squares == 0 {
		return v, false
	}
	scale := math.Sqrt(float64(len(v)) / squares)
	for i := range v {
		v[i] *= scale
	}
	return v, true
}

// unexplained returns for each row its root mean square deviation from the space of the first principal components of
// all.
func unexplained(x *mat.Dense) ([]float64, error) {
	n, p := x.Dims()
	mean := make([]float64, p)
	for i := range n {
		for j, v := range x.RawRowView(i) {
			mean[j] += v / float64(n)
		}
	}
	for i := range n {
		for j := range mean {
			x.RawRowView(i)[j] -= mean[j]
		}
	}
	var covariance mat.SymDense
	covariance.SymOuterK(1/float64(n), x.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&covariance, true) {
		return nil, errors.New("audit: the principal components of the images don't converge")
	}
	var vectors, inside mat.Dense
	eigen.VectorsTo(&vectors) // By rising eigenvalue.
	inside.Mul(x, vectors.Slice(0, p, p-components, p))
	residuals := make([]float64, n)
	for i := range n {
		rest := mat.Dot(x.RowView(i), x.RowView(i)) - mat.Dot(inside.RowView(i), inside.RowView(i))
		residuals[i] = math.Sqrt(max(rest, 0) / float64(p))
	}
	return residuals, nil
}

// median returns the middle of the values, or the mean of the two in the middle.
func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
