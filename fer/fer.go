// Package fer is the vocabulary of Ferlab: emotions, 48×48 grey face images, and labelled examples.
//
// It is to its sub-packages what the standard library's image is to image/png: they all speak in its types, and it
// imports none of them. Start with
//
//   - [ferlab/fer/dataset] to open a source of faces (built-in synthetic ones by default, or FER2013),
//   - [ferlab/fer/model] for the nets,
//   - [ferlab/fer/run] to train one and to open what a training left.
package fer

import (
	"fmt"
	"strings"
)

// NumEmotions is the number of classes.
const NumEmotions = 7

// Emotion is a class of facial expression, 0…6 in FER2013's own order, or [Unlabelled].
type Emotion int8

// The seven emotions of FER2013, in its order: the integer value is the class index of a net's output.
const (
	Angry Emotion = iota
	Disgust
	Fear
	Happy
	Sad
	Surprise
	Neutral

	// Unlabelled marks an example whose emotion is unknown, such as a row of the course's test.csv.
	Unlabelled Emotion = -1
)

var emotionNames = [NumEmotions]string{"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"}

// Emotions returns all seven emotions in class order.
func Emotions() []Emotion {
	all := make([]Emotion, NumEmotions)
	for i := range all {
		all[i] = Emotion(i)
	}
	return all
}

// EmotionNames returns the names of the seven emotions in class order.
func EmotionNames() []string {
	return append([]string(nil), emotionNames[:]...)
}

// Valid reports whether e is one of the seven emotions ([Unlabelled] is not).
func (e Emotion) Valid() bool { return e >= 0 && e < NumEmotions }

// String returns the emotion's lower-case name, "unlabelled", or "Emotion(n)" for any other value.
func (e Emotion) String() string {
	switch {
	case e.Valid():
		return emotionNames[e]
	case e == Unlabelled:
		return "unlabelled"
	}
	return fmt.Sprintf("Emotion(%d)", int8(e))
}

// ParseEmotion turns a name ("angry", "Happy") or a class index ("0" … "6") into an Emotion.
func ParseEmotion(s string) (Emotion, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	for i, name := range emotionNames {
		if t == name || t == string(rune('0'+i)) {
			return Emotion(i), nil
		}
	}
	return Unlabelled, fmt.Errorf("unknown emotion %q, want one of %s or 0…%d", s, strings.Join(emotionNames[:], ", "),
		NumEmotions-1)
}

// Split names the part of a data set that an example belongs to.
type Split string

// The splits. FER2013's "Training" is [Train], its "PublicTest" [Public] and its "PrivateTest" [Private]; [Validation]
// is the source's own, or held out of Train by Ferlab; [Test] is any other test set (the course's test.csv, the
// synthetic test faces).
const (
	Train      Split = "train"
	Validation Split = "validation"
	Public     Split = "public"
	Private    Split = "private"
	Test       Split = "test"
)

// Example is one face with its label. The image is shared, never copied: treat it as read-only.
type Example struct {
	// ID names the example within its source for good: a path in a zip or folder, or "file.csv:row".
	ID    string
	Image *Image
	Label Emotion // Unlabelled if the source gives none.
	Split Split
}
