package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Parse parses the flags of a program that takes no other arguments.
func Parse() error {
	if others := Arguments(""); len(others) > 0 {
		return fmt.Errorf("unexpected argument %q", others[0])
	}
	return nil
}

// Arguments parses the flags of a program and returns its other arguments, which -help calls as usage does, such as
// "RUN …". Flags may stand before, among and behind them; behind "--" nothing is a flag. A wrong flag ends the program.
func Arguments(usage string) []string {
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(),
			strings.TrimSpace(fmt.Sprintf("usage: %s [flags] %s", filepath.Base(os.Args[0]), usage)))
		flag.PrintDefaults()
	}
	others, _ := interspersed(flag.CommandLine, os.Args[1:]) // It ends the program instead of returning an error.
	return others
}

// interspersed parses flags wherever they stand among other arguments, and returns these.
func interspersed(flags *flag.FlagSet, args []string) (others []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if len(rest) == 0 {
			return others, nil
		}
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" {
			return append(others, rest...), nil
		}
		others, args = append(others, rest[0]), rest[1:]
	}
}
