package model_test

import (
	"testing"

	"ferlab/fer/model"
)

// The same net built twice is the same; one with another size, or only another dropout rate, is not.
func TestFingerprint(t *testing.T) {
	print := func(c model.CNNConfig) string {
		p, err := model.Fingerprint(model.CNN(&c))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	small := model.CNNConfig{Filters: []int{4, 4}, Dense: []int{8}}
	wider, drier := small, small
	wider.Dense, drier.Dropout = []int{9}, 0.1
	first := print(small)
	if again := print(small); again != first || len(first) != 12 {
		t.Errorf("fingerprints of the same net are %q and %q", first, again)
	}
	if print(wider) == first || print(drier) == first {
		t.Error("a net with another size or dropout rate has the same fingerprint")
	}
	if _, err := model.Fingerprint(model.CNN(&model.CNNConfig{Filters: []int{4, 4, 4, 4, 4, 4}})); err == nil {
		t.Error("no error for a net that shrinks the image to nothing")
	}
}
