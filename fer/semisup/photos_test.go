package semisup

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"

	"ferlab/fer"
	"ferlab/fer/synth"
)

// write writes a file of a folder, which it makes if need be.
func write(t *testing.T, data []byte, elem ...string) {
	t.Helper()
	path := filepath.Join(elem...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// wide is a PNG of a face between two coloured margins.
func wide(t *testing.T, face *fer.Image) []byte {
	t.Helper()
	canvas := imaging.New(3*fer.Size, fer.Size, color.NRGBA{R: 200, A: 255})
	var data bytes.Buffer
	if err := png.Encode(&data, imaging.Paste(canvas, face.Gray(), image.Pt(fer.Size, 0))); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// turned is a JPEG of an image stored on its side, with the EXIF orientation that says so.
func turned(t *testing.T, face *fer.Image) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, imaging.Rotate90(face.Gray()), &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" +
		"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(head, exif...), data.Bytes()[2:]...)
}

// A folder of photos gives the middle of each, upright and unlabelled, whatever its sub-folders are called; other files
// are ignored, and a damaged photo is an error that names it.
func TestPhotos(t *testing.T) {
	dir, face := t.TempDir(), synth.Make(1, 0).Image
	write(t, wide(t, face), dir, "happy", "a.PNG")
	write(t, turned(t, face), dir, "b.jpg")
	write(t, []byte("no photo"), dir, "notes.txt")
	d, err := Photos(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 2 || d.Examples[0].ID != "b.jpg" || d.Examples[1].ID != "happy/a.PNG" {
		t.Fatalf("%d photos, the first %q, want b.jpg and happy/a.PNG", d.Len(), d.Examples[0].ID)
	}
	for i, e := range d.Examples {
		if e.Label != fer.Unlabelled || e.Split != fer.Train {
			t.Errorf("%s has the label %v and the split %s", e.ID, e.Label, e.Split)
		}
		off := 0
		for k := range e.Image {
			off += max(int(e.Image[k])-int(face[k]), int(face[k])-int(e.Image[k]))
		}
		if mean := float64(off) / fer.Pixels; mean > []float64{2, 0.5}[i] {
			t.Errorf("%s differs from its face by %.1f grey levels on average", e.ID, mean)
		}
	}
	c := Quick("fixmatch", 10, 1)
	c.Unlabelled = dir
	part, err := c.part(faces(t), FixMatch())
	if err != nil {
		t.Fatal(err)
	}
	if e := part.Unlabelled.Examples; len(e) != 2 || e[1].ID != "1" || e[1].Label != fer.Unlabelled {
		t.Errorf("unlabelled examples %+v, want two with numbers for names", e)
	}

	write(t, wide(t, face)[:200], dir, "cut.png")
	if _, err := Photos(dir); err == nil || !strings.Contains(err.Error(), "cut.png") ||
		!strings.Contains(err.Error(), "damaged") {
		t.Errorf("error %v, want one that names the damaged photo", err)
	}
	if _, err := Photos(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no photo") {
		t.Errorf("an empty folder: %v", err)
	}
}
