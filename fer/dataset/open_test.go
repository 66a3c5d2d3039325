package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/synth"
	"ferlab/internal/bounded"
)

// checkKaggle checks the data set of kaggle or fer2013: all four images of every class, in their splits.
func checkKaggle(t *testing.T, d *Dataset, tolerance int) {
	t.Helper()
	for split, images := range map[fer.Split][]int{fer.Train: {1, 2}, fer.Public: {3}, fer.Private: {4}} {
		checkFaces(t, d, split, images, tolerance)
	}
	if d.Len() != 28 {
		t.Errorf("%d examples, want 28", d.Len())
	}
}

// checkFaces checks that a split holds the given images of every class and no more, with pixels at most tolerance off.
func checkFaces(t *testing.T, d *Dataset, split fer.Split, images []int, tolerance int) {
	t.Helper()
	part := d.Split(split)
	for class, n := range part.Counts() {
		if n != len(images) {
			t.Errorf("%s has %d examples of %v, want %d", split, n, fer.Class(class), len(images))
		}
	}
	for _, label := range fer.Emotions.All() {
		for _, i := range images {
			if !slices.ContainsFunc(part.Examples, func(e fer.Example) bool {
				return e.Label == label &&
					near(e.Image, picture(label, i), tolerance)
			}) {
				t.Errorf("%s lacks image %d of %v", split, i, label)
			}
		}
	}
}

func near(a, b *fer.Image, tolerance int) bool {
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > tolerance || -d > tolerance {
			return false
		}
	}
	return true
}

