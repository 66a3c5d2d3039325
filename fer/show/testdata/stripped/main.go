// Stripped prints the source of a function and a type, to test that a program built without symbols still finds them.
// Built with -trimpath too, it must print the same.
package main

import (
	"ferlab/fer/show"
	"ferlab/fer/show/testdata/shapes"
)

func main() {
	show.Present(show.Source(shapes.Area, shapes.Circle{}))
}
