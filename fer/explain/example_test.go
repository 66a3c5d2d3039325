package explain_test

import (
	"fmt"
	"log"

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

// What two filters of the second convolution answer to, by gradient ascent on their values before ReLU.
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
