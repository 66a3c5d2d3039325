package notebook_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"ferlab/fer/notebook"
	"ferlab/fer/notebook/testdata/shapes"
)

// square is a black picture.
type square int

func (s square) PNG() ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, image.NewGray(image.Rect(0, 0, int(s), int(s))))
	return b.Bytes(), err
}

func (s square) Size() (width, height int) { return int(s), int(s) }

func (s square) Description() (caption, alt string) {
	return fmt.Sprintf("A square of %d pixels.", s), "A black square."
}

func ExampleShow() {
	notebook.Check(notebook.Show(square(48), square(96)))
	// Output:
	// A square of 48 pixels. [48×48 px]
	// A square of 96 pixels. [96×96 px]
}

func ExampleTable() {
	notebook.Check(notebook.Table("Parameters of the report's nets.",
		[]string{"net", "parameters", "accuracy"},
		[][]string{
			{"cnn", "1,896,757", "65.9 %"},
			{"dnn", "1,896,167", "38.7 %"},
			{"humans", "–", "65 ± 5 %"},
		}))
	// Output:
	// Parameters of the report's nets.
	// net     parameters  accuracy
	// ──────  ──────────  ────────
	// cnn      1,896,757    65.9 %
	// dnn      1,896,167    38.7 %
	// humans           –  65 ± 5 %
}

func ExampleSource() {
	notebook.Check(notebook.Source(shapes.Scale))
	// Output:
	// // ferlab/fer/notebook/testdata/shapes/shapes.go:45
	// // Scale makes a closure.
	// func Scale(by float64) func(Square) Square {
	// 	return func(s Square) Square {
	// 		return s.Grow(by)
	// 	}
	// }
}

func ExampleMarkdown() {
	notebook.Check(notebook.Markdown("Data: **%s**, %d faces.", "synthetic", 7000))
	// Output: Data: **synthetic**, 7000 faces.
}

func ExampleProgress() {
	p := notebook.NewProgress("summing", 3)
	sum := 0
	for i := range 3 {
		sum += i
		p.Update(i+1, fmt.Sprintf("sum %d", sum))
	}
	p.Done("") // Progress goes to standard error, or to the cell.
	fmt.Println(sum)
	// Output: 3
}
