// Package raster decodes pictures: by their content, whatever their names say; upright, as their EXIF says; and in
// bounded memory.
package raster

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Formats names what [Decode] reads.
const Formats = "JPEG, PNG, WebP, GIF, BMP or TIFF"

// formats are what [Decode] reads and the formats that it names as unsupported, which have no decoder.
var formats = []struct {
	name   string
	is     func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	{"JPEG", at(0, "\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
	{"PNG", at(0, "\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
	{"WebP", both(at(0, "RIFF"), at(8, "WEBP")), webp.DecodeConfig, webp.Decode},
	{"GIF", at(0, "GIF87a", "GIF89a"), gif.DecodeConfig, gif.Decode},
	{"BMP", both(at(0, "BM"), at(6, "\x00\x00\x00\x00")), bmp.DecodeConfig, bmp.Decode},
	{"TIFF", at(0, "II*\x00", "MM\x00*"), tiff.DecodeConfig, tiff.Decode},
	{"HEIC", at(4, "ftyphei", "ftyphev", "ftypmif", "ftypmsf"), nil, nil},
	{"AVIF", at(4, "ftypavif", "ftypavis"), nil, nil},
	{"JPEG XL", at(0, "\xff\x0a", "\x00\x00\x00\x0cJXL "), nil, nil},
}

// at tests whether one of the strings stands at an offset.
func at(offset int, any ...string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) >= offset && slices.ContainsFunc(any,
			func(s string) bool { return bytes.HasPrefix(head[offset:], []byte(s)) })
	}
}

func both(a, b func([]byte) bool) func([]byte) bool {
	return func(head []byte) bool { return a(head) && b(head) }
}

// Named reports whether a file's name ends as that of a picture which [Decode] reads.
func Named(name string) bool {
	return slices.Contains([]string{".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"},
		strings.ToLower(path.Ext(name)))
}

// HeadBytes is how much of a file [Is] wants to see.
const HeadBytes = 16

// Is reports whether a file that begins so is a picture, be it one of a format that can't be read.
func Is(head []byte) bool { return find(head) >= 0 }

func find(head []byte) int {
	for i, f := range formats {
		if f.is(head) {
			return i
		}
	}
	return -1
}

// Decode decodes a picture and turns it upright as its EXIF orientation says. Of a GIF or TIFF with several pictures it
// takes the first. Before it decodes the pixels it asks allow, which returns an error for a width and height that it
// doesn't want.
func Decode(data []byte, allow func(width, height int) error) (image.Image, error) {
	i := find(data)
	if i < 0 {
		return nil, fmt.Errorf("%d bytes that are no %s picture", len(data), Formats)
	}
	f := formats[i]
	switch {
	case f.decode == nil:
		return nil, fmt.Errorf("it is in the format %s, which can't be read: save it as JPEG or PNG", f.name)
	case f.name == "WebP" && animated(data):
		return nil, errors.New("it is an animated WebP, which can't be read: save one of its pictures as JPEG or PNG")
	}
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w: get a whole copy of it", f.name, err)
	}
	if err := allow(config.Width, config.Height); err != nil {
		return nil, err
	}
	m, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w: get a whole copy of it", f.name, err)
	}
	return upright(m, orientation(f.name, data)), nil
}

// animated reports whether a WebP has the flag of an animation in its extended header.
func animated(data []byte) bool {
	return len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0
}
