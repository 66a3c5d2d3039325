package photo_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/disintegration/imaging"
	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/photo"
	"ferlab/fer/synth"
)

// scene is a picture with synthetic faces at the boxes, on a coloured ground.
func scene(size image.Point, boxes ...image.Rectangle) *image.RGBA {
	m := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	for i, box := range boxes {
		face := synth.Make(7, []int{0, 2, 9}[i%3]).Image
		draw.CatmullRom.Scale(m, box, face.Gray(), face.Bounds(), draw.Src, nil)
	}
	return m
}

// near reports whether a find covers most of the face that was pasted.
func near(found, pasted image.Rectangle) bool {
	both := found.Intersect(pasted)
	return both.Dx()*both.Dy()*2 > pasted.Dx()*pasted.Dy()
}

func find(t *testing.T, img image.Image, o *photo.Options) []photo.Face {
	t.Helper()
	faces, err := photo.Detect(img, o)
	if err != nil {
		t.Fatal(err)
	}
	return faces
}

func TestFindsPastedFaces(t *testing.T) {
	left, right := image.Rect(60, 60, 240, 240), image.Rect(380, 120, 500, 240)
	faces := find(t, scene(image.Pt(600, 400), left, right), nil)
	if len(faces) != 2 || !near(faces[0].Box, left) || !near(faces[1].Box, right) {
		t.Fatalf("found %v, want faces at %v and %v", faces, left, right)
	}
	if b := faces[0].Box; b.Dx() != b.Dy() || faces[0].Score < 10 {
		t.Errorf("box %v with score %v, want a square with a score from 10", b, faces[0].Score)
	}
	// In a large photo the boxes are in its own pixels.
	large := image.Rect(1500, 900, 3300, 2700)
	if faces := find(t, scene(image.Pt(4800, 3600), large), nil); len(faces) != 1 || !near(faces[0].Box, large) {
		t.Errorf("found %v, want a face at %v", faces, large)
	}
}

// A square black-and-white portrait is searched like any photo: the face is cropped out of its surroundings.
func TestGreyPortrait(t *testing.T) {
	box := image.Rect(150, 120, 350, 320)
	coloured := scene(image.Pt(512, 512), box)
	portrait := image.NewGray(coloured.Rect)
	draw.Draw(portrait, portrait.Rect, coloured, image.Point{}, draw.Src)
	faces := find(t, portrait, nil)
	if len(faces) != 1 || !near(faces[0].Box, box) || faces[0].Score < 10 || faces[0].Unfound {
		t.Errorf("found %v, want a face at %v", faces, box)
	}
	empty := image.NewGray(image.Rect(0, 0, 100, 100))
	if faces := find(t, empty, nil); len(faces) != 1 || !faces[0].Unfound || faces[0].Box != empty.Rect {
		t.Errorf("found %v, want the whole of a picture without a face, marked", faces)
	}
}

func TestNoFace(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 2}, {47, 48}, {300, 200}, {2000, 3}} {
		if faces := find(t, scene(size), nil); len(faces) != 0 {
			t.Errorf("%v: found %v, want none", size, faces)
		}
	}
}

// A picture is a face as it is if it is 48×48, whose pixels are unchanged, or square and grey without a face to be
// found.
func TestWhole(t *testing.T) {
	face := synth.Make(3, 5).Image
	faces := find(t, face.Gray(), nil)
	if len(faces) != 1 || *faces[0].Image != *face || faces[0].Score != 0 {
		t.Error("a face of 48×48 should go through unchanged")
	}
	if *find(t, imaging.Clone(face.Gray()), nil)[0].Image != *face {
		t.Error("so should one that is stored in colours")
	}
	grey := image.NewGray(image.Rect(0, 0, 96, 96))
	draw.NearestNeighbor.Scale(grey, grey.Rect, face.Gray(), face.Bounds(), draw.Src, nil)
	if faces := find(t, grey, &photo.Options{MinScore: 1e9}); len(faces) != 1 || faces[0].Box != grey.Rect ||
		!faces[0].Unfound {
		t.Errorf("found %v, want all of a square grey picture without a face", faces)
	}
	if faces := find(t, grey.SubImage(image.Rect(0, 0, 40, 40)), nil); len(faces) != 1 || faces[0].Box.Dx() != 40 ||
		faces[0].Unfound {
		t.Errorf("found %v, want all of a small square grey picture", faces)
	}
	empty := scene(image.Pt(100, 60))
	if faces := find(t, empty, &photo.Options{Faces: photo.Whole}); len(faces) != 1 ||
		faces[0].Box != image.Rect(20, 0, 80, 60) {
		t.Errorf("found %v, want the centred square", faces)
	}
	if faces := find(t, grey, &photo.Options{Faces: photo.Search, MinScore: 1e9}); len(faces) != 0 {
		t.Errorf("found %v above an impossible score", faces)
	}
	if _, err := photo.Detect(grey, &photo.Options{Faces: "some"}); err == nil {
		t.Error("an unknown mode should be an error")
	}
	clear := photo.Crop(image.NewNRGBA(image.Rect(0, 0, 9, 9)), image.Rect(0, 0, 9, 9))
	if clear[0] != 255 {
		t.Errorf("a transparent pixel is %d, want white", clear[0])
	}
}

