// Package ahead makes the elements of a sequence before they are asked for, on all processors.
package ahead

import (
	"iter"
	"runtime"
	"sync"
)

// Seq returns element(from) … element(to−1) in order. As many goroutines as there are processors, and two, call element
// for the next few at once; they have ended when the loop has. What element returns must follow from its argument
// alone: then the number of processors changes nothing.
func Seq[T any](from, to int, element func(i int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		made := make(chan chan T, runtime.GOMAXPROCS(0)+2)
		stop := make(chan struct{})
		var running sync.WaitGroup
		defer running.Wait()
		defer close(stop)
		running.Go(func() {
			defer close(made)
			for i := from; i < to; i++ {
				one := make(chan T, 1)
				select {
				case made <- one: // Blocks while the goroutines are far enough ahead.
					running.Go(func() { one <- element(i) })
				case <-stop:
					return
				}
			}
		})
		for one := range made {
			if !yield(<-one) {
				return
			}
		}
	}
}
