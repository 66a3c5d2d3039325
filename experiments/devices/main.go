// Devices says what this machine could train on, what a training would use, and why nothing better: the NVIDIA driver
// and its cards, XLA's plugins, oneDNN, and the time of one product of matrices, one fact a line.
//
//	go run ./experiments/devices
package main

import (
	"fmt"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/backend"
)

func main() { cli.Main("devices", mainErr) }

func mainErr() error {
	if err := cli.Parse(); err != nil {
		return err
	}
	facts, err := backend.Facts()
	for _, line := range facts {
		fmt.Println(line)
	}
	return err
}
