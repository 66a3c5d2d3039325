package dataset

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ferlab/fer"
	"ferlab/internal/raster"
)

// layout says which folders of a tree are classes.
type layout struct {
	classes fer.Classes
	// own says that they are not just the seven emotions: the class is then that of the folder right below the split's,
	// or, in a tree without splits, of the first folder below those that all images share.
	own  bool
	root int // How many folders all images share, in a tree without splits.
}

// place is a folder in which images lie.
type place struct {
	folders []string // It and those above it, from the root.
	split   fer.Split
	below   int // Index of the first folder below the split's, 0 without a split.
}

// layoutOf finds the classes of a tree: the names of its training images' folders, sorted. They are the seven emotions
// if all names are theirs, whether or not each has images, and those of FER+ if the names are these eight. It is an
// error if there is one class only.
func layoutOf(entries []entry) (layout, error) {
	var places []place
	splits, seen := map[fer.Split]bool{}, map[string]bool{}
	for _, e := range entries {
		dir := path.Dir(e.name)
		if e.err != nil || seen[dir] || !raster.Named(e.name) {
			continue
		}
		seen[dir] = true
		folders := strings.Split(dir, "/")
		if split, below, err := splitOf(folders); err == nil {
			places = append(places, place{folders, split, below})
			splits[split] = true
		}
	}
	if len(splits) > 1 || !splits[""] { // Only images of splits count, and of these those of train.
		places = slices.DeleteFunc(places, func(p place) bool {
			return p.split == "" || splits[fer.Train] && p.split != fer.Train
		})
	}
	l := layout{own: true, root: shared(places)}
	var names []string
	seven := true
	for _, p := range places {
		at := l.classAt(p.folders, p.below)
		if class, err := classOf(p.folders[p.below:]); err != nil || class >= 0 && p.below+class != at {
			return layout{}, nil // An emotion's folder lies elsewhere, such as below a person's.
		}
		if at < 0 {
			continue
		}
		name := strings.TrimSpace(p.folders[at])
		_, err := fer.Emotions.Parse(name)
		seven = seven && err == nil
		same := func(other string) bool { return strings.EqualFold(name, other) }
		if i := slices.IndexFunc(names, same); i < 0 {
			names = append(names, name)
		} else {
			names[i] = min(names[i], name) // Whatever the order of the entries.
		}
	}
	if seven {
		return layout{}, nil
	}
	slices.Sort(names)
	if len(names) == 1 {
		return l, fmt.Errorf("its images are of one class only, %s: a net needs two to tell apart", oneLine(names[0]))
	}
	var err error
	if l.classes, err = fer.NewClasses(names...); err != nil {
		return l, fmt.Errorf("the folders of its classes: %w", err)
	}
	if plus := fer.FERPlus.Names(); len(names) == len(plus) {
		slices.Sort(plus)
		if slices.EqualFunc(names, plus, strings.EqualFold) {
			l.classes = fer.FERPlus
		}
	}
	return l, nil
}

// classAt returns the index of the folder that is a class's in a tree of one's own, −1 for none; below is the index
// of the first one below the split's, 0 without a split.
func (l layout) classAt(folders []string, below int) int {
	if below == 0 {
		below = l.root
	}
	if below >= len(folders) || folders[below] == "." {
		return -1
	}
	return below
}

// shared returns how many folders all images that lie in no split share.
func shared(places []place) int {
	n, first := 0, []string(nil)
	for _, p := range places {
		if p.below > 0 {
			continue
		}
		if first == nil {
			first, n = p.folders, len(p.folders)
		}
		n = min(n, len(p.folders))
		for i := range n {
			if p.folders[i] != first[i] {
				n = i
				break
			}
		}
	}
	return n
}

// strangers rejects, once each, the folders of classes that the training split doesn't have, and drops their images.
func (r *reader) strangers(faces []face) ([]face, error) {
	known := faces[:0]
	rejected := map[string]bool{}
	for _, f := range faces {
		if f.label.Valid() || f.class == "" {
			known = append(known, f)
			continue
		}
		at := f.name[:strings.LastIndex(f.name, "/"+f.class+"/")+len(f.class)+1]
		if rejected[at] {
			continue
		}
		rejected[at] = true
		err := fmt.Errorf("its class %s is none of the training split's (%s): both want the same classes",
			oneLine(f.class), r.d.Classes)
		if err := r.reject(at, 0, err); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// ClassesOf returns the classes of a source, as [Open] would, without reading its images.
func ClassesOf(source string) (fer.Classes, error) {
	r := &reader{file: source, opts: &Options{}, onlyClasses: true}
	if !IsFile(source) {
		return fer.Emotions, nil
	}
	if err := r.path(source); err != nil {
		return fer.Classes{}, fmt.Errorf("dataset: %w", err)
	}
	return r.d.Classes, nil
}
