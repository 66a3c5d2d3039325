package dataset

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// limitMemory has the images beyond the first n of each source laid into a file.
func limitMemory(t *testing.T, n int) {
	before := inMemory
	inMemory = n
	t.Cleanup(func() { inMemory = before })
}

// A source of which only a part stays in memory is the same to the bit, and the rest does lie in a file.
func TestMoreThanMemory(t *testing.T) {
	zip := saved(t, "kaggle.zip", kaggle("", "png", pngOf).zip())
	table := saved(t, "fer2013.csv", text(fer2013()))
	const synthetic = "synthetic:train=17000,test=100" // More than one mapped chunk.
	for _, source := range []string{synthetic, zip, table} {
		t.Run(filepath.Base(source), func(t *testing.T) {
			if source == synthetic && testing.Short() {
				t.Skip("drawing 17,000 faces takes the race detector most of a minute")
			}
			whole, err := Open(source, nil)
			if err != nil {
				t.Fatal(err)
			}
			limitMemory(t, 5)
			d, err := Open(source, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d.Hash() != whole.Hash() {
				t.Error("it is another data set")
			}
			if runtime.GOOS != "linux" {
				return
			}
			maps, err := os.ReadFile("/proc/self/maps")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(maps, []byte("ferlab-images-")) {
				t.Error("no file of images is mapped")
			}
		})
	}
}

func TestNoFileForImages(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("images stay in memory here")
	}
	limitMemory(t, 5)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	for _, skip := range []bool{false, true} {
		_, err := Open("synthetic:train=70,test=14", &Options{SkipBad: skip})
		if err == nil || !strings.Contains(err.Error(), "TMPDIR") {
			t.Errorf("SkipBad %v: error is %v, want one that names TMPDIR", skip, err)
		}
	}
}
