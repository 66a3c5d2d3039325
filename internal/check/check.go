// Package check collects what is wrong with a configuration, so that one error names every field with an impossible
// value.
package check

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Fields collects the fields whose value is impossible. The zero value has none.
type Fields struct {
	prefix string
	errs   *[]error
}

// New returns an empty collection.
func New() Fields { return Fields{errs: new([]error)} }

// Under returns the same collection for the fields of a part, whose names begin with prefix and a point:
// "augment.shift".
func (f Fields) Under(prefix string) Fields { return Fields{f.prefix + prefix + ".", f.errs} }

// That adds the field with its value and what is wanted, unless ok.
func (f Fields) That(ok bool, field string, value any, want string) {
	if ok {
		return
	}
	if text, isText := value.(string); isText {
		value = strconv.Quote(text)
	}
	*f.errs = append(*f.errs, fmt.Errorf("%s%s is %v, want %s", f.prefix, field, value, want))
}

// OneOf adds the field unless its value is one of those allowed.
func (f Fields) OneOf(field, value string, allowed ...string) {
	f.That(slices.Contains(allowed, value), field, value, strings.Join(allowed, ", "))
}

// Within adds the field unless low ≤ value ≤ high; want says so in words.
func (f Fields) Within(field string, value, low, high float64, want string) {
	f.That(value >= low && value <= high, field, value, want) // NaN is not.
}

// Share adds the field unless 0 ≤ value ≤ 1.
func (f Fields) Share(field string, value float64) { f.Within(field, value, 0, 1, "in [0, 1]") }

// Below1 adds the field unless 0 ≤ value < 1.
func (f Fields) Below1(field string, value float64) {
	f.That(value >= 0 && value < 1, field, value, "in [0, 1)")
}

// NotNegative adds the field unless its value is finite and 0 or more.
func (f Fields) NotNegative(field string, value float64) {
	f.Within(field, value, 0, math.MaxFloat64, "0 or more")
}

// Sizes adds the field unless it holds least or more sizes, and at most most, each from 1 to largest.
func (f Fields) Sizes(field string, sizes []int, least, most, largest int) {
	ok := len(sizes) >= least && len(sizes) <= most
	for _, n := range sizes {
		ok = ok && n >= 1 && n <= largest
	}
	f.That(ok, field, sizes, fmt.Sprintf("%d to %d sizes from 1 to %d", least, most, largest))
}

// Add adds an error as it is, nil for none.
func (f Fields) Add(err error) {
	if err != nil {
		*f.errs = append(*f.errs, err)
	}
}

// Err returns one error with all that was added, after "configuration: "; nil if nothing was.
func (f Fields) Err() error {
	if len(*f.errs) == 0 {
		return nil
	}
	return fmt.Errorf("configuration: %w", errors.Join(*f.errs...))
}
