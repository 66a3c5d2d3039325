package experiments

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// One line learns new classes from an album: its faces are found, and the last layer begins anew.
func TestAlbum(t *testing.T) {
	dir := t.TempDir()
	album, out := filepath.Join(dir, "album"), filepath.Join(dir, "mine")
	heads := []int{0, 2, 3, 7, 9, 11, 18, 23, 25, 26} // Whose faces are found.
	for i, head := range heads {
		m := image.NewRGBA(image.Rect(0, 0, 200, 160))
		draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
		face := synth.Make(7, head).Image
		draw.CatmullRom.Scale(m, image.Rect(20, 10, 160, 150), face.Gray(), face.Bounds(), draw.Src, nil)
		var data bytes.Buffer
		if err := jpeg.Encode(&data, m, nil); err != nil {
			t.Fatal(err)
		}
		class := filepath.Join(album, []string{"bored", "keen"}[i%2])
		if err := os.MkdirAll(class, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(class, fmt.Sprint(i, ".jpg")), data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(album, "keen", "bad.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	train := build(t, "train")
	stdout, stderr, err := train("-from", "dnn", "-source", album, "-out", out, "-set", "epochs=2", "-set",
		"from.head_epochs=1")
	if err != nil {
		t.Fatalf("%v, %s", err, stderr)
	}
	for _, want := range []string{"keen/bad.jpg", "no JPEG", "2 classes: bored, keen"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it doesn't say %q:\n%s", want, stdout)
		}
	}
	r, err := run.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if from := r.Config.From; !from.NewHead || from.HeadEpochs != 1 || r.Config.Model != "dnn" ||
		r.Record.TrainImages != 8 || r.Record.ValidationImages != 2 {
		t.Errorf("recorded %+v, %+v", r.Config.From, r.Record)
	}
	if table, err := os.ReadFile(out + "-faces.csv"); err != nil || strings.Count(string(table), "\n") != 12 {
		t.Errorf("%v: the table of the photos is\n%s", err, table)
	}
}
