// Package votes holds what several people see in a face. FER+ (Barsoum, Zhang, Canton Ferrer & Zhang 2016, "Training
// deep networks for facial expression recognition with crowd-sourced label distribution") asked ten people about each
// image of FER2013, whose own labels are one opinion.
//
// [Open] reads a file of votes, [Source.Join] finds the votes of each image of a data set, and [Table.Apply] makes
// labels of them; a [Config] does all three. [Agreements] and [ByLevel] compare labels and nets with people.
package votes

import (
	"fmt"
	"math"
	"strings"

	"ferlab/fer"
)

// Choice is what a voter may say about an image, in FER+'s order.
type Choice int

// The choices. The last three are none of the seven emotions.
const (
	Neutral Choice = iota
	Happiness
	Surprise
	Sadness
	Anger
	Disgust
	Fear
	Contempt
	Unknown
	NoFace

	NumChoices = 10
)

var choices = [NumChoices]struct {
	name    string
	emotion fer.Class
}{
	{"neutral", fer.Neutral}, {"happiness", fer.Happy}, {"surprise", fer.Surprise}, {"sadness", fer.Sad}, {"anger",
		fer.Angry},
	{"disgust", fer.Disgust}, {"fear", fer.Fear}, {"contempt", fer.Unlabelled}, {"unknown", fer.Unlabelled}, {"NF",
		fer.Unlabelled},
}

// String returns FER+'s name of the choice, which is that of its column.
func (c Choice) String() string { return choices[c].name }

// Emotion returns the emotion of FER2013's seven, [fer.Unlabelled] for contempt, unknown and no face.
func (c Choice) Emotion() fer.Class { return choices[c].emotion }

// Class returns the choice's class of a set, which is [fer.Emotions] or [fer.FERPlus]: contempt is a class of the
// latter. It is [fer.Unlabelled] if the set doesn't have it.
func (c Choice) Class(classes fer.Classes) fer.Class {
	if contempt, ok := classes.Find("contempt"); ok && c == Contempt {
		return contempt
	}
	return choices[c].emotion
}

// ParseChoice reads FER+'s name of a choice, in any letter case.
func ParseChoice(name string) (Choice, error) {
	for c, choice := range choices {
		if strings.EqualFold(strings.TrimSpace(name), choice.name) {
			return Choice(c), nil
		}
	}
	return 0, fmt.Errorf("unknown choice %q, want one of %s", name, strings.Join(names(), ", "))
}

// ParseChoices reads names of choices, see [ParseChoice]; none of no names.
func ParseChoices(names []string) ([]Choice, error) {
	var all []Choice
	for _, name := range names {
		c, err := ParseChoice(name)
		if err != nil {
			return all, err
		}
		all = append(all, c)
	}
	return all, nil
}

func names() []string {
	all := make([]string, NumChoices)
	for c, choice := range choices {
		all[c] = choice.name
	}
	return all
}

// Votes counts the votes about one image.
type Votes [NumChoices]int

// Table holds the votes about images, by [fer.Example].ID.
type Table map[string]Votes

// Total returns the number of votes.
func (v Votes) Total() int {
	n := 0
	for _, k := range v {
		n += k
	}
	return n
}

// Most returns the choices with the most votes, several on a tie, and how many votes each has. It returns none without
// votes.
func (v Votes) Most() (of []Choice, each int) {
	for c, k := range v {
		if k > each {
			of, each = nil, k
		}
		if k == each && k > 0 {
			of = append(of, Choice(c))
		}
	}
	return of, each
}

// Majority returns the choice with more than half of the votes, if there is one.
func (v Votes) Majority() (Choice, bool) {
	of, each := v.Most()
	if len(of) == 0 || 2*each <= v.Total() {
		return 0, false
	}
	return of[0], true
}

// Of returns the number of votes for an emotion.
func (v Votes) Of(e fer.Class) int {
	for c, k := range v {
		if e.Valid() && Choice(c).Emotion() == e {
			return k
		}
	}
	return 0
}

// Shares returns the share of each emotion among the votes for any of the seven; ok is false without such a vote.
func (v Votes) Shares() (shares []float64, ok bool) { return v.sharesOf(fer.Emotions) }

func (v Votes) sharesOf(classes fer.Classes) (shares []float64, ok bool) {
	shares = make([]float64, classes.Len())
	n := 0
	for c, k := range v {
		if e := Choice(c).Class(classes); e.Valid() {
			shares[e] = float64(k)
			n += k
		}
	}
	if n == 0 {
		return shares, false
	}
	for e := range shares {
		shares[e] /= float64(n)
	}
	return shares, true
}

// Wrong reports whether people say that a label is wrong: at least half of all votes are for another of the seven
// emotions, and fewer than half for the label.
func (v Votes) Wrong(label fer.Class) bool {
	n := v.Total()
	if n == 0 || 2*v.Of(label) >= n {
		return false
	}
	for _, e := range fer.Emotions.All() {
		if e != label && 2*v.Of(e) >= n {
			return true
		}
	}
	return false
}

// Entropy returns −Σ p ln p of a distribution, in nats.
func Entropy(p []float64) float64 {
	sum := 0.0
	for _, x := range p {
		if x > 0 {
			sum -= x * math.Log(x)
		}
	}
	return sum
}
