package semisup

import (
	"reflect"
	"runtime"
	"slices"
	"testing"

	"ferlab/fer/dataset"
)

func collect(b *batches, from, to int) []batch { return slices.Collect(b.from(from, to)) }

// The batches are the same for any number of workers, and from any step on.
func TestBatchesDontDependOnWorkers(t *testing.T) {
	part, err := Remove(faces(t), Kept{PerClass: 3}, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := func() *batches {
		return &batches{
			part: part, labelled: 5, unlabelled: 11, views: WeakStrong, mix: 0.75, seed: 1,
			augmenter: Augmenter{Augment: dataset.Augment{Shift: 4, Rotate: 10, Flip: true}, Operations: 2,
				Cutout: 0.5},
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := collect(b(), 0, 20)
	for _, workers := range []int{2, 7} {
		runtime.GOMAXPROCS(workers)
		if !reflect.DeepEqual(collect(b(), 0, 20), want) {
			t.Errorf("%d workers make other batches than one", workers)
		}
		if !reflect.DeepEqual(collect(b(), 13, 20), want[13:]) {
			t.Errorf("%d workers make other batches from the middle on", workers)
		}
	}
	if reflect.DeepEqual(want[0].first, want[1].first) || slices.Equal(want[0].first, want[0].second) {
		t.Error("batches or views repeat themselves")
	}
}

// Every pass shows every unlabelled image once; a mixture is at least half the image itself.
func TestPassesAndMixtures(t *testing.T) {
	part, err := Remove(faces(t), Kept{PerClass: 3}, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := batches{part: part, labelled: 7, unlabelled: 7, views: WeakWeak, mix: 0.75, seed: 1}
	seen := map[int]int{}
	for one := range b.from(0, 14) { // Two passes over 49 images.
		for _, i := range one.indices {
			seen[i]++
		}
		partners := slices.Sorted(slices.Values(one.partners))
		for i, p := range partners {
			if int(p) != i {
				t.Fatalf("partners %v are no permutation", one.partners)
			}
		}
		if low, high := slices.Min(one.shares), slices.Max(one.shares); low < 0.5 || high > 1 {
			t.Errorf("shares from %v to %v, want ½ to 1", low, high)
		}
	}
	for i := range part.Unlabelled.Len() {
		if seen[i] != 2 {
			t.Errorf("image %d was shown %d times in two passes", i, seen[i])
		}
	}
}
