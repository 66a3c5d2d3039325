//go:build !linux || !amd64 || !cgo

package onednn

import "errors"

var errPlatform = errors.New("it is for Linux on x86-64 only")

func open(string) error           { return errPlatform }
func addTo(string, string) error  { return errPlatform }
func version() (major, minor int) { return 0, 0 }
func runs() int                   { return 0 }
func release(int64)               {}
func kept() int                   { return 0 }
func isa() int                    { return 0 }
