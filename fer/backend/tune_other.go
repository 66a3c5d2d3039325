//go:build !linux

package backend

// Tune does nothing here; see its Linux version.
func Tune() {}