func TestSources(t *testing.T) {
	const jpegError = 3 // grey levels, at quality 100
	spaced := rows(" Usage,emotion, pixels", 4, func(label fer.Class, i int) string {
		return fmt.Sprintf(`%s,%d,"%s"`, usages[i], label, pixels(picture(label, i)))
	})
	flat := files{}
	for name, data := range kaggle("", "png", pngOf) {
		if rest, ok := strings.CutPrefix(name, "train/"); ok {
			flat["faces/"+strings.Replace(rest, "Training_", "img", 1)] = data
		}
	}
	junk := files{".DS_Store": {1}, "__MACOSX/train/angry/._Training_1.jpg": {2}, "train/happy/Thumbs.db": {3},
		"train/README.txt":      {4},
		"train/sad/.hidden.jpg": {5}, "submission.csv": []byte("id,label\n")}
	plain := files{} // without FER2013's names: the folder decides
	for name, data := range kaggle("", "jpg", jpegOf) {
		if !strings.Contains(name, "Private") {
			plain[strings.NewReplacer("Training_", "a", "PublicTest_", "a").Replace(name)] = data
		}
	}
	tests := []struct {
		name  string
		path  func(t *testing.T) string
		kind  Kind
		ids   []string // the first
		check func(t *testing.T, d *Dataset)
	}{
		{"zip", func(t *testing.T) string { return saved(t, "x.bin", kaggle("", "jpg", jpegOf).zip()) }, Zip,
			[]string{"test/angry/PrivateTest_4.jpg", "test/angry/PublicTest_3.jpg", "test/disgust/PrivateTest_4.jpg"},
			func(t *testing.T, d *Dataset) { checkKaggle(t, d, jpegError) }},
		{"wrapped zip with stray files", func(t *testing.T) string {
			return saved(t, "x.zip",
				kaggle("a/b/", "png", pngOf).with(junk).zip())
		}, Zip,
			[]string{"test/angry/PrivateTest_4.png"}, func(t *testing.T, d *Dataset) { checkKaggle(t, d, 0) }},
		{"folder", func(t *testing.T) string { return kaggle("", "JPG", jpegOf).with(junk).write(t) }, Folder,
			[]string{"test/angry/PrivateTest_4.JPG"}, func(t *testing.T, d *Dataset) { checkKaggle(t, d, jpegError) }},
		{"folder decides the split", func(t *testing.T) string { return plain.write(t) }, Folder,
			[]string{"test/angry/a3.jpg"},
			func(t *testing.T, d *Dataset) {
				checkFaces(t, d, fer.Train, []int{1, 2}, jpegError)
				checkFaces(t, d, fer.Test, []int{3}, jpegError)
			}},
		{"flat folder", func(t *testing.T) string { return flat.write(t) }, Folder,
			[]string{"angry/img1.png", "angry/img2.png"},
			func(t *testing.T, d *Dataset) { checkFaces(t, d, fer.Train, []int{1, 2}, 0) }},
		{"fer2013.csv", func(t *testing.T) string { return saved(t, "fer2013.csv", text(fer2013())) }, CSV,
			[]string{"fer2013.csv:1", "fer2013.csv:2"}, func(t *testing.T, d *Dataset) { checkKaggle(t, d, 0) }},
		{"icml_face_data.csv with CRLF and byte order mark", func(t *testing.T) string {
			return saved(t, "icml.txt", []byte("\ufeff"+strings.Join(spaced, "\r\n")))
		}, CSV, []string{"icml.txt:1"}, func(t *testing.T, d *Dataset) { checkKaggle(t, d, 0) }},
		{"course's train.csv", func(t *testing.T) string { return saved(t, "train.csv", text(courseTrain())) }, CSV,
			[]string{"train.csv:1"},
			func(t *testing.T, d *Dataset) { checkFaces(t, d, fer.Train, []int{1, 2}, 0) }},
		{"course's test.csv", func(t *testing.T) string { return saved(t, "test.csv", text(courseTest())) }, CSV,
			[]string{"100", "101"},
			func(t *testing.T, d *Dataset) {
				for i, e := range d.Examples {
					if e.Label != fer.Unlabelled || e.Split != fer.Test || *e.Image != *picture(fer.Class(i), 1) {
						t.Errorf("row %d: label %v, split %v, or wrong pixels", i+1, e.Label, e.Split)
					}
				}
			}},
		{"course's folder", func(t *testing.T) string {
			return files{"train.csv": text(courseTrain()), "test.csv": text(courseTest()),
				"notes.csv": []byte("a,b\n")}.write(t)
		}, Folder, []string{"train.csv:1"}, func(t *testing.T, d *Dataset) {
			checkFaces(t, d, fer.Train, []int{1, 2}, 0)
			if n := d.Split(fer.Test).Len(); n != 7 {
				t.Errorf("%d test examples, want 7", n)
			}
		}},
		{"competition's folder", func(t *testing.T) string {
			return files{"train.csv": text(short(fer2013()[:15])), "test.csv": text(only(fer2013()[15:22]))}.write(t)
		}, Folder, []string{"train.csv:1"}, func(t *testing.T, d *Dataset) {
			checkFaces(t, d, fer.Train, []int{1, 2}, 0)
			for i, e := range d.Split(fer.Test).Examples {
				if e.Label != fer.Unlabelled || *e.Image != *picture(fer.Class(i), 3) {
					t.Errorf("row %d: label %v, or wrong pixels", i+1, e.Label)
				}
			}
		}},
		// its train.csv and test.csv repeat icml_face_data.csv's rows
		{"Kaggle's challenge zip", func(t *testing.T) string {
			return saved(t, "c.zip", files{"c/icml_face_data.csv": text(spaced),
				"c/train.csv": []byte("emotion,pixels\n"), "c/test.csv": []byte("pixels\n")}.zip())
		}, Zip, []string{"icml_face_data.csv:1"}, func(t *testing.T, d *Dataset) { checkKaggle(t, d, 0) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := test.path(t)
			d, err := Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d.Kind != test.kind || d.Name != filepath.Base(path) || d.Bad != nil {
				t.Errorf("got %s %q with bad %v, want %s %q", d.Kind, d.Name, d.Bad, test.kind, filepath.Base(path))
			}
			for i, id := range test.ids {
				if d.Examples[i].ID != id {
					t.Errorf("ID %d is %q, want %q", i, d.Examples[i].ID, id)
				}
			}
			test.check(t, d)
		})
	}
}

