package dataset_test

import (
	"fmt"
	"log"
	"os"

	"ferlab/fer"
	"ferlab/fer/dataset"
)

func ExampleOpen() {
	data, err := dataset.Open("synthetic:train=700,test=140", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.Name, data.Len())
	fmt.Println("test faces of each class:", data.Split(fer.Test).Counts())
	train, validation, err := dataset.Holdout(data.Split(fer.Train), 0.2, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("training on", train.Len(), "and choosing the epoch on", validation.Len())
	// Output:
	// synthetic 840
	// test faces of each class: [20 20 20 20 20 20 20]
	// training on 560 and choosing the epoch on 140
}

func ExampleWriteSubmission() {
	err := dataset.WriteSubmission(os.Stdout, []string{"0", "1"}, []fer.Class{fer.Happy, fer.Sad})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// id,label
	// 0,3
	// 1,4
}
