package show_test

import (
	"fmt"
	"image"

	"ferlab/fer/figure"
	"ferlab/fer/show"
	"ferlab/fer/show/testdata/shapes"
)

// A cell presents what functions return: here a row of figures, a table and a sentence.
func Example() {
	show.Present(figures())
	show.Present(nets(), nil)
	show.Present("**The CNN leads.**", nil)
	// Output:
	// A square of 48 pixels. [72×72 px]
	// A square of 96 pixels. [120×120 px]
	// Parameters of the original report's nets.
	// net     parameters  accuracy
	// ──────  ──────────  ────────
	// cnn      1,896,757    65.9 %
	// dnn      1,896,167    38.7 %
	// humans           –  65 ± 5 %
	// **The CNN leads.**
}

// figures draws two black squares.
func figures() (figure.Row, error) {
	var row figure.Row
	for _, side := range []int{48, 96} {
		f, err := figure.Grid([][]figure.Cell{{{Image: image.NewGray(image.Rect(0, 0, side, side))}}},
			figure.GridOptions{
				Options: figure.Options{Caption: fmt.Sprintf("A square of %d pixels.", side)}, Side: side,
			})
		if err != nil {
			return nil, err
		}
		row = append(row, f)
	}
	return row, nil
}

func nets() figure.Table {
	return figure.Table{
		Caption: "Parameters of the original report's nets.",
		Header:  []string{"net", "parameters", "accuracy"},
		Rows: [][]string{
			{"cnn", "1,896,757", "65.9 %"},
			{"dnn", "1,896,167", "38.7 %"},
			{"humans", "–", "65 ± 5 %"},
		},
	}
}

func ExampleShow() {
	show.Check(show.Show(nets()))
	// Output:
	// Parameters of the original report's nets.
	// net     parameters  accuracy
	// ──────  ──────────  ────────
	// cnn      1,896,757    65.9 %
	// dnn      1,896,167    38.7 %
	// humans           –  65 ± 5 %
}

func ExampleSource() {
	show.Present(show.Source(shapes.Scale))
	// Output:
	// // ferlab/fer/show/testdata/shapes/shapes.go:45
	// // Scale makes a closure.
	// func Scale(by float64) func(Square) Square {
	// 	return func(s Square) Square {
	// 		return s.Grow(by)
	// 	}
	// }
}

func ExampleMarkdown() {
	show.Check(show.Markdown("Data: **%s**, %d faces.", "synthetic", 7000))
	// Output: Data: **synthetic**, 7000 faces.
}

func ExampleProgress() {
	p := show.NewProgress("summing", 3)
	sum := 0
	for i := range 3 {
		sum += i
		p.Update(i+1, fmt.Sprintf("sum %d", sum))
	}
	p.Done("") // Progress goes to standard error, or to the cell.
	fmt.Println(sum)
	// Output: 3
}
