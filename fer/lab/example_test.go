package lab_test

import (
	"ferlab/fer/lab"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// A cell trains a net on the notebooks' source, or opens it if that has been done before, and compares it with a
// shipped one.
func Example() {
	cnn := func() *run.Run { return show.Must(lab.Train("cnn")) }
	show.Present(results.Curves(cnn()))
	show.Present(lab.OnSource(cnn(), show.Must(pretrained.Open("cnn"))))
}
