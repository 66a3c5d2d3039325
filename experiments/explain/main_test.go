package main

import (
	"strings"
	"testing"

	"ferlab/fer"
)

// A folder's images, a class after the other, come in turn; those without a label are a class, too.
func TestInTurn(t *testing.T) {
	examples := []fer.Example{{ID: "a1"}, {ID: "a2"}, {ID: "a3"}, {ID: "b1", Label: 1}, {ID: "c1", Label: 2},
		{ID: "c2", Label: 2}, {ID: "u1", Label: fer.Unlabelled}}
	for n, want := range map[int]string{1: "a1", 3: "a1 b1 c1", 6: "a1 b1 c1 u1 a2 c2",
		99: "a1 b1 c1 u1 a2 c2 a3"} {
		var ids []string
		for _, e := range inTurn(examples, n) {
			ids = append(ids, e.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%d of them are %s, want %s", n, got, want)
		}
	}
}
