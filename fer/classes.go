package fer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Class is a label: the index of a class in its set, which is that of a data set and of a net's outputs, or
// [Unlabelled]. Its name is that of the set, see [Classes.Name].
type Class int

// Unlabelled marks an example whose class is unknown, such as a row of the course's test.csv.
const Unlabelled Class = -1

// Valid reports whether c is an index ([Unlabelled] is not). [Classes.Has] also asks for the set.
func (c Class) Valid() bool { return c >= 0 }

// MaxClasses is the largest number of classes of a set.
const MaxClasses = 1000

// maxName bounds a class's name, in bytes.
const maxName = 100

// Classes is an ordered set of classes: that of a data set, of the net that learns it, and of the net's predictions.
// The class of index i has the i-th name and is a net's i-th output. The zero value is [Emotions].
type Classes struct {
	names []string // nil for the seven, and only for them
}

// Emotions are the seven classes of FER2013, in its order; see [Angry] and the others.
var Emotions Classes

// FERPlus are the eight classes of FER+ (Barsoum et al. 2016): the seven in FER2013's order, then contempt.
var FERPlus = Classes{append(Emotions.Names(), "contempt")}

// NewClasses makes a set of names in their order. It is an error if there are fewer than 2 or more than [MaxClasses],
// or if a name is empty, stands twice (letter case aside), is "id" or "label", which are other columns of tables, has
// more than 100 bytes, spaces around it, or a comma, a slash or a control character in it.
func NewClasses(names ...string) (Classes, error) {
	if len(names) < 2 || len(names) > MaxClasses {
		return Classes{}, fmt.Errorf("%d classes %q, want from 2 to %d", len(names), names[:min(len(names), 3)],
			MaxClasses)
	}
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		key := strings.ToLower(name)
		switch {
		case strings.TrimSpace(name) == "":
			return Classes{}, fmt.Errorf("the name of class %d is empty", i)
		case strings.TrimSpace(name) != name || len(name) > maxName || strings.ContainsAny(name, `,/\`) ||
			strings.ContainsFunc(name, unicode.IsControl):
			return Classes{}, fmt.Errorf("class %d is called %.150q, want at most %d bytes without commas, slashes, "+
				"control characters and spaces around", i, name, maxName)
		case key == "id" || key == "label":
			return Classes{}, fmt.Errorf("class %d is called %q, which is another column of tables", i, name)
		case seen[key]:
			return Classes{}, fmt.Errorf("two classes are called %q", name)
		}
		seen[key] = true
	}
	if slices.Equal(names, emotionNames[:]) {
		return Emotions, nil
	}
	return Classes{slices.Clone(names)}, nil
}

// list returns the names, not to be changed.
func (c Classes) list() []string {
	if c.names == nil {
		return emotionNames[:]
	}
	return c.names
}

// Len returns the number of classes.
func (c Classes) Len() int { return len(c.list()) }

// Names returns the names in class order.
func (c Classes) Names() []string { return slices.Clone(c.list()) }

// All returns the classes in order: 0 … Len−1.
func (c Classes) All() []Class {
	all := make([]Class, c.Len())
	for i := range all {
		all[i] = Class(i)
	}
	return all
}

// Has reports whether an index is one of the set's.
func (c Classes) Has(class Class) bool { return class >= 0 && int(class) < c.Len() }

// Name returns the name of a class, "unlabelled", or "class n" for an index that the set doesn't have.
func (c Classes) Name(class Class) string {
	switch {
	case c.Has(class):
		return c.list()[class]
	case class == Unlabelled:
		return "unlabelled"
	}
	return fmt.Sprintf("class %d", int(class))
}

// Find returns the class of a name, letter case and spaces around it aside.
func (c Classes) Find(name string) (Class, bool) {
	name = strings.TrimSpace(name)
	i := slices.IndexFunc(c.list(), func(own string) bool { return strings.EqualFold(own, name) })
	return Class(i), i >= 0
}

// Parse turns a name ("angry", "Happy") into its class; of the seven emotions also an index ("0" … "6").
func (c Classes) Parse(s string) (Class, error) {
	if class, ok := c.Find(s); ok {
		return class, nil
	}
	if c.names != nil {
		return Unlabelled, fmt.Errorf("unknown class %q, want one of %s", s, c)
	}
	if t := strings.TrimSpace(s); len(t) == 1 && t[0] >= '0' && t[0] < '0'+NumEmotions {
		return Class(t[0] - '0'), nil
	}
	return Unlabelled, fmt.Errorf("unknown emotion %q, want one of %s or 0…%d", s, c, NumEmotions-1)
}

// Equal reports whether two sets have the same names in the same order.
func (c Classes) Equal(o Classes) bool { return slices.Equal(c.list(), o.list()) }

// Noun is what one of the set is called in a sentence: "emotion" or "class".
func (c Classes) Noun() string {
	if c.names == nil || c.Equal(FERPlus) {
		return "emotion"
	}
	return "class"
}

// Nouns is the plural of Noun.
func (c Classes) Nouns() string {
	if c.Noun() == "class" {
		return "classes"
	}
	return "emotions"
}

// String returns the names with commas between, of many the first and the number.
func (c Classes) String() string {
	names := c.list()
	if most := 20; len(names) > most {
		return fmt.Sprintf("%s … (%d classes)", strings.Join(names[:most], ", "), len(names))
	}
	return strings.Join(names, ", ")
}

// MarshalJSON returns the names as a list.
func (c Classes) MarshalJSON() ([]byte, error) { return json.Marshal(c.list()) }

// UnmarshalJSON takes a list of names, as [NewClasses] does; null is [Emotions].
func (c *Classes) UnmarshalJSON(data []byte) error {
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	if names == nil {
		*c = Emotions
		return nil
	}
	made, err := NewClasses(names...)
	if err == nil {
		*c = made
	}
	return err
}
