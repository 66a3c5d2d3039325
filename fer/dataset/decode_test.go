package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"ferlab/fer"
)

// deep is an image with 16 bits a pixel.
func deep(m *fer.Image, value func(v uint8) uint16) image.Image {
	d := image.NewGray16(m.Bounds())
	for i, v := range m {
		d.SetGray16(i%fer.Size, i/fer.Size, color.Gray16{Y: value(v)})
	}
	return d
}

// clear is an image whose upper half is wholly transparent, and the rest half so.
func clear(m *fer.Image) image.Image {
	c := image.NewNRGBA(m.Bounds())
	for i, v := range m {
		alpha := uint8(0)
		if i >= fer.Pixels/2 {
			alpha = 128
		}
		c.SetNRGBA(i%fer.Size, i/fer.Size, color.NRGBA{R: v, G: v, B: v, A: alpha})
	}
	return c
}

// A picture of any format and depth gives the grey values that it shows.
func TestDepthsAndFormats(t *testing.T) {
	m := picture(fer.Sad, 1)
	over := new(fer.Image) // over white
	for i, v := range m {
		over[i] = 255
		if i >= fer.Pixels/2 {
			over[i] = uint8((128*int(v) + 127*255 + 127) / 255)
		}
	}
	opaque := image.NewNRGBA(m.Bounds())
	paletted := image.NewPaletted(m.Bounds(), nil)
	for v := range 256 {
		paletted.Palette = append(paletted.Palette, color.Gray{Y: uint8(v)})
	}
	for i, v := range m {
		opaque.Set(i%fer.Size, i/fer.Size, color.Gray{Y: v})
		paletted.Pix[i] = v
	}
	encoded := func(encode func(b *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, test := range []struct {
		name      string
		data      []byte
		want      *fer.Image
		tolerance int
	}{
		{"16 bits", pngOf(deep(m, func(v uint8) uint16 { return 257 * uint16(v) })), m, 0},
		{"16 bits, to be rounded up", pngOf(deep(m, func(v uint8) uint16 {
			return 257*uint16(v) - min(uint16(v),
				1)*128
		})),
			m, 0},
		{"16 bits, to be rounded down", pngOf(deep(m, func(v uint8) uint16 { return 257*uint16(v) + 128 })), m, 0},
		{"16 bits, all black", pngOf(deep(m, func(uint8) uint16 { return 0 })), new(fer.Image), 0},
		{"opaque colours", pngOf(opaque), m, 0},
		{"transparent", pngOf(clear(m)), over, 1},
		{"a palette", pngOf(paletted), m, 0},
		{"GIF", encoded(func(b *bytes.Buffer) error { return gif.Encode(b, paletted, nil) }), m, 0},
		{"BMP", encoded(func(b *bytes.Buffer) error { return bmp.Encode(b, m.Gray()) }), m, 0},
		{"TIFF of 16 bits", encoded(func(b *bytes.Buffer) error {
			return tiff.Encode(b, deep(m, func(v uint8) uint16 { return 257 * uint16(v) }), nil)
		}), m, 0},
	} {
		got, err := decode(test.data)
		if err != nil || !nearAll(got, test.want, test.tolerance) {
			t.Errorf("%s: %v, or other pixels", test.name, err)
		}
	}
	path := kaggle("", "png", pngOf).with(files{"train/angry/Training_1.png": pngOf(deep(m,
		func(v uint8) uint16 { return uint16(v) }))}).write(t)
	if _, err := Open(path, nil); err == nil ||
		!strings.Contains(err.Error(), "train/angry/Training_1.png: image has 16 bits a pixel, but no value above") {
		t.Errorf("8 bits stored as 16: %v", err)
	}
}

func nearAll(a, b *fer.Image, tolerance int) bool { return a != nil && near(a, b, tolerance) }

// The EXIF orientation counts in a source, too.
func TestTurned(t *testing.T) {
	data, err := os.ReadFile("../../internal/raster/testdata/turned-6.webp")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decode(data); err == nil || !strings.Contains(err.Error(), "16×24, want 48×48") {
		t.Errorf("a picture of 16×24: %v", err)
	}
	m := picture(fer.Happy, 2)
	turned := image.NewGray(m.Bounds()) // by a quarter, clockwise once upright
	for i, v := range m {
		turned.SetGray(i/fer.Size, fer.Size-1-i%fer.Size, color.Gray{Y: v})
	}
	j := jpegOf(turned)
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08" +
		"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	if got, err := decode(append([]byte("\xff\xd8"+exif), j[2:]...)); err != nil || !near(got, m, 3) {
		t.Errorf("%v, or not upright", err)
	}
}
