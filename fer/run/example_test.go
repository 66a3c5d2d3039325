package run_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"ferlab/fer/model"
	"ferlab/fer/run"
)

// A training, interrupted by nothing, and its folder opened again. The same call on the same folder returns the
// complete run; after an interruption it resumes it.
func ExampleTrain() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := run.Quick()
	config.Source, config.Epochs = "synthetic:train=140,test=14", 2
	config.CNN = model.CNNConfig{Filters: []int{4, 8}, Dense: []int{8}}
	folder := filepath.Join(dir, "small")
	if _, err := run.Train(context.Background(), folder, config, nil); err != nil {
		log.Fatal(err)
	}
	r, err := run.Open(folder)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Name, "has", len(r.History), "epochs;", r.Record.Validation, "of", r.Record.ValidationImages,
		"images")
	// Output: small has 2 epochs; validation of 28 images
}

// Fields are set by their names, as programs do with the flag -set; a wrong one is an error that lists the right ones.
func ExampleConfig_Set() {
	config := run.Quick()
	for _, assignment := range []string{"epochs=8", "cnn.filters=[32,64]", "augment.flip=false"} {
		if err := config.Set(assignment); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(config.Epochs, config.CNN.Filters, config.Augment.Flip)
	fmt.Println(config.Set("augment.mirror=true"))
	// Output:
	// 8 [32 64] false
	// configuration: unknown key "augment.mirror", want one of shift, rotate, scale, flip, brightness, contrast, erase
}
