package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestLists(t *testing.T) {
	if got, err := List("-x", " a, b ,c"); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := Numbers("-x", "10, 25"); err != nil || !slices.Equal(got, []int{10, 25}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "10,,25", "10,", "ten", "1.5", "-1", "99999999999999999999"} {
		if got, err := Numbers("-labels", bad); err == nil || !strings.HasPrefix(err.Error(), "-labels ") {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
}
