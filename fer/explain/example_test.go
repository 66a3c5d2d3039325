package explain_test

import (
	"fmt"
	"log"
	"math"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/pretrained"
	"ferlab/fer/synth"
)

// Where the shipped CNN looks in a face, for the class that it answers.
func Example() {
	r, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	net, err := explain.Open(r)
	if err != nil {
		log.Fatal(err)
	}
	face := synth.Make(1, 1)
	images := []*fer.Image{face.Image}
	classes, err := net.Predict(images)
	if err != nil {
		log.Fatal(err)
	}
	method, err := explain.ByName("integrated-gradients")
	if err != nil {
		log.Fatal(err)
	}
	maps, err := method.Attribute(net, images, classes)
	if err != nil {
		log.Fatal(err)
	}
	share := explain.MassIn(maps[0], face.Mask)
	fmt.Println(len(maps[0].Values), "values;", share > 0 && share < 1)
	// Output: 2304 values; true
}

// The example makes what two filters of the second convolution answer to, by gradient ascent on their values before
// ReLU.
func ExampleAscend() {
	r, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	net, err := explain.Open(r)
	if err != nil {
		log.Fatal(err)
	}
	pictures, err := explain.Ascend(net, "conv2", []int{3, 4}, &explain.AscentOptions{Steps: 32, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range pictures {
		fmt.Println(p.Layer, p.Channel, p.Activation > 0)
	}
	// Output:
	// bn2 3 true
	// bn2 4 true
}

// Grad-CAM by hand beside the library's: a weighing of a layer's activations by the mean of their gradients.
func ExampleCAM() {
	r, err := pretrained.Open("cnn")
	if err != nil {
		log.Fatal(err)
	}
	net, err := explain.Open(r)
	if err != nil {
		log.Fatal(err)
	}
	byHand := explain.CAM{Called: "by-hand", Weigh: func(activations, gradients []float32, channels int) []float64 {
		positions := len(activations) / channels
		weights, cam := make([]float64, channels), make([]float64, positions)
		for i, g := range gradients {
			weights[i%channels] += float64(g) / float64(positions)
		}
		for i, a := range activations {
			cam[i/channels] += weights[i%channels] * float64(a)
		}
		return cam
	}}
	face := synth.Make(1, 1)
	images, classes := []*fer.Image{face.Image}, []fer.Class{face.Label}
	var share [2]float64
	for i, method := range []explain.Method{byHand, explain.GradCAM{}} {
		maps, err := method.Attribute(net, images, classes)
		if err != nil {
			log.Fatal(err)
		}
		share[i] = explain.MassIn(maps[0], face.Mask)
	}
	fmt.Println(byHand.Name(), "differs by less than 0.0001:", math.Abs(share[0]-share[1]) < 1e-4)
	// Output: by-hand differs by less than 0.0001: true
}
