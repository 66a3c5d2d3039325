package dataset

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer"
)

// tree returns a folder's files: all seven classes in training, so that nothing lacks, and what is under test.
func tree(more ...string) files {
	f := files{}
	for _, label := range fer.Emotions.All() {
		f["train/"+fer.Emotions.Name(label)+"/a.png"] = pngOf(picture(label, 1))
	}
	for i, name := range more {
		f[name] = pngOf(picture(fer.Angry, 2+i))
	}
	return f
}

// Every usual name of a split's folder is read, in any letter case, from a folder and from a zip alike.
func TestSplitFolders(t *testing.T) {
	want := map[string]fer.Split{
		"train": fer.Train, "TRAIN": fer.Train, "Training": fer.Train,
		"FER2013Train": fer.Train, "train_set": fer.Train,
		"val": fer.Validation, "Valid": fer.Validation, "validation": fer.Validation,
		"FER2013Valid": fer.Validation, "dev": fer.Validation,
		"test": fer.Test, "Testing": fer.Test, "FER2013Test": fer.Test, "test-images": fer.Test,
		"PublicTest": fer.Public, "publictest": fer.Public, "public": fer.Public,
		"PrivateTest": fer.Private, "Private_Test": fer.Private,
	}
	for folder, split := range want {
		name := folder + "/happy/x.png"
		for _, path := range []string{tree(name).write(t), saved(t, "x.zip", tree("wrapped/in/"+name).zip())} {
			d, err := Open(path, nil)
			if err != nil {
				t.Errorf("%s: %v", folder, err)
				continue
			}
			e, err := d.ByID(name)
			if err != nil || e.Split != split || e.Label != fer.Happy {
				t.Errorf("%s: %v, split %q, label %v, want %q", folder, err, e.Split, e.Label, split)
			}
		}
	}
	for _, folder := range []string{"holdout", "train_old", "contest", "fer2013", "3", "angry"} {
		if s, ok := splitOfFolder(folder); ok {
			t.Errorf("%s is taken for %s", folder, s)
		}
	}
}

// The three layouts that are met in the wild: every image is in the split that its folder says.
func TestSplitLayouts(t *testing.T) {
	for layout, splits := range map[string][]fer.Split{
		"Training+PublicTest+PrivateTest":       {fer.Train, fer.Public, fer.Private},
		"train+valid+test":                      {fer.Train, fer.Validation, fer.Test},
		"FER2013Train+FER2013Valid+FER2013Test": {fer.Train, fer.Validation, fer.Test},
	} {
		f := files{}
		for i, folder := range strings.Split(layout, "+") {
			for _, label := range fer.Emotions.All() {
				f[folder+"/"+fer.Emotions.Name(label)+"/a.png"] = pngOf(picture(label, i+1))
			}
		}
		d, err := Open(f.write(t), nil)
		if err != nil {
			t.Errorf("%s: %v", layout, err)
			continue
		}
		for i, split := range splits {
			checkFaces(t, d, split, []int{i + 1}, 0)
		}
	}
}

