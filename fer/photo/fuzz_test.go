package photo_test

import (
	"bytes"
	"image"
	"image/gif"
	"image/png"
	"io"
	"os"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"ferlab/fer/photo"
)

// FuzzDecode checks that any file is refused, or decoded to a picture within the limit, of which the whole can be
// cropped.
func FuzzDecode(f *testing.F) {
	picture := scene(image.Pt(16, 9))
	var data bytes.Buffer
	if err := png.Encode(&data, picture); err != nil {
		f.Fatal(err)
	}
	f.Add(data.Bytes())
	for _, encode := range []func(w io.Writer) error{
		func(w io.Writer) error { return gif.Encode(w, picture, nil) },
		func(w io.Writer) error { return bmp.Encode(w, picture) },
		func(w io.Writer) error { return tiff.Encode(w, picture, &tiff.Options{Compression: tiff.Deflate}) },
	} {
		var data bytes.Buffer
		if err := encode(&data); err != nil {
			f.Fatal(err)
		}
		f.Add(data.Bytes())
	}
	turned, err := os.ReadFile("../../internal/raster/testdata/turned-6.webp")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(turned)
	f.Add([]byte(webp1))
	f.Add(hugePNG(60_000, 60_000))
	f.Add(oriented(f, picture, 6))
	options := &photo.Options{Faces: photo.Whole, MaxPixels: 1 << 12, MaxBytes: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := photo.Decode(bytes.NewReader(data), options)
		if err != nil {
			return
		}
		if size := img.Bounds().Size(); size.X*size.Y > options.MaxPixels {
			t.Fatalf("decoded %v", size)
		}
		if faces, err := photo.Detect(img, options); err != nil || len(faces) != 1 {
			t.Errorf("%d faces, %v", len(faces), err)
		}
	})
}
