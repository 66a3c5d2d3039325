package dataset

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"ferlab/fer"
)

// FuzzCSV checks that no CSV file makes Open panic or return anything but usable faces.
func FuzzCSV(f *testing.F) {
	f.Add(text(fer2013()[:3]))
	f.Add(text(courseTrain()[:3]))
	f.Add(text(courseTest()[:3]))
	f.Add([]byte("emotion,pixels,Usage\n0,\"1 2\n3\",Training\n\n7,,\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzFile(t, data) })
}

// FuzzZip does the same for zips.
func FuzzZip(f *testing.F) {
	m := picture(3, 1)
	f.Add(files{"train/happy/Training_1.jpg": jpegOf(m), "test/happy/PublicTest_1.png": pngOf(m)}.zip())
	f.Add(files{"train.csv": text(courseTrain()[:2]), "test.csv": text(courseTest()[:2])}.zip())
	f.Add(files{"../train/happy/x.jpg": {1}}.zip())
	f.Fuzz(func(t *testing.T, data []byte) { fuzzFile(t, data) })
}

// FuzzFolder does the same for a folder with one file of any name and content, beside a good one.
func FuzzFolder(f *testing.F) {
	m := picture(3, 1)
	f.Add("train/happy/Training_1.jpg", jpegOf(m))
	f.Add("test/sad/PublicTest_1.png", pngOf(m))
	f.Add("sad/x.png", jpegOf(coloured()))
	f.Add("train/contempt/x.png", pngOf(grey(47, 48)))
	f.Add("a/train.csv", text(courseTrain()[:2]))
	good := &fstest.MapFile{Data: pngOf(m)}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if !fs.ValidPath(name) || name == "." || name == "happy" || strings.HasPrefix(name, "happy/0.png/") {
			return // No file of a folder.
		}
		r := &reader{file: "f", d: Dataset{Name: "f"}, opts: &Options{SkipBad: true}}
		entries, err := listFolder(fstest.MapFS{"happy/0.png": good, name: {Data: data}})
		if err != nil {
			t.Fatal(err)
		}
		fuzzed(t, r, r.tree(entries))
	})
}

func fuzzFile(t *testing.T, data []byte) {
	r := &reader{file: "f", d: Dataset{Name: "f"}, opts: &Options{SkipBad: true}}
	fuzzed(t, r, r.regular(bytes.NewReader(data), int64(len(data))))
}

// fuzzed checks what was read of any source.
func fuzzed(t *testing.T, r *reader, err error) {
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r\x1b\x00") {
			t.Errorf("error with control characters: %q", err)
		}
		return
	}
	for _, e := range r.d.Examples {
		if e.Image == nil || e.ID == "" || e.Split == "" || !(e.Label.Valid() || e.Label == fer.Unlabelled) {
			t.Errorf("bad example %q, %v, %q", e.ID, e.Label, e.Split)
		}
	}
	for _, b := range r.d.Bad {
		if strings.ContainsAny(b.String(), "\n\r\x1b\x00") {
			t.Errorf("bad entry with control characters: %q", b)
		}
	}
}
