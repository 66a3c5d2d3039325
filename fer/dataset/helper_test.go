package dataset

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
)

// picture returns image i of a class: a smooth gradient of its own with some noise, known to the last pixel.
func picture(label fer.Class, i int) *fer.Image {
	rng := rand.New(rand.NewPCG(uint64(label), uint64(i)))
	m := new(fer.Image)
	dx, dy := rng.IntN(3), rng.IntN(3)
	for p := range m {
		m[p] = uint8(10*int(label) + dx*(p%fer.Size) + dy*(p/fer.Size) + rng.IntN(3))
	}
	return m
}

func jpegOf(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// files is the contents of a zip or folder, by name.
type files map[string][]byte

// with returns a copy of f with changes; nil removes a file.
func (f files) with(changes files) files {
	f = maps.Clone(f)
	for name, data := range changes {
		if f[name] = data; data == nil {
			delete(f, name)
		}
	}
	return f
}

// write writes f as a folder.
func (f files) write(t testing.TB) string {
	root := filepath.Join(t.TempDir(), "data")
	for name, data := range f {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		save(t, path, data)
	}
	return root
}

// zip returns f as an archive, its entries in the given order or else sorted by name.
func (f files) zip(names ...string) []byte {
	if names == nil {
		names = slices.Sorted(maps.Keys(f))
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		e, err := w.Create(name)
		if err != nil {
			panic(err)
		}
		e.Write(f[name])
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func save(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// saved writes data to a file of the given name in a new folder.
func saved(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	save(t, path, data)
	return path
}

// kaggle returns a tree of Kaggle's layout: per class two training images, one of PublicTest and one of PrivateTest.
func kaggle(root, ext string, encode func(image.Image) []byte) files {
	f := files{}
	for _, label := range fer.Emotions.All() {
		f[fmt.Sprintf("%strain/%s/Training_1.%s", root, fer.Emotions.Name(label), ext)] = encode(picture(label, 1))
		f[fmt.Sprintf("%strain/%s/Training_2.%s", root, fer.Emotions.Name(label), ext)] = encode(picture(label, 2))
		f[fmt.Sprintf("%stest/%s/PublicTest_3.%s", root, fer.Emotions.Name(label), ext)] = encode(picture(label, 3))
		f[fmt.Sprintf("%stest/%s/PrivateTest_4.%s", root, fer.Emotions.Name(label), ext)] = encode(picture(label, 4))
	}
	return f
}

// pixels returns an image as a CSV field.
func pixels(m *fer.Image) string {
	s := make([]string, len(m))
	for i, p := range m {
		s[i] = fmt.Sprint(p)
	}
	return strings.Join(s, " ")
}

// rows returns the lines of a CSV file: the header, then images 1 … n of every class, each made by line.
func rows(header string, n int, line func(label fer.Class, i int) string) []string {
	lines := []string{header}
	for i := 1; i <= n; i++ {
		for _, label := range fer.Emotions.All() {
			lines = append(lines, line(label, i))
		}
	}
	return lines
}

var usages = []string{1: "Training", 2: "Training", 3: "PublicTest", 4: "PrivateTest"}

func fer2013() []string {
	return rows("emotion,pixels,Usage", 4, func(label fer.Class, i int) string {
		return fmt.Sprintf("%d,%s,%s", label, pixels(picture(label, i)), usages[i])
	})
}

func courseTrain() []string {
	return rows("label,feature", 2, func(label fer.Class, i int) string {
		return fmt.Sprintf("%d,%s", label, pixels(picture(label, i)))
	})
}

func courseTest() []string {
	return rows("id,feature", 1, func(label fer.Class, i int) string {
		return fmt.Sprintf("%d,%s", 100+int(label), pixels(picture(label, i)))
	})
}

func text(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

// changed returns the lines with one replaced.
func changed(lines []string, row int, line string) []string {
	lines = slices.Clone(lines)
	lines[row] = line
	return lines
}

func coloured() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, fer.Size, fer.Size))
	for i := range fer.Size {
		m.Set(i, i, color.RGBA{R: 200, G: 40, B: 90, A: 255})
	}
	return m
}

func grey(w, h int) image.Image { return image.NewGray(image.Rect(0, 0, w, h)) }
