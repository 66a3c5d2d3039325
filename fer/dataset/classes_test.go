package dataset

import (
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
)

// kinds returns a tree with an image in each of the folders.
func kinds(folders ...string) files {
	f := files{}
	for i, folder := range folders {
		f[folder+"/a.png"] = pngOf(picture(0, i+1))
	}
	return f
}

// under returns folders below another.
func under(top string, folders ...string) []string {
	paths := make([]string, len(folders))
	for i, folder := range folders {
		paths[i] = top + "/" + folder
	}
	return paths
}

// The classes of a source are the names of its folders, sorted, with or without splits and folders around them; the
// seven emotions and FER+'s eight have their usual order. They are known without reading an image.
func TestClassesOfFolders(t *testing.T) {
	for name, test := range map[string]struct {
		folders []string
		want    string
		labels  []int // In the order of IDs.
	}{
		"two":             {[]string{"train/yes", "train/no", "test/no", "test/yes"}, "no, yes", []int{0, 1, 0, 1}},
		"without splits":  {[]string{"yes", "no", "maybe"}, "maybe, no, yes", []int{0, 1, 2}},
		"wrapped":         {under("a/b", "yes", "no"), "no, yes", []int{0, 1}},
		"wrapped splits":  {under("a/b", "train/yes", "train/no"), "no, yes", []int{0, 1}},
		"people below":    {under("train", "b/anna", "b/ben", "a/anna"), "a, b", []int{0, 1, 1}},
		"letter case":     {[]string{"train/Cat", "train/dog", "test/cat", "test/Dog"}, "Cat, dog", []int{1, 0, 0, 1}},
		"with an emotion": {under("train", "happy", "bored"), "bored, happy", []int{0, 1}},
		"more numbers":    {under("train", "0", "1", "10"), "0, 1, 10", []int{0, 1, 2}},
		"the seven":       {under("train", fer.Emotions.Names()...), fer.Emotions.String(), nil},
		"seven people":    {under("ann", fer.Emotions.Names()...), fer.Emotions.String(), nil},
		"the eight":       {under("train", fer.FERPlus.Names()...), fer.FERPlus.String(), nil},
		"the eight, sorted": {under("train", slices.Sorted(slices.Values(fer.FERPlus.Names()))...),
			fer.FERPlus.String(), nil},
		"numbers of seven": {under("train", "0", "1", "2", "3", "4", "5", "6"), fer.Emotions.String(), nil},
		"people above seven": {append(under("train/ann", fer.Emotions.Names()...), "train/bob/sad"),
			fer.Emotions.String(), nil},
	} {
		f := kinds(test.folders...)
		for _, path := range []string{f.write(t), saved(t, "x.zip", f.zip())} {
			d, err := Open(path, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if of, err := ClassesOf(path); err != nil || !of.Equal(d.Classes) || of.String() != test.want {
				t.Errorf("%s: classes %s, and %s without reading, %v, want %s", name, d.Classes, of, err, test.want)
			}
			for i, label := range test.labels {
				if int(d.Examples[i].Label) != label {
					t.Errorf("%s: %s is of class %d, want %d", name, d.Examples[i].ID, d.Examples[i].Label, label)
				}
			}
		}
	}
}

// Wrong classes are one error that names the folder.
func TestWrongFolders(t *testing.T) {
	for name, test := range map[string]struct {
		folders []string
		want    string
		left    int // Examples that are left with SkipBad, 0 for an error all the same.
	}{
		"one class": {[]string{"train/cat", "test/cat"}, "one class only, cat", 0},
		"of test only": {[]string{"train/cat", "train/dog", "test/cat", "test/dog", "test/owl", "test/owl/b"},
			"x.zip: test/owl: its class owl is none of the training split's (cat, dog)", 4},
		"of train only": {[]string{"train/cat", "train/dog", "test/dog"},
			"folder test: it has no image of the class cat", 3},
		"another spelling": {[]string{"train/cat", "train/dog", "public/cats", "public/dog"},
			"public/cats: its class cats is none", 3},
		"comma": {under("train", "a,b", "c"), `"a,b"`, 0},
		"id":    {under("train", "id", "c"), "another column", 0},
		"not all seven": {under("train", "happy", "sad"),
			"class angry: no training example of this class, want some of all seven", 2},
	} {
		path := saved(t, "x.zip", kinds(test.folders...).zip())
		if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
		d, err := Open(path, &Options{SkipBad: true})
		if (err == nil) != (test.left > 0) || err == nil && d.Len() != test.left {
			t.Errorf("%s: with SkipBad %v, %v", name, d, err)
		}
	}
}

// The same images with other names of classes are other data; those of the seven are named as in former records.
func TestHashOfClasses(t *testing.T) {
	hashes := map[string]string{}
	for name, classes := range map[string]fer.Classes{"seven": fer.Emotions, "eight": fer.FERPlus} {
		d := some([fer.NumEmotions]int{1, 1, 1, 1, 1, 1, 1})
		d.Classes = classes
		hashes[d.Hash()] = name
	}
	d := some([fer.NumEmotions]int{1, 1, 1, 1, 1, 1, 1})
	d.Examples[0].Target = make([]float64, 7)
	hashes[d.Hash()] = "with a target"
	const former = "3fc58d2858a9a6b33d4c457bad1ac6d4d872405e35a18ca74a3e486d1e59b558"
	if len(hashes) != 3 || hashes[former] != "seven" {
		t.Errorf("the hashes are %v", hashes)
	}
}
