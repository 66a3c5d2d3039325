package onednn

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

// Random users each have an executable of their key as long as they use it, nothing is destroyed while it is used or
// twice, and at the end as much is left as may be kept.
func TestCache(t *testing.T) {
	var c cache
	r := rand.New(rand.NewPCG(1, 2))
	type use struct {
		key     key
		address uintptr
	}
	var uses []use
	alive, users, next := map[uintptr]key{}, map[uintptr]int{}, uintptr(1)
	found := 0
	for range 20_000 {
		if len(uses) < 30 && r.IntN(2) == 0 {
			k := keyOf(1, nil, []byte{byte(r.IntN(3 * maxUnused))})
			address := c.find(k)
			if address == 0 {
				address, next = next, next+1
				alive[address] = k
				c.add(k, address, 1)
			} else if found++; alive[address] != k {
				t.Fatal("found what was destroyed, or another key's")
			}
			users[address]++
			uses = append(uses, use{k, address})
		} else if len(uses) > 0 {
			i := r.IntN(len(uses))
			users[uses[i].address]--
			if gone := c.release(uses[i].address); gone != 0 {
				if _, ok := alive[gone]; !ok || users[gone] > 0 {
					t.Fatal("destroyed twice, or while it was used")
				}
				delete(alive, gone)
			}
			uses = slices.Delete(uses, i, i+1)
		}
	}
	if found < 1000 {
		t.Errorf("found %d times only", found)
	}
	for _, u := range uses {
		if gone := c.release(u.address); gone != 0 {
			delete(alive, gone)
		}
	}
	if len(alive) != maxUnused || len(c.known) != maxUnused || len(c.byKey) != maxUnused {
		t.Errorf("%d are left, %d and %d known, want %d", len(alive), len(c.known), len(c.byKey), maxUnused)
	}
}

// Two that compile the same at once have one each. A client's executables are destroyed before it, or by their last
// users.
func TestCacheOfClients(t *testing.T) {
	var c cache
	one, other := keyOf(1, []byte("a"), []byte("bc")), keyOf(2, []byte("a"), []byte("bc"))
	if one == other || one == keyOf(1, []byte("ab"), []byte("c")) {
		t.Fatal("a key of other things is the same")
	}
	c.add(one, 10, 1)
	c.add(one, 11, 1)
	c.add(other, 20, 2)
	if got := c.release(11); got != 11 {
		t.Errorf("the second of two is left as %d", got)
	}
	c.find(one)
	if c.release(10) != 0 || c.leave(1) != 0 || c.find(one) != 0 {
		t.Error("what a user has is found after its client has ended, or destroyed")
	}
	if got := c.release(10); got != 10 {
		t.Errorf("the last user destroys %d, want 10", got)
	}
	if c.release(20) != 0 || c.leave(2) != 20 || c.leave(2) != 0 || len(c.known)+len(c.byKey)+len(c.unused) > 0 {
		t.Error("an unused one isn't destroyed once with its client")
	}
}

// A folder with too many files, or too large ones, keeps those used last; a read is a use.
func TestTrim(t *testing.T) {
	d := &disk{dir: t.TempDir()}
	old := time.Now().Add(-time.Hour)
	for i := range byte(10) {
		k := key{i}
		d.write(k, bytes.Repeat([]byte{i}, 100))
		if err := os.Chtimes(d.path(k), old, old.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if p := d.read(key{2}); len(p) != 100 || p[0] != 2 {
		t.Fatalf("read %v", p)
	}
	left := func() (left []byte) {
		for i := range byte(10) {
			if d.read(key{i}) != nil {
				left = append(left, i)
			}
		}
		return left
	}
	d.trim(4, 1e6)
	if got := left(); !slices.Equal(got, []byte{2, 7, 8, 9}) {
		t.Errorf("files %v are left", got)
	}
	d.trim(4, 300)
	if got := left(); !slices.Equal(got, []byte{8, 9}) {
		t.Errorf("of 300 bytes, files %v are left", got)
	}
}
