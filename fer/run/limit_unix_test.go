//go:build unix

package run_test

import (
	"os/signal"
	"strconv"
	"syscall"
)

// limitFiles lets this process write no file beyond a size in bytes: writing fails as on a full disk.
func limitFiles(size string) {
	n, err := strconv.ParseUint(size, 10, 64)
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
		panic(err)
	}
}
