package backend

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Programs that can't start themselves again, such as a notebook's cells, tests and the bundle's Python, have [Tune]'s
// settings from whoever starts them.
func TestSettingsAreTheSameEverywhere(t *testing.T) {
	lines := regexp.MustCompile(`"\s*"`) // A text in Python on two lines.
	for _, file := range []string{"Makefile", "tools/kernel.py", "tools/bundle/ferlab.py"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(lines.ReplaceAllString(string(text), ""), tunable) {
			t.Errorf("%s doesn't set GLIBC_TUNABLES to %s", file, tunable)
		}
	}
}
