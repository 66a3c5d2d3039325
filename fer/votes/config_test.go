package votes

import (
	"fmt"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/internal/check"
)

// some are four examples and what ten people say of each.
func some(t *testing.T) (d *dataset.Dataset, file string) {
	t.Helper()
	d = &dataset.Dataset{Name: "made up", Examples: []fer.Example{
		{ID: "a", Label: fer.Sad, Split: fer.Train}, {ID: "b", Label: fer.Fear, Split: fer.Train},
		{ID: "c", Label: fer.Angry, Split: fer.Public}, {ID: "d", Label: fer.Happy, Split: fer.Public},
	}}
	return d, save(t, "votes.csv", byID+"a,0,6,0,4,0,0,0,0,0,0\nb,5,0,0,5,0,0,0,0,0,0\nc,0,0,0,0,2,0,0,8,0,0\n"+
		"d,0,0,0,0,0,0,0,0,2,8\n")
}

// FER+'s eight classes hold contempt, unless it is ignored; the shares are targets unless the rule is majority.
func TestLabel(t *testing.T) {
	d, file := some(t)
	for _, test := range []struct {
		config  Config
		exclude string
		want    string
	}{
		{Config{Rule: "majority"}, "", "a happy [], c contempt []"},
		{Config{Rule: "probabilities"}, "", "a happy [0 0 0 0.6 0.4 0 0 0], b sad [0 0 0 0 0.5 0 0.5 0], " +
			"c contempt [0.2 0 0 0 0 0 0 0.8]"},
		{Config{Rule: "majority", Ignore: []string{"contempt"}}, "", "a happy [], c angry []"},
		{Config{Rule: "majority"}, "id\nc\n", "a happy []"},
	} {
		c, exclude := test.config, ""
		if c.File = file; test.exclude != "" {
			exclude = save(t, "left.csv", test.exclude)
		}
		labelled, l, err := c.Label(d, exclude)
		if err != nil {
			t.Fatal(err)
		}
		if classes := labelled.Classes; !classes.Equal(c.Classes()) || !classes.Equal(l.Count.Rule.Classes) ||
			classes.Equal(fer.FERPlus) != (len(c.Ignore) == 0) {
			t.Errorf("%+v: classes %s", c, classes)
		}
		var got []string
		for _, e := range labelled.Examples {
			got = append(got, fmt.Sprintf("%s %s %v", e.ID, labelled.Classes.Name(e.Label), e.Target))
		}
		if s := strings.Join(got, ", "); s != test.want {
			t.Errorf("%+v: %s, want %s", test.config, s, test.want)
		}
	}
	if d.Examples[0].Label != fer.Sad || d.Len() != 4 {
		t.Error("the data set itself has changed")
	}
}

func TestWrongConfig(t *testing.T) {
	for want, c := range map[string]Config{
		"rule is \"\", want majority":    {File: "votes.csv"},
		"none without a file":            {Rule: "majority"},
		"singles is true":                {Singles: true},
		"ignore is [boredom], want some": {File: "votes.csv", Rule: "majority", Ignore: []string{"boredom"}},
	} {
		f := check.New()
		c.Validate(f)
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", c, err, want)
		}
	}
	f := check.New()
	Config{}.Validate(f)
	Config{File: "votes.csv", Rule: "ferplus", Ignore: []string{"NF"}, Singles: true}.Validate(f)
	if err := f.Err(); err != nil {
		t.Error(err)
	}
}
