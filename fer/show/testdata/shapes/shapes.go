// Package shapes holds declarations of every kind for the tests of show.Source.
package shapes

import "cmp"

// Shape is an interface.
type Shape interface{ Grow(by float64) Square }

// Square is a struct.
type Square struct {
	Side float64 // In metres.
}

// Grow is a method of a value.
func (s Square) Grow(by float64) Square { // With a {brace} in a comment.
	s.Side *= by
	return s
}

// Reset is a method of a pointer.
func (s *Square) Reset() {
	s.Side = 0
}

type (
	// Circle is in a group.
	Circle struct{ Radius float64 }

	// Triangle is in the same group.
	Triangle struct{ A, B, C float64 }
)

// Measure is a named function type.
type Measure func(Square) float64

// Pair is a generic type.
type Pair[T any] struct{ A, B T }

// Area is a function,
// with a comment of two lines.
func Area(s Square) float64 {
	return s.Side * s.Side
}

// Scale makes a closure.
func Scale(by float64) func(Square) Square {
	return func(s Square) Square {
		return s.Grow(by)
	}
}

// Largest is generic.
func Largest[T cmp.Ordered](a, b T) T {
	return max(a, b)
}

// Double is a function in a variable.
var Double = func(s Square) Square {
	return s.Grow(2)
}

// Fenced is a function with a fence in it: ```
func Fenced() string {
	return "```"
}
