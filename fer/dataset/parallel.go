package dataset

import (
	"runtime"
	"sync"
)

// parallel calls work for 0 … n−1 on all processors and returns their errors. If stop is set, the first failure ends
// it; as the indices are handed out in order, all below the lowest that failed have then been worked on. It reports its
// progress about a hundred times.
func parallel(n int, stop bool, progress func(done, total int), work func(i int) error) []error {
	errs := make([]error, n)
	var mu sync.Mutex
	next, done, failed := 0, 0, false
	take := func() (i int, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == n || failed && stop {
			return 0, false
		}
		next++
		return next - 1, true
	}
	finish := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = failed || err != nil
		if done++; done == n || done%(n/100+1) == 0 {
			progress(done, n)
		}
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				errs[i] = work(i)
				finish(errs[i])
			}
		})
	}
	workers.Wait()
	return errs
}
