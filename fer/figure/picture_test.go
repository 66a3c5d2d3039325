package figure

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// A picture of a chart comes as vectors, too; one of images lies on any ground. Both are small, without a title.
func TestPicture(t *testing.T) {
	chart := must(t)(Curves([]History{history("cnn", 20, 0.5), history("dnn", 20, 0.7)}, Options{Title: "Curves"}))
	photos := must(t)(Grid([][]Cell{{{Image: drawnFace(), Caption: "face"}}},
		GridOptions{Options: Options{Title: "Face"}}))
	boxes := must(t)(Boxes(image.NewGray(image.Rect(0, 0, 60, 40)), nil, Options{Title: "Photo"}))
	if p, err := boxes.Picture(); err != nil || p.SVG != nil {
		t.Errorf("a photo has vectors of %d bytes, %v: in the dark they turn into its negative", len(p.SVG), err)
	}
	for name, f := range map[string]*Figure{"chart": chart, "images": photos} {
		p, err := f.Picture()
		if err != nil {
			t.Fatal(err)
		}
		if _, height := f.Size(); p.Height >= height || p.Title == "" {
			t.Errorf("%s: %d px high with the title %q, want less than the %d px with it", name, p.Height, p.Title,
				height)
		}
		img, err := png.Decode(bytes.NewReader(p.PNG))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := img.(*image.Paletted); !ok {
			t.Errorf("%s: a %T, want a palette", name, img)
		}
		_, _, _, a := img.At(0, 0).RGBA()
		if clear := a == 0; clear != (name == "images") || (p.SVG == nil) != clear {
			t.Errorf("%s: a corner of opacity %d, and vectors of %d bytes", name, a, len(p.SVG))
		}
	}
}

// The large areas of many colours keep theirs, and no colour changes by much.
func TestFewer(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	blue := color.RGBA{0, 0x72, 0xB2, 0xFF}
	for y := range 64 {
		for x := range 64 {
			c := blue
			if y < 16 {
				c = color.RGBA{uint8(4 * x), uint8(16 * y), uint8(3 * x), 0xFF}
			}
			m.SetRGBA(x, y, c)
		}
	}
	small := fewer(m)
	for y := range 64 {
		for x := range 64 {
			if y >= 16 && !sameColor(small.At(x, y), blue, 0) {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, small.At(x, y), blue)
			}
			if !sameColor(small.At(x, y), m.At(x, y), 24) {
				t.Fatalf("pixel %d, %d is %v, want about %v", x, y, small.At(x, y), m.At(x, y))
			}
		}
	}
}

func TestCountAndZero(t *testing.T) {
	if got := Count(1896757); got != "1,896,757" {
		t.Errorf("count %s", got)
	}
	for in, want := range map[string]string{"-0.00": "0.00", "-0": "0", "-0.01": "-0.01", "0.00": "0.00"} {
		if got := tidy(in); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

func TestImagePNG(t *testing.T) {
	data, err := ImagePNG(drawnFace(), 144)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Dx() != 144 || img.Bounds().Dy() != 144 {
		t.Errorf("%v, %v", img.Bounds(), err)
	}
	if _, err := ImagePNG(drawnFace(), 0); err == nil {
		t.Error("no error for no width")
	}
}
