package dataset

import (
	"fmt"
	"path"
	"strings"

	"ferlab/fer"
)

// face is an entry that the layout says is an image of a class.
type face struct {
	entry
	id    string
	label fer.Class
	class string    // the folder that names the class
	split fer.Split // empty if neither a folder nor the file's name says it
}

// splitNames lists the folders of splits, as [splitOfFolder] reads them, for an error.
const splitNames = "train, validation, test, PublicTest or PrivateTest"

// splitOfUsage has the values of the column Usage, which begin the names of Kaggle's image files, too.
var splitOfUsage = map[string]fer.Split{"training": fer.Train, "publictest": fer.Public, "privatetest": fer.Private}

// splitOfFolder reads the usual names of a split's folder, in any letter case, with or without FER2013 before and
// "set", "data" or "images" after: train, Training, FER2013Train, train_set; val, valid, validation, dev; test,
// testing; PublicTest, public; PrivateTest, private.
func splitOfFolder(name string) (s fer.Split, ok bool) {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	letters = strings.TrimPrefix(letters, "fer")
	for _, suffix := range []string{"set", "data", "images"} {
		letters = strings.TrimSuffix(letters, suffix)
	}
	switch letters {
	case "train", "training":
		return fer.Train, true
	case "val", "valid", "validation", "dev":
		return fer.Validation, true
	case "test", "testing":
		return fer.Test, true
	case "public", "publictest":
		return fer.Public, true
	case "private", "privatetest":
		return fer.Private, true
	}
	return "", false
}

// splitOf returns the split that the folders of an image name, and how many there are down to that split's own; none
// and 0 if none does. It is an error if they name two.
func splitOf(folders []string) (s fer.Split, below int, err error) {
	for i, name := range folders {
		split, known := splitOfFolder(name)
		if !known {
			continue
		}
		inTest := s == fer.Test && (split == fer.Public || split == fer.Private)
		if s != "" && s != split && !inTest {
			return s, below, fmt.Errorf("it lies in folders of two splits, %s and %s", oneLine(folders[below-1]),
				oneLine(name))
		}
		s, below = split, i+1
	}
	return s, below, nil
}

// locate reads label, split and ID from an entry's path: …/<split>/…/<class>/…/<file>, or …/<class>/…/<file> without a
// split. It is not ok if no folder is a class's, and an error if folders contradict each other.
func (l layout) locate(e entry) (f face, ok bool, err error) {
	parts := strings.Split(e.name, "/")
	folders := parts[:len(parts)-1]
	if strings.EqualFold(path.Ext(e.name), ".csv") {
		return f, false, nil
	}
	f.entry = e
	var below int
	if f.split, below, err = splitOf(folders); err != nil {
		return f, false, err
	}
	var class int // Counted from the folder below the split's.
	if l.own {
		class = l.classAt(folders, below) - below
		ok = class >= 0
	} else {
		class, err = classOf(folders[below:])
		ok = class >= 0 && err == nil
	}
	if !ok {
		return f, false, err
	}
	f.class = folders[below+class]
	if f.label, err = l.classes.Parse(f.class); err != nil {
		f.label = fer.Unlabelled // Its split has another class than train: see [reader.strangers].
	}
	f.id = strings.Join(parts[max(below-1, 0):], "/")
	if f.split == "" {
		f.id = strings.Join(parts[class:], "/")
	}
	usage, _, _ := strings.Cut(strings.ToLower(parts[len(parts)-1]), "_")
	// Kaggle's folder test holds both test sets. Else the folder decides: whoever sorted the images anew left their
	// names.
	if split, known := splitOfUsage[usage]; known && (f.split == "" || f.split == fer.Test && split != fer.Train) {
		f.split = split
	}
	return f, true, nil
}

// classOf returns the index of the folder that names the class, −1 for none. A folder with a class's name counts before
// one with a number 0 … 6, which may be a fold or a person.
func classOf(folders []string) (int, error) {
	for _, numbers := range []bool{false, true} {
		found := -1
		for i, name := range folders {
			label, err := fer.Emotions.Parse(name)
			if err != nil || numbers == strings.EqualFold(strings.TrimSpace(name), fer.Emotions.Name(label)) {
				continue
			}
			if found < 0 {
				found = i
			} else if first, _ := fer.Emotions.Parse(folders[found]); first != label {
				return -1, fmt.Errorf("it lies in folders of two classes, %s and %s", oneLine(folders[found]),
					oneLine(name))
			}
		}
		if found >= 0 {
			return found, nil
		}
	}
	return -1, nil
}

// lost returns an error for every image whose split nothing says although others lie in folders of splits: it may
// belong to any. Where no folder is a split's, such an image becomes one of [fer.Train].
func lost(faces []face) []error {
	errs := make([]error, len(faces))
	known := "" // a split's folder
	for _, f := range faces {
		if top, _, _ := strings.Cut(f.id, "/"); isSplit(top) && (known == "" || top < known) {
			known = top
		}
	}
	for i := range faces {
		f := &faces[i]
		switch above := path.Clean(strings.TrimSuffix(f.name, f.id)); {
		case f.split != "":
		case known == "":
			f.split = fer.Train
		case above == ".":
			errs[i] = fmt.Errorf("its class lies beside the folder %s, in no split: put it into one of %s",
				oneLine(known),
				splitNames)
		default:
			errs[i] = fmt.Errorf("the folder %s is no known split, but %s is: call it one of %s", oneLine(above),
				oneLine(known), splitNames)
		}
	}
	return errs
}

func isSplit(folder string) bool {
	_, ok := splitOfFolder(folder)
	return ok
}

// votedFolders returns the split of each folder that is FER+'s: one of a split that holds label.csv, the votes about
// the images beside it, which have no other label.
func votedFolders(entries []entry) map[string]fer.Split {
	folders := map[string]fer.Split{}
	for _, e := range entries {
		folder, file := path.Split(e.name)
		if split, ok := splitOfFolder(path.Base(folder)); ok && strings.EqualFold(file, "label.csv") {
			folders[path.Clean(folder)] = split
		}
	}
	return folders
}