// oriented is a JPEG with the EXIF orientation of that number.
func oriented(t testing.TB, img image.Image, orientation uint16) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, img, &jpeg.Options{Quality: 98}); err != nil {
		t.Fatal(err)
	}
	// TIFF header, one directory of one entry: tag 0x0112, SHORT, count 1.
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	exif = binary.BigEndian.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(head, exif...), data.Bytes()[2:]...)
}

// A photo stored in each of EXIF's eight orientations decodes to the same upright picture.
func TestOrientation(t *testing.T) {
	upright := scene(image.Pt(120, 80))
	draw.Draw(upright, image.Rect(0, 0, 40, 40), image.White, image.Point{}, draw.Src)
	stored := []image.Image{upright, imaging.FlipH(upright), imaging.Rotate180(upright), imaging.FlipV(upright),
		imaging.Transpose(upright), imaging.Rotate90(upright), imaging.Transverse(upright), imaging.Rotate270(upright)}
	for i, img := range stored {
		got, err := photo.Decode(bytes.NewReader(oriented(t, img, uint16(i+1))), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds().Size() != upright.Rect.Size() {
			t.Errorf("orientation %d: size %v, want %v", i+1, got.Bounds().Size(), upright.Rect.Size())
			continue
		}
		for _, p := range []image.Point{{20, 20}, {100, 20}, {20, 65}, {100, 65}} {
			want, is := photo.Crop(upright, image.Rectangle{p, p.Add(image.Pt(4, 4))}), photo.Crop(got,
				image.Rectangle{p, p.Add(image.Pt(4, 4))})
			if d := int(want[0]) - int(is[0]); d < -6 || d > 6 {
				t.Errorf("orientation %d: pixel %v is %d, want %d", i+1, p, is[0], want[0])
			}
		}
	}
}

// hugePNG declares a size that it doesn't hold.
func hugePNG(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height)
	header = append(header, 8, 0, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(header))
}

// webp1 is a lossless WebP of one white pixel.
const webp1 = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

func TestDecode(t *testing.T) {
	var data bytes.Buffer
	if err := png.Encode(&data, scene(image.Pt(5, 4))); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"PNG": data.String(), "WebP": webp1} {
		if _, err := photo.Decode(strings.NewReader(file), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []struct {
		name, file, want string
		o                *photo.Options
	}{
		{"text", "not an image", "no JPEG, PNG, WebP, GIF, BMP or TIFF", nil},
		{"empty", "", "no JPEG, PNG", nil},
		{"HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "the format HEIC", nil},
		{"bomb", string(hugePNG(60_000, 60_000)), "60000×60000", nil},
		{"cut", data.String()[:60], "damaged PNG", nil},
		{"long", data.String(), "more than 20 bytes", &photo.Options{MaxBytes: 20}},
		{"large", data.String(), "5×4, want at most 19 pixels", &photo.Options{MaxPixels: 19}},
	} {
		if _, err := photo.Decode(strings.NewReader(bad.file), bad.o); err == nil ||
			!strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: error %v, want %q", bad.name, err, bad.want)
		}
	}
	if _, err := photo.ReadFile("none.jpg", nil); err == nil {
		t.Error("a missing file should be an error")
	}
}

func ExampleDetect() {
	face := synth.Make(7, 0).Image
	picture := image.NewGray(image.Rect(0, 0, 400, 300))
	draw.CatmullRom.Scale(picture, image.Rect(120, 60, 300, 240), face.Gray(), face.Bounds(), draw.Src, nil)
	faces, err := photo.Detect(picture, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(faces), "face, cropped to", fer.Size, "×", fer.Size)
	// Output: 1 face, cropped to 48 × 48
}
