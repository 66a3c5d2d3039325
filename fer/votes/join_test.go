package votes

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/synth"
)

const (
	columns = "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
	byID    = "id," + columns + "\n"
	byRow   = "Usage,Image name," + columns + "\n"
)

// ten gives all ten votes to a choice.
func ten(c Choice) string {
	counts := slices.Repeat([]string{"0"}, NumChoices)
	counts[c] = "10"
	return strings.Join(counts, ",")
}

func save(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// faces writes files below a folder and returns it; a picture is a drawn face.
func faces(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		data := []byte(text)
		if filepath.Ext(name) == ".png" {
			var b bytes.Buffer
			if err := png.Encode(&b, synth.Make(uint64(len(name)), 0).Image.Gray()); err != nil {
				t.Fatal(err)
			}
			data = b.Bytes()
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// kaggle are examples as of Kaggle's zip; two share a file name.
var kaggle = &dataset.Dataset{Name: "fer2013.zip", Kind: dataset.Zip, Examples: []fer.Example{
	{ID: "train/angry/Training_1.jpg", Split: fer.Train}, {ID: "train/happy/Training_2.jpg", Label: fer.Happy,
		Split: fer.Train},
	{ID: "train/fear/Training_2.jpg", Label: fer.Fear, Split: fer.Train}, {ID: "train/sad/Training_3.jpg",
		Label: fer.Sad, Split: fer.Train},
	{ID: "test/sad/PublicTest_4.jpg", Label: fer.Sad, Split: fer.Public}, {ID: "train/sad/Training_5.jpg",
		Label: fer.Sad, Split: fer.Train},
}}

// rows are examples as of fer2013.csv.
var rows = &dataset.Dataset{Name: "fer2013.csv", Kind: dataset.CSV, Examples: []fer.Example{
	{ID: "fer2013.csv:1", Split: fer.Train}, {ID: "fer2013.csv:2", Split: fer.Train},
	{ID: "fer2013.csv:3", Split: fer.Public}, {ID: "fer2013.csv:4", Split: fer.Private},
}}

func join(t *testing.T, path string, d *dataset.Dataset) (Joined, error) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		return Joined{}, err
	}
	return s.Join(d)
}

// Votes find their images by name or whole ID; what shares its name with another has none.
func TestJoinByName(t *testing.T) {
	for _, text := range []string{
		byID + "Training_3," + ten(Fear) + "\nPublicTest_4," + ten(Sadness) + "\nTraining_1.jpg," + ten(NoFace) +
			"\nTraining_2," + ten(Anger) + "\nTraining_5," + ten(Anger) + "\nTraining_5," + ten(Fear) + "\n",
		"\ufeff" + columns + ",note, ID\n" + ten(Fear) + ",x,train/sad/Training_3\n" + ten(Sadness) +
			",x,test/sad/PublicTest_4.jpg\n" +
			ten(NoFace) + ",x,Training_1\n" + ten(Anger) + ",x,Training_2\n" + ten(Anger) + ",,Training_5\n" +
			ten(Anger) + ",,Training_5\n",
	} {
		j, err := join(t, save(t, "votes.csv", text), kaggle)
		if err != nil {
			t.Fatal(err)
		}
		for id, c := range map[string]Choice{"train/sad/Training_3.jpg": Fear, "test/sad/PublicTest_4.jpg": Sadness,
			"train/angry/Training_1.jpg": NoFace} {
			if j.Votes[id][c] != 10 {
				t.Errorf("%s has the votes %v, want ten for %v", id, j.Votes[id], c)
			}
		}
		if len(j.Votes) != 3 || len(j.Missing) != 0 || len(j.Ambiguous) != 3 {
			t.Errorf("%v: %+v", j, j)
		}
	}
	// A whole ID tells the two apart.
	j, err := join(t, save(t, "votes.csv", byID+"train/fear/Training_2.jpg,"+ten(Anger)+"\n"), kaggle)
	if err != nil || len(j.Votes) != 1 || j.Votes["train/fear/Training_2.jpg"][Anger] != 10 || len(j.Missing) != 5 {
		t.Errorf("%v, %+v", err, j)
	}
}

// Rows of fer2013new.csv are those of fer2013.csv; one without a name has no votes.
func TestJoinByRow(t *testing.T) {
	text := byRow + "Training,fer0000000.png," + ten(Happiness) + "\nTraining,," + ten(NoFace) +
		"\nPublicTest,fer0000002.png," + ten(Fear) + "\nPrivateTest,fer0000003.png," + ten(Contempt) + "\n"
	j, err := join(t, save(t, "fer2013new.csv", text), rows)
	if err != nil || len(j.Votes) != 3 || j.Votes["fer2013.csv:1"][Happiness] != 10 ||
		j.Votes["fer2013.csv:3"][Fear] != 10 ||
		!slices.Equal(j.Missing, []string{"fer2013.csv:2"}) {
		t.Errorf("%v, %+v", err, j)
	}
	// A removed image may have had a number or not: the name of a later one doesn't say its row.
	for _, name := range []string{"fer0000003.png", "fer0000002.png", "fer0000001.png"} {
		text := byRow + "Training,fer0000000.png," + ten(Happiness) + "\nTraining,," + ten(NoFace) +
			"\nPublicTest,," + ten(NoFace) + "\nPrivateTest," + name + "," + ten(Fear) + "\n"
		j, err := join(t, save(t, "fer2013new.csv", text), rows)
		if err != nil || j.Votes["fer2013.csv:4"][Fear] != 10 || len(j.Missing) != 2 {
			t.Errorf("%s: %v, %+v", name, err, j)
		}
	}
	// The same file names FER+'s own pictures.
	d := &dataset.Dataset{Name: "FER+", Examples: []fer.Example{{ID: "FER2013Train/fer0000000.png", Split: fer.Train},
		{ID: "FER2013Valid/fer0000002.png", Split: fer.Validation}, {ID: "FER2013Test/fer0000003.png",
			Split: fer.Test}}}
	if j, err = join(t, save(t, "fer2013new.csv", text), d); err != nil ||
		j.Votes["FER2013Valid/fer0000002.png"][Fear] != 10 {
		t.Errorf("%v, %+v", err, j)
	}
}

// FER+'s folders hold images and votes: both are read, from a folder and from a zip, with the images' boxes or without.
func TestFolders(t *testing.T) {
	files := map[string]string{
		"FER2013Train/label.csv": "fer0000001.png,\"(0, 0, 48, 48)\"," + ten(Surprise) +
			"\nfer0000000.png,\"(0, 0, 48, 48)\"," + ten(Fear) + "\n",
		"FER2013Valid/label.csv": "fer0000000.png," + ten(Disgust) + "\n", "FER2013Train/fer0000000.png": "",
		"FER2013Train/fer0000001.png": "", "FER2013Valid/fer0000000.png": "",
	}
	root := faces(t, files)
	archive := filepath.Join(t.TempDir(), "ferplus.zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	for _, path := range []string{root, archive} {
		d, err := dataset.Open(path, &dataset.Options{AnyClasses: true})
		if err != nil {
			t.Fatal(err)
		}
		j, err := join(t, path, d)
		if err != nil {
			t.Fatal(err)
		}
		l, err := j.Votes.Apply(Rule{Name: MajorityRule})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range l.Relabel(d).Examples {
			got += fmt.Sprintln(e.ID, e.Split, l.Count.Rule.Classes.Name(e.Label))
		}
		if want := "FER2013Train/fer0000000.png train fear\nFER2013Train/fer0000001.png train surprise\n" +
			"FER2013Valid/fer0000000.png validation disgust\n"; got != want {
			t.Errorf("%s:\n%s", path, got)
		}
	}
	files["FER2013Valid/fer0000009.png"] = ""
	root = faces(t, files)
	d, err := dataset.Open(root, &dataset.Options{AnyClasses: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := join(t, root, d); err == nil ||
		!strings.Contains(err.Error(), `no label.csv has a row for "FER2013Valid/fer0000009.png"`) {
		t.Error(err)
	}
}

// Votes that don't fit are one error that names the first row.
func TestBadVotes(t *testing.T) {
	named := func(n int, usage string, c Choice) string {
		return fmt.Sprintf("%s,fer%07d.png,%s\n", usage, n-1, ten(c))
	}
	three := named(1, "Training", Fear) + named(2, "Training", Fear) + named(3, "PublicTest", Fear)
	for _, bad := range []struct {
		text string
		data *dataset.Dataset
		want string
	}{
		{byID + "Training_1,0,0,0,0,0,0,0,0,0,0\n", kaggle, "row 1 (Training_1): the votes sum to zero"},
		{byID + "Training_1," + ten(Fear) + "\nTraining_3,11,0,0,-1,0,0,0,0,0,0\n", kaggle,
			`row 2 (Training_3): votes for sadness are "-1", want a whole number`},
		{byID + "Training_1,0.5,0,0,0,0,0,0,0,0,0\n", kaggle, `votes for neutral are "0.5"`},
		{byID + "Training_1,1\n", kaggle, "wrong number of fields"},
		{byID + "," + ten(Fear) + "\n", kaggle, "row 1: id is empty"},
		{byID, kaggle, "it has no row"},
		{"", kaggle, "it is empty; want fer2013new.csv"},
		{"id,neutral\na,1\n", kaggle, "column happiness is missing"},
		{columns + "\n" + ten(Fear) + "\n", kaggle, "column id is missing"},
		{byID + "Training_1," + ten(Fear) + "\nTraining_7," + ten(Fear) + "\n", kaggle,
			`row 2 is about "Training_7", which is no image of fer2013.zip`},
		{byID + "Training_1," + ten(Fear) + "\n", rows,
			`row 1 is about "Training_1", which is no image of fer2013.csv`},
		{byRow + named(1, "Training", Fear), kaggle, `row 1 is about "fer0000000", which is no image of fer2013.zip`},
		{byRow + three, rows, "row 4 is missing: fer2013.csv has an image there, and the votes have 3 rows"},
		{byRow + three + named(4, "PrivateTest", Fear) + named(5, "PrivateTest", Fear), rows,
			"row 5 is about no image: the votes have 5 rows, and fer2013.csv has 4"},
		{byRow + three + named(4, "PublicTest", Fear), rows,
			`row 4: usage PublicTest, but "fer2013.csv:4" is of the split private`},
		{byRow + three + named(4, "Private", Fear), rows, `row 4: usage "Private", want Training`},
		{byRow + named(1, "Training", Fear) + named(3, "Training", Fear), rows,
			`row 2: image "fer0000002" is above its place: rows before it are missing`},
		{byRow + named(1, "Training", Fear) + named(1, "Training", Fear), rows,
			`row 2: image "fer0000000" after number 0: the rows are sorted anew`},
		{byRow + "Training,Training_1.png," + ten(Fear) + "\n", rows,
			`row 1: image "Training_1", want a name such as fer0000007.png`},
	} {
		if _, err := join(t, save(t, "votes.csv", bad.text), bad.data); err == nil ||
			!strings.Contains(err.Error(), bad.want) ||
			!strings.HasPrefix(err.Error(), "votes: ") {
			t.Errorf("%s: %v, want %s", bad.text, err, bad.want)
		}
	}
	for name, text := range map[string]string{"a.csv": "fer0000000.png,1,2\n", "label.csv": "fer0000000.png,1,2\n"} {
		if _, err := Open(faces(t, map[string]string{name: text})); err == nil ||
			!strings.Contains(err.Error(), map[string]string{"a.csv": "holds no label.csv; want",
				"label.csv": "label.csv: row 1: 3 columns, want an image and 10 counts"}[name]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no file: no error")
	}
}
