package figure_test

import (
	"fmt"
	"image"

	"ferlab/fer"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
)

func ExampleCurves() {
	f, err := figure.Curves([]figure.History{{
		Name: "cnn", Epochs: []float64{1, 2, 3},
		TrainLoss: []float64{1.7, 1.4, 1.2}, ValidationLoss: []float64{1.6, 1.4, 1.3},
		TrainAccuracy: []float64{0.31, 0.46, 0.54}, ValidationAccuracy: []float64{0.37, 0.46, 0.51},
	}}, figure.Options{Title: "Learning curves", Caption: "Run cnn, seed 1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Size()) // in CSS pixels; f.Save("curves.svg") writes it
	// Output: 644 640
}

func ExampleConfusionMatrix() {
	shares := [][]float64{{0.8, 0, 0.2}, {0, 1, 0}, {0, 0.4, 0.6}} // Labels down, predictions across.
	classes := []string{"happy", "sad", "neutral"}
	f, err := figure.ConfusionMatrix(shares, figure.Shares, classes, figure.Options{Caption: "n = 150"})
	if err != nil {
		fmt.Println(err)
		return
	}
	caption, _ := f.Description()
	fmt.Println(caption)
	// Output: n = 150
}

func ExampleReliability() {
	p := evaluate.Predictions{{ID: "1", Label: fer.Happy, Probs: []float64{fer.Happy: 0.8,
		fer.Sad: 0.2, fer.Neutral: 0}}}
	var bins []figure.ReliabilityBin
	for _, bin := range p.Reliability() {
		bins = append(bins, figure.ReliabilityBin(bin))
	}
	f, err := figure.Reliability(bins, figure.Options{Title: fmt.Sprintf("Reliability: ECE %.2f", p.ECE())})
	fmt.Println(f != nil, err)
	// Output: true <nil>
}

func ExampleGrid() {
	face := new(fer.Image) // black
	saliency := make([]float32, fer.Pixels)
	saliency[20*fer.Size+24] = 1
	var overlay image.Image
	overlay, err := figure.Overlay(face, figure.NewMap(saliency), figure.OverlayOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := figure.Grid([][]figure.Cell{{{Image: face, Caption: "face"}, {Image: overlay, Caption: "saliency"}}},
		figure.GridOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Size())
	// Output: 226 140
}

func ExampleTable() {
	fmt.Print(figure.Table{
		Caption: "Parameters of the original report's nets.",
		Header:  []string{"net", "parameters"},
		Rows:    [][]string{{"cnn", "1,896,757"}, {"dnn", "1,896,167"}},
	})
	// Output:
	// Parameters of the original report's nets.
	// net  parameters
	// ───  ──────────
	// cnn   1,896,757
	// dnn   1,896,167
}