func TestLayout(t *testing.T) {
	for _, test := range []struct {
		name  string
		id    string // "" if it is refused
		label fer.Class
		split fer.Split
		want  string // in the error
	}{
		{"train/angry/3/x.png", "train/angry/3/x.png", fer.Angry, fer.Train, ""},
		{"train/3/angry/x.png", "train/3/angry/x.png", fer.Angry, fer.Train, ""},
		{"test/angry/3/x.png", "test/angry/3/x.png", fer.Angry, fer.Test, ""},
		{"test/fold/angry/x.png", "test/fold/angry/x.png", fer.Angry, fer.Test, ""},
		{"train/3/x.png", "train/3/x.png", fer.Happy, fer.Train, ""},
		{"5/train/3/x.png", "train/3/x.png", fer.Happy, fer.Train, ""},
		{"train/train/sad/x.png", "train/sad/x.png", fer.Sad, fer.Train, ""},
		{"test/PublicTest/sad/x.png", "PublicTest/sad/x.png", fer.Sad, fer.Public, ""},
		{"test/sad/PrivateTest_1.png", "test/sad/PrivateTest_1.png", fer.Sad, fer.Private, ""},
		{"val/sad/Training_1.png", "val/sad/Training_1.png", fer.Sad, fer.Validation, ""},
		{"sad/PublicTest_1.png", "sad/PublicTest_1.png", fer.Sad, fer.Public, ""},
		{"train/angry/sad/x.png", "", 0, "", "two classes, angry and sad"},
		{"train/2/3/x.png", "", 0, "", "two classes, 2 and 3"},
		{"train/valid/sad/x.png", "", 0, "", "two splits, train and valid"},
		{"Holdout/sad/x.png", "", 0, "", "the folder Holdout is no known split, but train is: call it one of train"},
		{"a/b/sad/x.png", "", 0, "", "the folder a/b is no known split"},
		{"sad/x.png", "", 0, "", "beside the folder train, in no split"},
		{"angry/train/x.png", "", 0, "", "no class's folder"},
	} {
		path := tree(test.name).write(t)
		d, err := Open(path, nil)
		if test.id == "" {
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.name) {
				t.Errorf("%s: error %v, want %q", test.name, err, test.want)
			}
			if d, err := Open(path, &Options{SkipBad: true}); err != nil || d.Len() != 7 || len(d.Bad) != 1 {
				t.Errorf("%s: with SkipBad %v", test.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if e, err := d.ByID(test.id); err != nil || e.Label != test.label || e.Split != test.split {
			t.Errorf("%s: %v, %+v", test.name, err, e)
		}
	}
}

// The target of a link is part of a folder; a picture beside the classes is missed by nobody, whatever it is called.
func TestLinksAndStrayPictures(t *testing.T) {
	path, more := tree().write(t), files{"x.png": pngOf(picture(fer.Angry, 2))}.write(t)
	if err := os.Symlink(more, filepath.Join(path, "train/angry/more")); err != nil {
		t.Fatal(err)
	}
	if d, err := Open(path, nil); err != nil || d.Len() != 8 || d.Examples[1].ID != "train/angry/more/x.png" {
		t.Errorf("with a link to a folder: %v", err)
	}
	for _, name := range []string{"train/x.jfif", "train/contempt/x.dat", "train/contempt/x"} {
		path := tree(name).write(t)
		if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(),
			name+": image lies in no class's folder") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where no folder is a split's, all images are for training, whatever lies above their classes.
func TestNoSplits(t *testing.T) {
	f := files{}
	for name, data := range tree() {
		f["person1"+strings.TrimPrefix(name, "train")] = data
	}
	more := maps.Clone(f)
	more["person2/sad/b.png"] = pngOf(picture(fer.Sad, 2))
	for _, files := range []files{f, more} {
		if d, err := Open(files.write(t), nil); err != nil || d.Split(fer.Train).Len() != len(files) {
			t.Errorf("%s: %v", filepath.Base(t.Name()), err)
		}
	}
}

// FER+'s folders give faces without labels; only a label.csv beside a picture says that it has votes.
func TestVotedFolders(t *testing.T) {
	f := files{}
	for folder, n := range map[string]int{"FER2013Train": 3, "FER2013Valid": 2, "FER2013Test": 1} {
		f[folder+"/label.csv"] = []byte("votes")
		for i := range n {
			f[folder+"/fer000000"+string(rune('0'+i))+".png"] = pngOf(picture(fer.Sad, i))
		}
	}
	inZip := files{}
	for name, data := range f {
		inZip["data/"+name] = data
	}
	for _, path := range []string{f.write(t), saved(t, "x.zip", inZip.zip())} {
		d, err := Open(path, &Options{AnyClasses: true})
		if err != nil {
			t.Fatal(err)
		}
		for split, n := range map[fer.Split]int{fer.Train: 3, fer.Validation: 2, fer.Test: 1} {
			if got := d.Split(split).Len(); got != n {
				t.Errorf("%d faces in %s, want %d", got, split, n)
			}
		}
		if e, err := d.ByID("FER2013Train/fer0000002.png"); err != nil || e.Label != fer.Unlabelled ||
			*e.Image != *picture(fer.Sad, 2) {
			t.Errorf("%v, %+v", err, e)
		}
		if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), "make labels of the votes") {
			t.Errorf("to train on: %v", err)
		}
	}
	delete(f, "FER2013Valid/label.csv")
	if _, err := Open(f.write(t), &Options{AnyClasses: true}); err == nil ||
		!strings.Contains(err.Error(), "FER2013Valid/fer0000000.png: image lies in no class's folder") {
		t.Errorf("without label.csv: %v", err)
	}
}
