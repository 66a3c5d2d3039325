package cli

import (
	"flag"
	"io"
	"strings"
	"testing"
)

// Flags count wherever they stand, up to "--".
func TestInterspersed(t *testing.T) {
	for _, test := range []struct{ args, out, others string }{
		{"", "", ""},
		{"a b", "", "a b"},
		{"-out x a", "x", "a"},
		{"a -out x b", "x", "a b"},
		{"a b -out=x", "x", "a b"},
		{"- -out x", "x", "-"},
		{"a -- -out x", "", "a -out x"},
		{"-out x -- -b", "x", "-b"},
	} {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		out := flags.String("out", "", "")
		others, err := interspersed(flags, strings.Fields(test.args))
		if got := strings.Join(others, " "); err != nil || *out != test.out || got != test.others {
			t.Errorf("%q: %v, out %q, others %q", test.args, err, *out, got)
		}
	}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if _, err := interspersed(flags, []string{"a", "-b"}); err == nil {
		t.Error("an unknown flag behind an argument: no error")
	}
}
