//go:build !cgo || noxla || !((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import "github.com/gomlx/compute"

// plugin returns "": this program holds no XLA.
func plugin(compute.Backend) string { return "" }

func device(compute.Backend) string { return "" }

func productsInTF32(compute.Backend) bool { return false }

// resolve returns the configuration as it is.
func resolve(config string) (string, error) { return config, nil }

func openXLA() (b compute.Backend, rejected []string) { return nil, nil }

// Plugins returns none: this program holds no XLA.
func Plugins() []Plugin { return nil }

func version(Plugin) string { return "" }

func failure(Plugin) error { return nil }
