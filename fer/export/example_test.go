package export_test

import (
	"fmt"
	"io"
	"log"

	"ferlab/fer/export"
	"ferlab/fer/pretrained"
)

// The best shipped net as ONNX, from grey levels to calibrated probabilities.
func ExampleONNX() {
	r, err := pretrained.Open("best")
	if err != nil {
		log.Fatal(err)
	}
	var size counter
	if err := export.ONNX(&size, r, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(size/1e6, "MB")
	// Output: 7 MB
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var _ io.Writer = new(counter)
