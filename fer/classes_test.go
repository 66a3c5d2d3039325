package fer_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
)

func ExampleClasses_Parse() {
	for _, s := range []string{"happy", " Fear ", "6", "bored"} {
		e, err := fer.Emotions.Parse(s)
		fmt.Println(fer.Emotions.Name(e), err)
	}
	// Output:
	// happy <nil>
	// fear <nil>
	// neutral <nil>
	// unlabelled unknown emotion "bored", want one of angry, disgust, fear, happy, sad, surprise, neutral or 0…6
}

func ExampleNewClasses() {
	pets, err := fer.NewClasses("cat", "dog")
	dog, _ := pets.Find("Dog")
	fmt.Println(pets, pets.Len(), int(dog), err)
	_, err = fer.NewClasses("cat", "dog", "Cat")
	fmt.Println(err)
	// Output:
	// cat, dog 2 1 <nil>
	// two classes are called "Cat"
}

// FER2013's order, on which every file and every net's output relies; FER+'s goes on after it.
func TestOrder(t *testing.T) {
	if got := fer.Emotions.String(); got != "angry, disgust, fear, happy, sad, surprise, neutral" {
		t.Error(got)
	}
	if got := fer.FERPlus.String(); got != fer.Emotions.String()+", contempt" {
		t.Error(got)
	}
	for _, set := range []fer.Classes{fer.Emotions, fer.FERPlus} {
		for i, name := range set.Names() {
			if e, err := set.Parse(name); err != nil || int(e) != i || !set.Has(e) || set.Name(e) != name {
				t.Errorf("%s is %d, %v", name, e, err)
			}
		}
		if set.Has(fer.Unlabelled) || set.Has(fer.Class(set.Len())) {
			t.Error("a label out of range belongs to the set")
		}
	}
}

// A set is what its names are, whether made, zero or read from JSON; the seven are the zero value.
func TestSameClasses(t *testing.T) {
	seven, err := fer.NewClasses(fer.Emotions.Names()...)
	if err != nil || !seven.Equal(fer.Emotions) || !seven.Equal(fer.Classes{}) || seven.Equal(fer.FERPlus) {
		t.Errorf("the seven: %v, %v", seven, err)
	}
	turned := slices.Clone(fer.Emotions.Names())
	slices.Reverse(turned)
	if other, err := fer.NewClasses(turned...); err != nil || other.Equal(seven) {
		t.Errorf("another order is the same set: %v", err)
	}
	for _, set := range []fer.Classes{fer.Emotions, fer.FERPlus, seven} {
		var back struct{ Classes fer.Classes }
		data, err := json.Marshal(map[string]fer.Classes{"classes": set})
		if err == nil {
			err = json.Unmarshal(data, &back)
		}
		if err != nil || !back.Classes.Equal(set) || !strings.Contains(string(data), "angry") {
			t.Errorf("%s is read back as %v, %v", data, back.Classes, err)
		}
	}
	var none struct{ Classes fer.Classes }
	for _, old := range []string{"{}", `{"classes": null}`} { // From before there were sets.
		if err := json.Unmarshal([]byte(old), &none); err != nil || !none.Classes.Equal(fer.Emotions) {
			t.Errorf("%s: %v, %v", old, none.Classes, err)
		}
	}
}

func TestWrongClasses(t *testing.T) {
	for want, names := range map[string][]string{
		"0 classes":               nil,
		`1 classes ["cat"], want`: {"cat"},
		"class 1 is empty":        {"cat", " "},
		`called "DOG"`:            {"dog", "cat", "DOG"},
		`" dog"`:                  {"cat", " dog"},
		`"do\ng"`:                 {"cat", "do\ng"},
		`"a/b"`:                   {"cat", "a/b"},
		`"a,b"`:                   {"cat", "a,b"},
		"another column":          {"Label", "cat"},
		"at most 100 bytes":       {"cat", strings.Repeat("x", 101)},
		"1001 classes":            slices.Repeat([]string{"x"}, fer.MaxClasses+1),
		"cannot unmarshal":        {"!", `{"a": 1}`},
		"want from 2 to 1000":     {"!", `[]`},
		`two classes are called`:  {"!", `["a", "a"]`},
	} {
		_, err := fer.NewClasses(names...)
		if len(names) > 0 && names[0] == "!" {
			err = new(fer.Classes).UnmarshalJSON([]byte(names[1]))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want %q", names, err, want)
		}
	}
}
