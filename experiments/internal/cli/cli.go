// Package cli holds what the programs in experiments share: how they start, stop and fail, and the flag that changes a
// configuration.
package cli

import (
	"context"
	"flag"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"ferlab/fer/backend"
)

// Main runs a program's body; an error, be it one of writing standard output, ends the program with status 1 after a
// line "name: error" on standard error. Control characters in it, as a file's name may hold, are escaped.
func Main(name string, body func() error) {
	log.SetFlags(0)
	log.SetOutput(printable{os.Stderr})
	log.SetPrefix(name + ": ")
	backend.Tune()
	finish, err := watchOutput()
	if err == nil {
		err = body()
		if unwritten := finish(); err == nil {
			err = unwritten
		}
	}
	if err != nil {
		log.Fatal(err)
	}
}

// printable writes text with its control characters, but for line breaks, as Go's escapes.
type printable struct{ io.Writer }

func (p printable) Write(text []byte) (int, error) {
	var out strings.Builder
	for _, r := range string(text) {
		if r == '\n' || unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	_, err := io.WriteString(p.Writer, out.String())
	return len(text), err
}

// Interruptible returns a context that Ctrl-C and SIGTERM cancel, so that a training saves and ends; stop restores
// their effect.
func Interruptible() (ctx context.Context, stop context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// Sets are the values of a flag -set, each key=value of a configuration.
type Sets []string

// SetFlag defines the flag -set, which may be given several times; its description names the examples, such as
// "epochs=8".
func SetFlag(examples string) *Sets {
	s := new(Sets)
	flag.Func("set", "`key=value` of the configuration, such as "+examples+"; may be given several times",
		func(v string) error {
			*s = append(*s, v)
			return nil
		})
	return s
}

// Apply changes a configuration, such as a run's, by every value in turn, and stops at the first that is wrong.
func (s Sets) Apply(c interface{ Set(assignment string) error }) error {
	for _, v := range s {
		if err := c.Set(v); err != nil {
			return err
		}
	}
	return nil
}
