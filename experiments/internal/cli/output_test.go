package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// swapped makes f standard output until the test ends.
func swapped(t *testing.T, f *os.File) {
	old := os.Stdout
	os.Stdout = f
	t.Cleanup(func() { os.Stdout = old })
}

// All that is printed arrives, in order; text that could not be written is an error.
func TestWatchOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	swapped(t, f)
	finish, err := watchOutput()
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i := range 20_000 { // More than a pipe holds.
		fmt.Println("line", i)
		fmt.Fprintln(&want, "line", i)
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	if os.Stdout != f {
		t.Error("standard output isn't put back")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want.String() {
		t.Errorf("%v, %d bytes of %d", err, len(got), want.Len())
	}
}

func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	swapped(t, full)
	finish, err := watchOutput()
	if err != nil {
		t.Fatal(err)
	}
	for range 20_000 { // Doesn't stop, though nobody takes it.
		io.WriteString(os.Stdout, "a line\n")
	}
	if err := finish(); err == nil || !strings.Contains(err.Error(), "output is not complete: write /dev/full") {
		t.Errorf("a full disk: %v", err)
	}
}
