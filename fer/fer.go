// Package fer is the vocabulary of Ferlab: classes such as the seven emotions, 48×48 grey face images, and labelled
// examples.
//
// It is to its sub-packages what the standard library's image is to image/png: they all speak in its types, and it
// imports none of them. Start with
//
//   - [ferlab/fer/dataset] to open a source of faces (built-in synthetic ones by default, or FER2013),
//   - [ferlab/fer/model] for the nets,
//   - [ferlab/fer/run] to train one and to open what a training left.
package fer

// NumEmotions is the number of FER2013's classes, see [Emotions].
const NumEmotions = 7

// The seven emotions of FER2013, in its order.
const (
	Angry Class = iota
	Disgust
	Fear
	Happy
	Sad
	Surprise
	Neutral
)

var emotionNames = [NumEmotions]string{"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"}

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
	Label Class // One of the data set's classes; Unlabelled if the source gives none.
	Split Split
	// Target is the share of each class among several people's answers, if these are to be learned; else nil.
	Target []float64
}
