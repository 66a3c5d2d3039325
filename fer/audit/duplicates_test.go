package audit_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ferlab/fer"
	"ferlab/fer/audit"
)

// All planted copies are found, nothing else, and each is told what it is.
func TestExactFindsWhatWasPlanted(t *testing.T) {
	d := faces(t, 210, 70)
	e := d.Examples
	other := func(label fer.Class) fer.Class { return (label + 1) % fer.NumEmotions }
	again := plant(d, "again", e[3].Image, e[3].Label, fer.Train)
	leak := plant(d, "leak", e[5].Image, e[5].Label, fer.Test)
	contradiction := plant(d, "contradiction", e[7].Image, other(e[7].Label), fer.Train)
	third := plant(d, "third", e[7].Image, e[7].Label, fer.Train)

	groups := audit.Exact(d)
	want := [][]string{{e[3].ID, again}, {e[5].ID, leak}, {e[7].ID, contradiction, third}}
	if len(groups) != len(want) {
		t.Fatalf("%d groups, want %d", len(groups), len(want))
	}
	for i, g := range groups {
		if !slices.Equal(ids(g), want[i]) || g.Similarity != 1 || g.Leaks() != (i == 1) || g.Contradicts() != (i == 2) {
			t.Errorf("group %d: %v leaks=%v contradicts=%v, want %v", i, ids(g), g.Leaks(), g.Contradicts(), want[i])
		}
	}
	if got := groups.LeakedIDs(); !slices.Equal(got, []string{leak}) {
		t.Errorf("leaked IDs %v, want %v", got, leak)
	}
	name := d.Classes.Name
	l, l2 := name(e[7].Label), name(other(e[7].Label))
	table := audit.Findings{
		{e[7].ID, l, l, audit.Contradiction, contradiction, 1},
		{contradiction, l2, l, audit.Contradiction, e[7].ID, 1},
		{third, l, l, audit.Contradiction, contradiction, 1},
		{e[5].ID, name(e[5].Label), "", audit.Leak, leak, 1},
		{again, name(e[3].Label), "", audit.Duplicate, e[3].ID, 1},
		{contradiction, l2, "", audit.Duplicate, e[7].ID, 1},
		{third, l, "", audit.Duplicate, e[7].ID, 1},
	}
	if got := groups.Findings(); !slices.Equal(got, table) {
		t.Errorf("findings\n%v\nwant\n%v", got, table)
	}
	if got := groups.Findings().In(d.Split(fer.Train)); len(got) != len(table) {
		t.Errorf("%d findings in the training split, want all %d", len(got), len(table))
	}
}

// At least nine in ten planted near copies are found, of each kind, and no pair of different faces; the search takes
// well under a second for 10,000 images on a free machine.
func TestNearFindsWhatWasPlanted(t *testing.T) {
	const n, copies = 3000, 60
	d := faces(t, n, 0)
	rng := rand.New(rand.NewPCG(7, 0))
	original := map[string]string{}
	for kind, change := range changes {
		for range copies {
			e := d.Examples[rng.IntN(n)]
			original[plant(d, kind, change(e.Image, rng), e.Label, fer.Train)] = e.ID
		}
	}
	begun := time.Now()
	groups, err := audit.Near(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d images in %v", d.Len(), time.Since(begun))
	found := map[string]int{}
	for _, g := range groups {
		sources := map[string]bool{}
		for _, e := range g.Examples {
			source, planted := original[e.ID]
			if !planted {
				source = e.ID
			}
			sources[source] = true
		}
		if len(sources) != 1 {
			t.Errorf("group %v joins different faces (similarity %.3f)", ids(g), g.Similarity)
			continue
		}
		if g.Similarity >= 1 || g.Similarity < 0.96 {
			t.Errorf("group %v has similarity %v, want it in [0.96, 1)", ids(g), g.Similarity)
		}
		for _, e := range g.Examples {
			if _, planted := original[e.ID]; planted {
				found[e.ID[:4]]++
			}
		}
	}
	for kind := range changes {
		if got := found[kind[:4]]; got < copies*9/10 {
			t.Errorf("%s: found %d of %d planted copies, want nine in ten", kind, got, copies)
		}
	}
}

// A copy of a face that also has a near copy is listed once, as what it is.
func TestImagesListsEachOnce(t *testing.T) {
	d := faces(t, 300, 0)
	e := d.Examples[8]
	again := plant(d, "again", e.Image, e.Label, fer.Train)
	darker := plant(d, "darker", changes["brightness"](e.Image, rand.New(rand.NewPCG(1, 1))), e.Label, fer.Train)
	black := plant(d, "black", new(fer.Image), e.Label, fer.Train)
	found, err := audit.Images(d)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found.Of(audit.Duplicate, audit.NearDuplicate, audit.BlankImage) {
		got = append(got, f.ID+" "+string(f.Reason))
	}
	if want := []string{again + " duplicate", darker + " near duplicate", black + " blank"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if text := found.String(); found.Count(audit.Leak) != 0 || !strings.Contains(text, "1  near duplicate\n") ||
		strings.Contains(text, "leak") {
		t.Errorf("%d leaks, summary\n%s", found.Count(audit.Leak), text)
	}
}

// The index finds exactly the pairs that a comparison of all with all finds.
func TestNearMissesNothingWithinItsDistance(t *testing.T) {
	d := faces(t, 400, 0)
	hashes := make([]uint64, d.Len())
	for i, e := range d.Examples {
		hashes[i] = audit.Hash(e.Image)
	}
	for _, distance := range []int{3, 8, 11} {
		groups, err := audit.Near(d, &audit.NearOptions{Distance: distance, Correlation: 1e-9, Shift: -1})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for i, g := range groups {
			for _, e := range g.Examples {
				got[e.ID] = i + 1
			}
		}
		for i, a := range d.Examples {
			for j, b := range d.Examples[:i] {
				near := onesCount(hashes[i]^hashes[j]) <= distance
				if near && (got[a.ID] == 0 || got[a.ID] != got[b.ID]) {
					t.Fatalf("distance %d: %s and %s are not in one group", distance, a.ID, b.ID)
				}
			}
		}
	}
	if _, err := audit.Near(d, &audit.NearOptions{Distance: 40}); err == nil {
		t.Error("a distance of 40 bits is accepted")
	}
}

func onesCount(v uint64) (n int) {
	for ; v != 0; v &= v - 1 {
		n++
	}
	return n
}

// Brightness and contrast leave the hash as it is.
func TestHashIgnoresBrightnessAndContrast(t *testing.T) {
	for _, e := range faces(t, 20, 0).Examples {
		darker := pixels(func(x, y int) float64 { return 20 + 2*float64(int(e.Image[y*fer.Size+x])/4) })
		same := pixels(func(x, y int) float64 { return 4 * float64(int(e.Image[y*fer.Size+x])/4) })
		if d := onesCount(audit.Hash(darker) ^ audit.Hash(same)); d > 1 {
			t.Errorf("%s: half the contrast flips %d bits", e.ID, d)
		}
	}
}
