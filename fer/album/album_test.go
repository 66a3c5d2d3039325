package album_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/album"
	"ferlab/fer/dataset"
	"ferlab/fer/photo"
	"ferlab/fer/synth"
)

// save writes a photo with a drawn head, of which the detector finds the face, or without one.
func save(t *testing.T, file string, head int) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 200, 160))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	if head >= 0 {
		face := synth.Make(7, head).Image
		draw.CatmullRom.Scale(m, image.Rect(20, 10, 160, 150), face.Gray(), face.Bounds(), draw.Src, nil)
	}
	var data bytes.Buffer
	if err := png.Encode(&data, m); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// heads are those of seed 7 whose faces are found.
var heads = []int{0, 2, 3, 7, 9, 11, 18, 23, 25, 26}

func TestMake(t *testing.T) {
	dir := t.TempDir()
	photos, source := filepath.Join(dir, "photos"), filepath.Join(dir, "faces")
	for i, head := range heads {
		class := []string{"happy", "sad"}[i%2]
		save(t, filepath.Join(photos, class, fmt.Sprint(i, ".png")), head)
	}
	save(t, filepath.Join(photos, "happy", "nobody.png"), -1)
	save(t, filepath.Join(photos, "sad", "twice.png"), heads[0])
	if err := os.WriteFile(filepath.Join(photos, "sad", "broken.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !album.Is(photos) {
		t.Error("a folder of photos by class is an album")
	}
	a, err := album.Make(photos, source, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(source, &dataset.Options{AnyClasses: true})
	if err != nil {
		t.Fatal(err)
	}
	if train, measured := d.Split(fer.Train).Len(), d.Split(fer.Validation).Len(); train != 8 || measured != 2 {
		t.Errorf("%d faces to learn from and %d to measure on, want 8 and 2", train, measured)
	}
	if album.Is(source) {
		t.Error("the faces of an album are none")
	}
	notes := a.Table().String()
	for _, want := range []string{"nobody.png", "no face found", "its face is that of happy/0.png", "no JPEG"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the table lacks %q:\n%s", want, notes)
		}
	}
	if got := a.Counts().Rows; fmt.Sprint(got) != "[[happy 4 1 1] [sad 4 1 2]]" {
		t.Errorf("counts %v", got)
	}
	// The face is what package photo crops.
	img, err := photo.ReadFile(filepath.Join(photos, "happy", "0.png"), nil)
	if err != nil {
		t.Fatal(err)
	}
	faces, err := photo.Detect(img, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range d.Examples {
		found = found || *e.Image == *faces[0].Image && e.Label == fer.Happy
	}
	if !found {
		t.Error("the source lacks the face of happy/0.png")
	}

	// The same photos aren't searched again, others are.
	marker := filepath.Join(source, "marker")
	if err := os.WriteFile(marker, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := album.Make(photos, source, nil); err != nil || len(again.Photos) != len(a.Photos) {
		t.Fatal(err)
	}
	if _, err := os.Stat(marker); err != nil {
		t.Error("the faces were made again without need")
	}
	save(t, filepath.Join(photos, "happy", "new.png"), 19)
	if _, err := album.Make(photos, source, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("a new photo was passed over")
	}
	table := filepath.Join(dir, "photos.csv")
	if err := a.WriteCSV(table); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(table); err != nil || strings.Count(string(text), "\n") != 1+len(a.Photos) {
		t.Errorf("%v: the table is\n%s", err, text)
	}
}

// Nobody is learned from and measured on.
func TestByPerson(t *testing.T) {
	dir := t.TempDir()
	photos, source := filepath.Join(dir, "photos"), filepath.Join(dir, "faces")
	for i, head := range heads {
		class, person := []string{"angry", "calm"}[i%2], fmt.Sprint("person", i/2)
		save(t, filepath.Join(photos, class, person, fmt.Sprint(i, ".png")), head)
	}
	for seed := range uint64(5) {
		a, err := album.Make(photos, source, &album.Options{Seed: seed, Fraction: 0.4})
		if err != nil {
			t.Fatal(err)
		}
		way := map[string]fer.Split{}
		both := map[string]bool{}
		for _, p := range a.Photos {
			if s, known := way[p.Person]; known && s != p.Split {
				t.Errorf("seed %d: %s goes both ways", seed, p.Person)
			}
			way[p.Person] = p.Split
			both[p.Class+" "+string(p.Split)] = true
		}
		if len(both) != 4 {
			t.Errorf("seed %d: classes and splits are %v", seed, both)
		}
	}
}

// The table of people does what folders do: nobody is learned from and measured on.
func TestPeopleFile(t *testing.T) {
	dir := t.TempDir()
	photos, source := filepath.Join(dir, "photos"), filepath.Join(dir, "faces")
	table := "\ufeffPerson,File\n"
	want := map[string]string{}
	for i, head := range heads {
		file := fmt.Sprint([]string{"angry", "calm"}[i%2], "/", i, ".png")
		save(t, filepath.Join(photos, file), head)
		want[file] = fmt.Sprint("person ", i/2)
		table += fmt.Sprintf("%s, %s\n", want[file], file)
	}
	save(t, filepath.Join(photos, "stray.png"), -1) // Of no class: it needs no person.
	write := func(table string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(photos, album.PeopleFile), []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(table)
	if !album.Is(photos) {
		t.Error("a folder with a table of people is an album")
	}
	a, err := album.Make(photos, source, &album.Options{Fraction: 0.4})
	if err != nil {
		t.Fatal(err)
	}
	way := map[string]fer.Split{}
	for _, p := range a.Photos {
		if p.Person != want[p.File] {
			t.Errorf("%s is of %q, want %q", p.File, p.Person, want[p.File])
		}
		if s, known := way[p.Person]; known && s != p.Split {
			t.Errorf("%s goes both ways", p.Person)
		}
		way[p.Person] = p.Split
	}
	// Another table is another division.
	write(strings.Replace(table, "person 4,", "person 0,", 1))
	if a, err = album.Make(photos, source, &album.Options{Fraction: 0.4}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(fmt.Sprint(a.Photos), "person 0"); n != 3 {
		t.Errorf("person 0 is in %d photos, want 3", n)
	}

	save(t, filepath.Join(photos, "angry", "ann", "x.png"), 0)
	for _, test := range []struct{ name, table, want string }{
		{"none", "", "line 1: the header is"},
		{"column", "file,person,age\n", `line 1: the column "age"`},
		{"semicolons", "file;person\n", `line 1: the column "file;person"`},
		{"unknown", "file,person\nangry/99.png,ann\n", `line 2: the album has no photo "angry/99.png"`},
		{"twice", "file,person\nangry/0.png,ann\n\nangry/0.png,eve\n", "line 4: angry/0.png stands in line 2 already"},
		{"nobody", "file,person\nangry/0.png,\n", "line 2: angry/0.png has no person"},
		{"otherwise", "file,person\nangry/ann/x.png,eve\n", `line 2: angry/ann/x.png is of "eve", and lies in`},
		{"left out", "file,person\nangry/0.png,ann\n", "no line names angry/2.png"},
		{"cells", "file,person\nangry/0.png\n", "line 2"},
	} {
		write(test.table)
		_, err := album.Make(photos, filepath.Join(t.TempDir(), "faces"), nil)
		if err == nil || !strings.Contains(err.Error(), album.PeopleFile+": ") ||
			!strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
}

func TestBadAlbums(t *testing.T) {
	for _, test := range []struct {
		name   string
		photos []string
		o      *album.Options
		want   string
	}{
		{"none", nil, nil, "no photos"},
		{"one class", []string{"happy/0", "happy/2"}, nil, "want two or more"},
		{"one photo", []string{"happy/0", "happy/2", "sad/3"}, nil, "class sad has one photo"},
		{"one person", []string{"happy/eve/0", "happy/eve/2", "sad/eve/3", "sad/eve/7"}, nil, "one person"},
		{"somebody's", []string{"happy/eve/0", "happy/2", "sad/eve/3", "sad/eve/7"},
			&album.Options{Split: album.ByPerson}, "no person's folder"},
		{"never", []string{"happy/eve/0", "happy/eve/2", "sad/ann/3", "sad/ann/7"}, nil, "no division of the people"},
		{"fraction", []string{"happy/0"}, &album.Options{Fraction: 2}, "between 0 and 1"},
		{"split", []string{"happy/0"}, &album.Options{Split: "day"}, `by "day"`},
	} {
		dir := t.TempDir()
		for _, p := range test.photos {
			var head int
			fmt.Sscan(filepath.Base(p), &head)
			save(t, filepath.Join(dir, p+".png"), head)
		}
		_, err := album.Make(dir, filepath.Join(t.TempDir(), "faces"), test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
	dir, other := t.TempDir(), t.TempDir()
	save(t, filepath.Join(dir, "happy", "0.png"), 0)
	if err := os.WriteFile(filepath.Join(other, "letter.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := album.Make(dir, other, nil); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a folder in use: error %v", err)
	}
	if _, err := os.Stat(filepath.Join(other, "letter.txt")); err != nil {
		t.Error("a folder in use was emptied")
	}
}
