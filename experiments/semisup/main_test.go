package main

import (
	"strings"
	"testing"

	"ferlab/fer/semisup"
)

// All trainings are known and checked before the first begins; spaces in lists don't matter.
func TestTrainings(t *testing.T) {
	same := func(*semisup.Config) error { return nil }
	all, err := trainings("quick", "supervised, fixmatch", "10, 25", "1,2 ", same)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name())
	}
	want := "supervised-10-1 fixmatch-10-1 supervised-25-1 fixmatch-25-1 " +
		"supervised-10-2 fixmatch-10-2 supervised-25-2 fixmatch-25-2"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("trainings %s, want %s", got, want)
	}
	for _, bad := range []struct{ algorithms, labels, seeds, want string }{
		{"supervised", "10,25,many", "1", `"many" is no whole number`},
		{"supervised,fixmath", "10", "1", `algorithm is "fixmath"`},
		{"supervised", "10", "1,-2", `-seeds "1,-2"`},
		{"supervised", "10,0", "1", "label_fraction"},
	} {
		if _, err := trainings("quick", bad.algorithms, bad.labels, bad.seeds, same); err == nil ||
			!strings.Contains(err.Error(), bad.want) {
			t.Errorf("%+v: error %v", bad, err)
		}
	}
}