// A source opened by way of a link, or as ".", has the name of the path's last element.
func TestNameOfWorkingFolder(t *testing.T) {
	path := kaggle("", "png", pngOf).write(t)
	t.Chdir(path)
	if d, err := Open(".", nil); err != nil || d.Name != "data" {
		t.Errorf("got %v, %v", d, err)
	}
	link := filepath.Join(filepath.Dir(path), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if d, err := Open(link, nil); err != nil || d.Name != "link" || d.Len() != 28 {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestBadInput(t *testing.T) {
	good := kaggle("", "png", pngOf)
	angry := "train/angry/Training_1.png"
	inZip := func(changes files) func(t *testing.T) string {
		return func(t *testing.T) string { return saved(t, "x.zip", good.with(changes).zip()) }
	}
	inCSV := func(name string, lines ...string) func(t *testing.T) string {
		return func(t *testing.T) string { return saved(t, name, text(lines)) }
	}
	face := pixels(picture(0, 1))
	short := strings.TrimSuffix(face, face[strings.LastIndexByte(face, ' '):])
	row3 := func(line string) func(t *testing.T) string { return inCSV("x.csv", changed(fer2013(), 3, line)...) }
	noSad := slices.DeleteFunc(courseTrain(), func(line string) bool { return strings.HasPrefix(line, "4,") })
	hugeHeader := pngOf(grey(48, 48))
	// declares 1,048,576×1,048,576; the checksum is wrong, too
	copy(hugeHeader[16:], "\x00\x10\x00\x00\x00\x10\x00\x00")
	bigJPEG := jpegOf(grey(48, 48))
	at := bytes.Index(bigJPEG, []byte("\xff\xc0"))
	copy(bigJPEG[at+5:], "\xff\xff\xff\xff") // declares 65,535×65,535
	damaged := good.zip()
	damaged[bytes.Index(damaged, []byte(angry))+len(angry)+20] ^= 0xff
	truncated := good.zip()
	truncated = truncated[:len(truncated)/2]

	tests := []struct {
		name string
		path func(t *testing.T) string
		want []string // in the error
		left int      // examples left with SkipBad; 0 if there is nothing to skip to
	}{
		{"missing path", func(t *testing.T) string { return filepath.Join(t.TempDir(), "none.zip") },
			[]string{"none.zip", "no such file", "train/<class>"}, 0},
		{"empty file", func(t *testing.T) string { return saved(t, "x.zip", nil) },
			[]string{"x.zip is empty", "want"}, 0},
		{"empty folder", func(t *testing.T) string { return t.TempDir() }, []string{"no known layout", "want"}, 0},
		{"device", func(t *testing.T) string { return os.DevNull }, []string{"not a regular file"}, 0},
		{"text", inCSV("x.txt", "hello"), []string{"x.txt", "neither a zip nor a CSV"}, 0},
		{"binary", func(t *testing.T) string { return saved(t, "x", []byte("\x1f\x8b\"\x00\x01")) },
			[]string{"neither a zip nor a CSV"}, 0},
		{"truncated zip", func(t *testing.T) string { return saved(t, "x.zip", truncated) },
			[]string{"x.zip", "truncated", "fetch it again"}, 0},
		{"zip of nothing known", func(t *testing.T) string { return saved(t, "x.zip", files{"a/b.txt": {1}}.zip()) },
			[]string{"x.zip", "no known layout"}, 0},
		{"folder with two of a kind", func(t *testing.T) string {
			return files{"a.csv": text(courseTrain()), "b.csv": text(courseTrain())}.write(t)
		}, []string{"a.csv", "b.csv", "the one that you mean"}, 0},

		{"damaged entry", func(t *testing.T) string { return saved(t, "x.zip", damaged) },
			[]string{"x.zip", angry, "SkipBad"}, 27},
		{"not an image", inZip(files{angry: []byte("hello")}), []string{"x.zip", angry, "no JPEG, PNG", "SkipBad"}, 27},
		{"empty image", inZip(files{angry: {}}), []string{angry, "0 bytes that are no JPEG"}, 27},
		{"wrong size", inZip(files{angry: pngOf(grey(47, 48))}), []string{angry, "47×48, want 48×48"}, 27},
		{"wrong size in JPEG", inZip(files{angry: jpegOf(grey(48, 49))}), []string{angry, "48×49, want 48×48"}, 27},
		{"colour", inZip(files{angry: jpegOf(coloured())}), []string{angry, "coloured", "want grey"}, 27},
		{"half a JPEG", inZip(files{angry: jpegOf(picture(0, 1))[:300]}), []string{angry, "damaged JPEG"}, 27},
		{"half a PNG", inZip(files{angry: pngOf(picture(0, 1))[:300]}), []string{angry, "damaged PNG"}, 27},
		{"huge declared PNG", inZip(files{angry: hugeHeader}), []string{angry, "damaged PNG"}, 27},
		{"huge declared JPEG", inZip(files{angry: bigJPEG}), []string{angry, "65535×65535"}, 27},
		{"huge entry", inZip(files{angry: make([]byte, maxImageBytes+1)}),
			[]string{angry, "1048577 bytes, want at most 1048576"}, 27},
		{"image outside the classes", inZip(files{"train/x.png": pngOf(grey(48, 48))}),
			[]string{"train/x.png", "no class's folder", "angry"}, 28},
		{"path traversal", inZip(files{"../train/angry/x.png": pngOf(grey(48, 48))}),
			[]string{"../train/angry/x.png", "relative path"}, 28},
		{"absolute path", inZip(files{"/train/angry/x.png": pngOf(grey(48, 48))}),
			[]string{"/train/angry/x.png", "relative path"}, 28},
		{"backslashes", inZip(files{`train\angry\x.png`: pngOf(grey(48, 48))}),
			[]string{`train\angry\x.png`, "slashes"}, 28},
		{"line break in a name", inZip(files{"train/angry/x\ny.png": {1}}), []string{`x\ny.png`}, 28},
		{"same ID twice", inZip(files{"copy/" + angry: pngOf(grey(48, 48))}), []string{angry, "second image"}, 28},
		{"empty class", inZip(files{"train/sad/Training_1.png": nil, "train/sad/Training_2.png": nil}),
			[]string{"x.zip", "class sad", "all seven"}, 26},
		{"dangling link in a folder", func(t *testing.T) string {
			path := good.write(t)
			if err := os.Symlink("nowhere", filepath.Join(path, "train/angry/link.png")); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"train/angry/link.png", "no such file"}, 28},

		{"empty CSV", inCSV("x.csv", ""), []string{"x.csv", "empty", "emotion,pixels,Usage"}, 0},
		{"header only", inCSV("x.csv", "label,feature"), []string{"x.csv", "no usable face"}, 0},
		{"no pixels", inCSV("x.csv", "emotion,Usage"), []string{"x.csv", "column pixels is missing"}, 0},
		{"no feature", inCSV("x.csv", "id,label"), []string{"column feature is missing"}, 0},
		{"no label", inCSV("x.csv", "feature"), []string{"column label or id is missing"}, 0},
		{"no column in a folder", func(t *testing.T) string { return files{"train.csv": []byte("feature\n")}.write(t) },
			[]string{"train.csv", "column label or id is missing"}, 0},
		{"2,303 pixels", row3("2," + short + ",Training"), []string{"x.csv: row 3", "2303 pixels, want 2304",
			"SkipBad"}, 27},
		{"2,305 pixels", row3("2," + face + " 1,Training"), []string{"row 3", "2305 pixels, want 2304"}, 27},
		{"pixel 256", row3("2,256 " + short + ",Training"), []string{"row 3", `pixel 1 is "256"`, "0…255"}, 27},
		{"pixel −1", row3("2," + short + " -1,Training"), []string{"row 3", `pixel 2304 is "-1"`}, 27},
		{"pixel x", row3("2," + short + " x,Training"), []string{"row 3", `pixel 2304 is "x"`}, 27},
		{"label 7", row3("7," + face + ",Training"), []string{"row 3", `"7"`, "0…6"}, 27},
		{"usage", row3("2," + face + ",Test"), []string{"row 3", `usage "Test"`, "PublicTest"}, 27},
		{"missing field", row3("2," + face), []string{"row 3", "2 fields, want 3"}, 27},
		{"open quote", row3(`2,"` + face + ",Training"), []string{"row 3", `"`}, 27},
		{"long line", row3("2," + strings.Repeat(face+" ", 30) + ",Training"),
			[]string{"row 3", "longer than 65536 bytes"}, 27},
		{"same id twice", inCSV("test.csv", append(courseTest(), "101,"+face)...),
			[]string{"test.csv: row 8", `"101"`, "row 2"}, 7},
		{"empty id", inCSV("test.csv", append(courseTest(), ","+face)...), []string{"row 8", "id is empty"}, 7},
		{"empty class in a CSV", inCSV("train.csv", noSad...), []string{"train.csv", "class sad"}, 12},
		{"row in a zip", func(t *testing.T) string {
			return saved(t, "x.zip", files{"fer2013.csv": text(changed(fer2013(), 3, "2,0,Training"))}.zip())
		}, []string{"x.zip", "fer2013.csv: row 3", "1 pixels"}, 27},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := test.path(t)
			_, err := Open(path, nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has several lines", err)
			}
			d, err := Open(path, &Options{SkipBad: true})
			if test.left == 0 {
				if err == nil {
					t.Error("no error with SkipBad, though nothing is left")
				}
				return
			}
			if err != nil {
				t.Fatal("with SkipBad:", err)
			}
			if d.Len() != test.left || len(d.Bad) != 1 {
				t.Fatalf("with SkipBad: %d examples and bad %v, want %d and one", d.Len(), d.Bad, test.left)
			}
			if s := d.Bad[0].String(); !strings.HasPrefix(s, path) || strings.Contains(s, "\n") {
				t.Errorf("bad entry %q, want one line that starts with %q", s, path)
			}
		})
	}
}

// Classes are demanded of what is trained on only.
func TestAnyClasses(t *testing.T) {
	for name, lines := range map[string][]string{"three.csv": fer2013()[:4], "emotion,pixels": short(fer2013()[:4]),
		"pixels": only(fer2013()[1:4])} {
		d, err := Open(saved(t, "x.csv", text(lines)), &Options{AnyClasses: true})
		if err != nil || d.Len() != 3 || d.Bad != nil || *d.Examples[2].Image != *picture(fer.Fear, 1) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := saved(t, "x.csv", text(short(fer2013()[:4])))
	if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), "class happy: no training example") ||
		!strings.Contains(err.Error(), "-skip-bad") {
		t.Errorf("to train on: %v", err)
	}
}

