package check_test

import (
	"math"
	"strings"
	"testing"

	"ferlab/internal/check"
)

// Every wrong field is named with its part, its value and what is wanted; right ones aren't.
func TestFields(t *testing.T) {
	f := check.New()
	if f.Err() != nil {
		t.Errorf("an empty collection has the error %v", f.Err())
	}
	part := f.Under("augment")
	f.That(false, "epochs", 0, "at least 1")
	f.That(true, "batch_size", 1, "at least 1")
	f.OneOf("keep", "first", "last", "best")
	part.Below1("scale", 1)
	part.Share("erase", 1)
	part.NotNegative("shift", math.NaN())
	part.Sizes("filters", []int{4, 0}, 1, 3, 9)
	part.Sizes("dense", nil, 0, 3, 9)
	text := f.Err().Error()
	for _, want := range []string{"epochs is 0, want at least 1", `keep is "first", want last, best`,
		"augment.scale is 1, want in [0, 1)",
		"augment.shift is NaN", "augment.filters is [4 0], want 1 to 3 sizes from 1 to 9"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	for _, not := range []string{"batch_size", "erase", "dense"} {
		if strings.Contains(text, not) {
			t.Errorf("%q names %s, which is right", text, not)
		}
	}
}
