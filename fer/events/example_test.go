package events_test

import (
	"bytes"
	"fmt"
	"log"
	"time"

	"ferlab/fer/events"
)

// A curve that TensorBoard reads, if the bytes stand in a file named like events.out.tfevents.1.
func ExampleWriter() {
	var file bytes.Buffer
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := events.NewWriter(&file, at)
	if err != nil {
		log.Fatal(err)
	}
	for epoch, accuracy := range []float64{0.31, 0.45, 0.52} {
		if err := w.Scalar("accuracy/validation", epoch+1, at, accuracy); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(bytes.Count(file.Bytes(), []byte("accuracy/validation")), "points")
	// Output: 3 points
}
