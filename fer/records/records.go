// Package records holds what was measured where FER2013 was at hand, so that the report shows it where it is not: the
// data set's balance, faults, votes and mean faces ([Data]), where the shipped net looks ([Where]), and which of its
// filters serve which emotion ([Filters]). The records hold numbers and means over hundreds of faces, and no
// image. experiments/records writes them.
package records

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/run"
)

//go:embed *.json
var files embed.FS

// The names of the records' files.
const (
	DataFile    = "data.json"
	FiltersFile = "filters.json"
	WhereFile   = "where.json"
)

// weightsOf returns the checksum of a run's weights, by which a record knows the net that it was measured on.
func weightsOf(r *run.Run) string { return r.Record.Checksums["weights.safetensors"] }

// read reads a record.
func read[T any](name string) (*T, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	record := new(T)
	if err := json.Unmarshal(text, record); err != nil {
		return nil, fmt.Errorf("records: %s: %w", name, err)
	}
	return record, nil
}

// mean returns the mean of values with its 95 % interval, by the normal approximation.
func mean(values []float64) evaluate.Interval {
	n, sum, squares := float64(len(values)), 0.0, 0.0
	for _, v := range values {
		sum += v
	}
	m := sum / n
	for _, v := range values {
		squares += (v - m) * (v - m)
	}
	half := 1.96 * math.Sqrt(squares/max(n-1, 1)/n)
	return evaluate.Interval{Value: m, Low: m - half, High: m + half}
}

// meanImage returns the pixel mean of images. Of one image it would be that image, so it wants at least 20.
func meanImage(images []*fer.Image) (*fer.Image, error) {
	if len(images) < 20 {
		return nil, fmt.Errorf("records: a mean of %d faces shows single ones, want at least 20", len(images))
	}
	var sums [fer.Pixels]float64
	for _, m := range images {
		for i, p := range m {
			sums[i] += float64(p)
		}
	}
	m := new(fer.Image)
	for i, s := range sums {
		m[i] = uint8(s/float64(len(images)) + 0.5)
	}
	return m, nil
}
