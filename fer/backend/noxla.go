//go:build !cgo || noxla || !((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import "github.com/gomlx/compute"

// plugin returns "": this program holds no XLA.
func plugin(compute.Backend) string { return "" }

// accelerated returns the configuration as it is.
func accelerated(config string) string { return config }
