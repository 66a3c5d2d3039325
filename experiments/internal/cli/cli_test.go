package cli

import (
	"log"
	"strings"
	"testing"
)

// A file's name can't write to the terminal.
func TestPrintable(t *testing.T) {
	var out strings.Builder
	log.New(printable{&out}, "predict: ", 0).Print("open \x1b[2J\x07ä\u202e×.png: no such file")
	if want := `predict: open \x1b[2J\aä\u202e×.png: no such file` + "\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
