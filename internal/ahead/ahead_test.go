package ahead

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// The elements come in order, each made once, however long each takes; a loop that ends early leaves no one at work.
func TestSeq(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, processors := range []int{1, 2, 9} {
		runtime.GOMAXPROCS(processors)
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			var made, atWork atomic.Int64
			element := func(i int) int {
				atWork.Add(1)
				defer atWork.Add(-1)
				time.Sleep(time.Duration(i*7%5) * 100 * time.Microsecond)
				made.Add(1)
				return i * i
			}
			var got, want []int
			for i := 3; i < 40; i++ {
				want = append(want, i*i)
			}
			for v := range Seq(3, 40, element) {
				got = append(got, v)
			}
			if !slices.Equal(got, want) || made.Load() != 37 {
				t.Errorf("made %d times: %v, want %v", made.Load(), got, want)
			}
			made.Store(0)
			for range Seq(0, 1000, element) {
				break
			}
			if n := made.Load(); n > int64(processors)+5 || atWork.Load() != 0 {
				t.Errorf("after one element %d are made, %d in work", n, atWork.Load())
			}
			for range Seq(4, 4, element) {
				t.Error("an element of an empty sequence")
			}
		})
	}
}
