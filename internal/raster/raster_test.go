package raster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/disintegration/imaging"
	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"
)

// quarter is white, with the upper left quarter black.
func quarter() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(0, 0, 12, 8), image.Black, image.Point{}, draw.Src)
	return m
}

// stored returns how a picture is stored for each of EXIF's eight orientations.
func stored(m image.Image) []image.Image {
	return []image.Image{m, imaging.FlipH(m), imaging.Rotate180(m), imaging.FlipV(m),
		imaging.Transpose(m), imaging.Rotate90(m), imaging.Transverse(m), imaging.Rotate270(m)}
}

// exif is a TIFF header and a directory of one entry: tag 0x0112, SHORT, count 1.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("II*\x00")
	}
	b = order.AppendUint16(order.AppendUint32(b, 8), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	return append(order.AppendUint16(b, orientation), 0, 0, 0, 0, 0, 0)
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t *testing.T, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 100}) })
}

func asPNG(t *testing.T, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

// app1 puts segments APP1 behind a JPEG's start.
func app1(data []byte, contents ...string) []byte {
	all := []byte{0xff, 0xd8}
	for _, c := range contents {
		all = append(binary.BigEndian.AppendUint16(append(all, 0xff, 0xe1), uint16(len(c)+2)), c...)
	}
	return append(all, data[2:]...)
}

// chunk puts a chunk into a PNG: behind its header, or else before its end.
func chunk(data []byte, name string, content []byte, last bool) []byte {
	c := append([]byte(name), content...)
	c = binary.BigEndian.AppendUint32(append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), c...),
		crc32.ChecksumIEEE(c))
	at := 8 + 25
	if last {
		at = len(data) - 12
	}
	return append(append(data[:at:at], c...), data[at:]...)
}

func any(int, int) error { return nil }

// isQuarter fails unless the picture is quarter, up to a JPEG's loss.
func isQuarter(t *testing.T, what string, data []byte) {
	t.Helper()
	m, err := Decode(data, any)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if m.Bounds().Size() != image.Pt(24, 16) {
		t.Errorf("%s: size %v", what, m.Bounds().Size())
		return
	}
	for _, p := range []struct{ x, y, want int }{{3, 3, 0}, {20, 3, 255}, {3, 13, 255}, {20, 13, 255}} {
		corner := m.Bounds().Min
		got := int(color.GrayModel.Convert(m.At(corner.X+p.x, corner.Y+p.y)).(color.Gray).Y)
		if got-p.want > 8 || p.want-got > 8 {
			t.Errorf("%s: pixel %d,%d is %d, want %d", what, p.x, p.y, got, p.want)
		}
	}
}

// The EXIF orientation is found in every format that has one, wherever it stands: the picture is upright.
func TestOrientation(t *testing.T) {
	const xmp = "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta/>"
	for i, m := range stored(quarter()) {
		o := uint16(i + 1)
		big, little := exif(binary.BigEndian, o), exif(binary.LittleEndian, o)
		j, p := asJPEG(t, m), asPNG(t, m)
		name := func(s string) string { return fmt.Sprintf("%s, orientation %d", s, o) }
		isQuarter(t, name("JPEG"), app1(j, "Exif\x00\x00"+string(big)))
		isQuarter(t, name("JPEG, XMP first"), app1(j, xmp, "Exif\x00\x00"+string(little)))
		isQuarter(t, name("JPEG, XMP and EXIF without it first"),
			app1(j, xmp, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00", "Exif\x00\x00"+string(big)))
		isQuarter(t, name("JPEG with a fill byte"),
			append([]byte{0xff, 0xd8, 0xff}, app1(j, "Exif\x00\x00"+string(big))[2:]...))
		isQuarter(t, name("PNG"), chunk(p, "eXIf", big, false))
		isQuarter(t, name("PNG, behind the pixels"), chunk(p, "eXIf", little, true))
	}
	for _, o := range []int{1, 3, 6, 8} {
		data, err := os.ReadFile(fmt.Sprintf("testdata/turned-%d.webp", o))
		if err != nil {
			t.Fatal(err)
		}
		isQuarter(t, fmt.Sprintf("WebP, orientation %d", o), data)
		at := bytes.Index(data, []byte("EXIF"))
		odd := append(append(data[:at:at], "ODD \x03\x00\x00\x00abc\x00"...), data[at:]...)
		binary.LittleEndian.PutUint32(odd[4:], uint32(len(odd)-8))
		isQuarter(t, fmt.Sprintf("WebP, orientation %d behind a chunk of odd length", o), odd)
	}
	data := encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, stored(quarter())[5], nil) })
	isQuarter(t, "TIFF", turnedTIFF(data, 6))
}

