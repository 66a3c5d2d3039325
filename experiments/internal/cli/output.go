package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// watchOutput puts a pipe in the place of standard output and passes on what comes through it, so that no error of
// writing is lost: whoever prints with package fmt doesn't look at them. What is printed after an error is dropped.
// finish puts standard output back, once all is written, and returns the first error. A terminal is left alone.
func watchOutput() (finish func() error, err error) {
	stdout := os.Stdout
	if term.IsTerminal(int(stdout.Fd())) {
		return func() error { return nil }, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	os.Stdout = w
	failed := make(chan error)
	go func() {
		// Plain reads and writes: the writes end the program by SIGPIPE, as usual, if whoever reads its output has
		// gone.
		_, err := io.Copy(struct{ io.Writer }{stdout}, struct{ io.Reader }{r})
		io.Copy(io.Discard, r) // Else a full pipe would stop the program.
		failed <- err
	}()
	return func() error {
		os.Stdout = stdout
		w.Close()
		err := errors.Join(<-failed, r.Close())
		if err == nil {
			err = stdout.Close() // Some file systems say only then that they are full.
		}
		if err != nil {
			return fmt.Errorf("the output is not complete: %w", err)
		}
		return nil
	}, nil
}
