package main

import (
	"strings"
	"testing"

	"ferlab/fer/semisup"
)

// All trainings are known and checked before the first begins; spaces in lists don't matter.
func TestTrainings(t *testing.T) {
	quick := func(algorithm string, perClass int, seed uint64) (semisup.Config, error) {
		return semisup.Quick(algorithm, perClass, seed), nil
	}
	all, err := trainings("supervised, fixmatch", "10, 25", "1,2 ", quick)
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
		if _, err := trainings(bad.algorithms, bad.labels, bad.seeds, quick); err == nil ||
			!strings.Contains(err.Error(), bad.want) {
			t.Errorf("%+v: error %v", bad, err)
		}
	}
}