// turnedTIFF appends to a little-endian TIFF without an orientation a copy of its directory with one, and points its
// header there.
func turnedTIFF(data []byte, orientation byte) []byte {
	le := binary.LittleEndian
	directory := data[le.Uint32(data[4:]):]
	entries := directory[2 : 2+12*le.Uint16(directory)]
	at := 0
	for le.Uint16(entries[at:]) < 0x0112 {
		at += 12
	}
	le.PutUint32(data[4:], uint32(len(data)))
	data = le.AppendUint16(data, uint16(len(entries)/12+1))
	data = append(data, entries[:at]...)
	data = append(data, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0)
	return append(append(data, entries[at:]...), 0, 0, 0, 0)
}

// No EXIF, damaged EXIF and impossible values leave the picture as it is.
func TestNoOrientation(t *testing.T) {
	j, p := asJPEG(t, quarter()), asPNG(t, quarter())
	good := exif(binary.BigEndian, 6)
	for _, bad := range [][]byte{nil, []byte("MM"), []byte("XX\x00*\x00\x00\x00\x08"), good[:16],
		exif(binary.BigEndian, 0), exif(binary.BigEndian, 9),
		append([]byte("MM\x00*\xff\xff\xff\xff"), good[8:]...)} {
		isQuarter(t, fmt.Sprintf("JPEG with %q", bad), app1(j, "Exif\x00\x00"+string(bad)))
		isQuarter(t, fmt.Sprintf("PNG with %q", bad), chunk(p, "eXIf", bad, false))
	}
	isQuarter(t, "plain JPEG", j)
	isQuarter(t, "plain PNG", p)
}

// The content says what a picture is; each format that can't be read is named.
func TestDecode(t *testing.T) {
	m := quarter()
	paletted := image.NewPaletted(m.Rect, palette.Plan9)
	draw.Draw(paletted, m.Rect, m, image.Point{}, draw.Src)
	for name, data := range map[string][]byte{
		"BMP": encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, m) }),
		"TIFF": encoded(t, func(b *bytes.Buffer) error {
			return tiff.Encode(b, m,
				&tiff.Options{Compression: tiff.Deflate})
		}),
		"GIF": encoded(t, func(b *bytes.Buffer) error {
			other := image.NewPaletted(m.Rect, palette.Plan9)
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{paletted, other}, Delay: []int{9, 9}})
		}),
	} {
		isQuarter(t, name, data)
		if !Is(data[:HeadBytes]) {
			t.Errorf("%s is no picture", name)
		}
	}
	animated, err := os.ReadFile("testdata/animated.webp")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct{ data, want string }{
		{"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
			"in the format HEIC, which can't be read: save it as JPEG or PNG"},
		{"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "format AVIF"},
		{"\xff\x0a\xfa\x7f\x01\x90\x08", "format JPEG XL"},
		{string(animated), "animated WebP"},
		{"", "0 bytes that are no JPEG, PNG, WebP, GIF, BMP or TIFF picture"},
		{"BMW drives", "10 bytes that are no"},
		{"%PDF-1.7", "no JPEG"},
		{string(asPNG(t, m)[:60]), "damaged PNG"},
		{"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "damaged GIF"},
		{"RIFF\x00\x00\x00\x00WEBP", "damaged WebP"},
	} {
		if _, err := Decode([]byte(bad.data), any); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%.20q: error %v, want %q", bad.data, err, bad.want)
		}
	}
	refused := errors.New("24×16")
	_, err = Decode(asPNG(t, m), func(w, h int) error {
		if w == 24 && h == 16 {
			return refused
		}
		return nil
	})
	if err != refused {
		t.Errorf("a size that isn't allowed: %v", err)
	}
}
