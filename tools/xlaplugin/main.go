// Command xlaplugin runs go-xla's own installer of XLA plugins: the way for platforms that tools/plugin.py has no
// pinned plugin for. XLA for NVIDIA's GPUs comes from tools/cuda.py.
package main

import (
	"log"

	"github.com/gomlx/go-xla/installer"
)

func main() {
	log.SetFlags(0)
	if err := installer.AutoInstall("", true, installer.Normal); err != nil {
		log.Fatal(err)
	}
}