// short leaves the column Usage out of fer2013.csv's lines, and only all but the pixels, under a header of its own.
func short(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = line[:strings.LastIndexByte(line, ',')]
	}
	return all
}

func only(lines []string) []string {
	all := []string{"pixels"}
	for _, line := range short(lines) {
		all = append(all, line[2:])
	}
	return all
}

// The first error of a source is reported, whatever the number of workers.
func TestFirstErrorWins(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	f := kaggle("", "png", pngOf)
	for name := range f {
		if strings.Contains(name, "happy") || strings.Contains(name, "sad") {
			f[name] = []byte("bad")
		}
	}
	path := f.write(t)
	for range 20 {
		if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), "test/happy/PrivateTest_4.png") {
			t.Fatal(err)
		}
	}
}

// The order depends neither on the workers, nor on the order of an archive's entries, nor on being packed.
func TestOrder(t *testing.T) {
	f := kaggle("", "jpg", jpegOf)
	path := f.write(t)
	reversed := []string{}
	for name := range f {
		reversed = append(reversed, name)
	}
	slices.Sort(reversed)
	slices.Reverse(reversed)
	hashes := map[string]bool{}
	for _, workers := range []int{1, 2, 7} {
		old := runtime.GOMAXPROCS(workers)
		for _, p := range []string{path, saved(t, "a.zip", f.zip()), saved(t, "b.zip", f.zip(reversed...))} {
			d, err := Open(p, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(d.Examples, func(a, b fer.Example) int { return strings.Compare(a.ID, b.ID) }) {
				t.Error("not sorted by ID")
			}
			hashes[d.Hash()] = true
		}
		runtime.GOMAXPROCS(old)
	}
	if len(hashes) != 1 {
		t.Errorf("%d orders, want one", len(hashes))
	}
}

func TestProgress(t *testing.T) {
	for _, path := range []string{"synthetic:train=30,test=5", kaggle("", "png", pngOf).write(t),
		saved(t, "fer2013.csv", text(fer2013()))} {
		last, total := -1, 0
		_, err := Open(path, &Options{Progress: func(done, n int) {
			if done <= last || done > n || n == 0 {
				t.Errorf("%s: %d of %d after %d", path, done, n, last)
			}
			last, total = done, n
		}})
		if err != nil || last != total {
			t.Errorf("%s: ended at %d of %d, %v", path, last, total, err)
		}
	}
}

func TestSynthetic(t *testing.T) {
	d, err := Open("synthetic:test=7,seed=3", &Options{Synthetic: SyntheticOptions{Train: 14, Test: 70}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "synthetic" || d.Kind != Synthetic || d.Split(fer.Train).Len() != 14 || d.Split(fer.Test).Len() != 7 {
		t.Errorf("got %s, %s, %d, %d", d.Name, d.Kind, d.Split(fer.Train).Len(), d.Split(fer.Test).Len())
	}
	for i, e := range d.Examples { // the test faces follow the training ones
		if f := synth.Make(3, i); e.ID != synth.ID(3, i) || *e.Image != *f.Image || e.Label != f.Label {
			t.Errorf("example %d is not face %d of the seed", i, i)
		}
	}
	for _, bad := range []string{"synthetic:", "synthetic:size=3", "synthetic:train=x", "synthetic:train=-1",
		"synthetic:train=99999999999999999999",
		"synthetic:train=900000,test=900000", "synthetic:train=0,test=0", "synthetic:train=7,"} {
		if _, err := Open(bad, nil); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	if o, err := parseSynthetic("synthetic", SyntheticOptions{}); err != nil ||
		o != (SyntheticOptions{Train: 7000, Test: 1400, Seed: 1}) {
		t.Errorf("defaults are %+v, %v", o, err)
	}
}

func TestExclude(t *testing.T) {
	path := saved(t, "fer2013.csv", text(fer2013()))
	list := saved(t, "leaks.csv", []byte("why,id\nsame,fer2013.csv:5\n\nnear,\"fer2013.csv:28\"\n"))
	d, err := Open(path, &Options{Exclude: list})
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 26 || d.Examples[4].ID != "fer2013.csv:6" || d.Examples[25].ID != "fer2013.csv:27" {
		t.Errorf("%d examples, IDs %q and %q", d.Len(), d.Examples[4].ID, d.Examples[25].ID)
	}
	unknown := saved(t, "leaks.csv", []byte("id\nfer2013.csv:1\ntrain/angry/x.jpg\n"))
	_, err = Open(path, &Options{Exclude: unknown})
	if err == nil || !strings.Contains(err.Error(), "leaks.csv: train/angry/x.jpg: row 2") {
		t.Errorf("error is %v", err)
	}
	if d, err := Open(path, &Options{Exclude: unknown, SkipBad: true}); err != nil || d.Len() != 27 || len(d.Bad) != 1 {
		t.Errorf("got %v, %v", d, err)
	}
	for _, bad := range []string{filepath.Join(t.TempDir(), "none.csv"), saved(t, "x.csv", []byte("name\nx\n")),
		saved(t, "x.csv", nil)} {
		if _, err := Open(path, &Options{Exclude: bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// A zip that is too large, or whose directory is, is refused in bounded memory.
func TestLargeZip(t *testing.T) {
	const entry = 46 // bytes of a directory's entry without a name
	count := bounded.MaxDirectory/entry + 1
	header := make([]byte, entry)
	copy(header, "PK\x01\x02")
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[10:], uint16(count))
	binary.LittleEndian.PutUint32(end[12:], uint32(count*entry))
	data := slices.Concat(bytes.Repeat(header, count), end)
	var before, after runtime.MemStats
	for what, size := range map[string]int64{"directory": int64(len(data)), "file": bounded.MaxArchive + 1} {
		runtime.ReadMemStats(&before)
		r := &reader{file: "f", opts: &Options{}}
		err := r.regular(bytes.NewReader(data), size)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, bounded.ErrLarge) {
			t.Errorf("%s: %v", what, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 512<<20 {
			t.Errorf("%s: %d bytes allocated", what, grown)
		}
	}
}
