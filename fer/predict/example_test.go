package predict_test

import (
	"fmt"
	"image/png"
	"log"
	"os"
	"path/filepath"

	"ferlab/fer/predict"
	"ferlab/fer/pretrained"
	"ferlab/fer/synth"
)

// A folder with a drawn face and a file that is none.
func ExampleFiles() {
	dir, err := os.MkdirTemp("", "predict")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "face.png"))
	if err != nil {
		log.Fatal(err)
	}
	if err := png.Encode(f, synth.Make(1, 3).Image.Gray()); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.jpg")
	if err := os.WriteFile(broken, []byte("no picture"), 0o644); err != nil {
		log.Fatal(err)
	}

	r, err := pretrained.Open("dnn")
	if err != nil {
		log.Fatal(err)
	}
	table, err := predict.Files(r, filepath.Join(dir, "face.png"), broken)
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range table.Rows {
		fmt.Println(filepath.Base(row.File), "failed:", row.Failed())
	}
	fmt.Println(len(table.Predictions), "face") // show.Present(table, nil) shows what the net says of it.
	// Output:
	// face.png failed: false
	// broken.jpg failed: true
	// 1 face
}
