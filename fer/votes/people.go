package votes

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// Net is what a net, or several together, predict for images with FER2013's labels.
type Net struct {
	Name        string
	Predictions evaluate.Predictions
}

// Agreement says how often somebody agrees with FER2013's labels and with people. Each share has its interval.
type Agreement struct {
	Name string
	// Label is the share of answers that are FER2013's label.
	Label evaluate.Interval
	// Voter is the chance that one of the voters gives the same answer; a voter's own is that of another one.
	Voter evaluate.Interval
	// Others is the share of answers that are what more than half of nine voters say. Each voter is left out in turn,
	// and is compared with the other nine; labels and nets are compared with the same nines. Nothing is counted where
	// the nine agree on none of the seven emotions. NaN for all ten together.
	Others evaluate.Interval
	// ByEmotion is Others by the emotion that the nine see.
	ByEmotion [fer.NumEmotions]evaluate.Interval
}

// The names of those who are no net.
const (
	OneVoter = "one voter"
	AllTen   = "most votes of ten"
	OldLabel = "FER2013's label"
)

// Agreements compares one voter, the choice with the most votes (those that tie share it), FER2013's labels and nets,
// in this order, on the n images that have votes. Nets must have predicted the same images, with labels.
func Agreements(t Table, b evaluate.Bootstrap, nets ...Net) (all []Agreement, n int, err error) {
	voted, err := votedImages(t, nets)
	if err != nil {
		return nil, 0, err
	}
	first := voted[0]
	agreement := func(name string, answer func(i int) answer) Agreement {
		return agreementOf(name, t, first, b, answer)
	}
	all = append(all,
		agreement(OneVoter, func(i int) answer { return anyVoter(t[first[i].ID]) }),
		agreement(AllTen, func(i int) answer { return mostVoted(t[first[i].ID]) }),
		agreement(OldLabel, func(i int) answer { return sure(first[i].Label) }))
	for k, p := range voted {
		all = append(all, agreement(nets[k].Name, func(i int) answer { return sure(p[i].Predicted()) }))
	}
	return all, len(first), nil
}

// answer is what somebody says about an image: each choice with its probability.
type answer struct {
	choices [NumChoices]float64
	voter   bool // One of the voters answers, each as likely as the others.
	whole   bool // All voters together answer.
}

func sure(e fer.Class) (a answer) {
	for c := range a.choices {
		if Choice(c).Emotion() == e {
			a.choices[c] = 1
		}
	}
	return a
}

func anyVoter(v Votes) answer {
	a := answer{voter: true}
	for c, k := range v {
		a.choices[c] = float64(k) / float64(v.Total())
	}
	return a
}

func mostVoted(v Votes) answer {
	a := answer{whole: true}
	of, _ := v.Most()
	for _, c := range of {
		a.choices[c] = 1 / float64(len(of))
	}
	return a
}

// agreementOf measures the answers to images p.
func agreementOf(name string, t Table, p evaluate.Predictions, b evaluate.Bootstrap,
	answerTo func(i int) answer) Agreement {
	n := len(p)
	ones, label, voter := make([]float64, n), make([]float64, n), make([]float64, n)
	var parts, wholes [fer.NumEmotions + 1][]float64 // By emotion; the last is of all.
	for e := range parts {
		parts[e], wholes[e] = make([]float64, n), make([]float64, n)
	}
	for i, row := range p {
		v, a := t[row.ID], answerTo(i)
		total := float64(v.Total())
		ones[i] = 1
		for c, says := range a.choices {
			if Choice(c).Emotion() == row.Label {
				label[i] += says
			}
			same := float64(v[c]) / total
			if a.voter {
				same = (float64(v[c]) - 1) / max(total-1, 1)
			}
			if says > 0 {
				voter[i] += says * same
			}
		}
		for left, k := range v {
			rest := v
			rest[left]--
			seen, ok := rest.Majority()
			if k == 0 || a.whole || !ok || !seen.Emotion().Valid() {
				continue
			}
			agrees := a.choices[seen]
			if a.voter {
				agrees = 0
				if Choice(left) == seen {
					agrees = 1
				}
			}
			for _, e := range []int{int(seen.Emotion()), fer.NumEmotions} {
				parts[e][i] += float64(k) / total * agrees
				wholes[e][i] += float64(k) / total
			}
		}
	}
	a := Agreement{Name: name, Label: b.Ratio(label, ones), Voter: b.Ratio(voter, ones)}
	a.Others = b.Ratio(parts[fer.NumEmotions], wholes[fer.NumEmotions])
	for e := range a.ByEmotion {
		a.ByEmotion[e] = b.Ratio(parts[e], wholes[e])
	}
	return a
}

// votedImages returns the predictions of each net for the images that have votes, in the order of the first.
func votedImages(t Table, nets []Net) ([]evaluate.Predictions, error) {
	if len(nets) == 0 {
		return nil, fmt.Errorf("votes: no net to compare with people")
	}
	voted := make([]evaluate.Predictions, len(nets))
	for k, net := range nets {
		if err := net.Predictions.Check(); err != nil {
			return nil, fmt.Errorf("votes: net %s: %w", net.Name, err)
		}
		if classes := net.Predictions.Classes(); !classes.Equal(fer.Emotions) {
			return nil, fmt.Errorf("votes: net %s tells apart %s: compare one of the seven emotions with people",
				net.Name, classes)
		}
		byID := make(map[string]evaluate.Prediction, len(net.Predictions))
		for _, row := range net.Predictions {
			byID[row.ID] = row
		}
		if len(net.Predictions) != len(nets[0].Predictions) {
			return nil, fmt.Errorf("votes: %s predicts %d images and %s %d: compare nets on the same images",
				nets[0].Name, len(nets[0].Predictions), net.Name, len(net.Predictions))
		}
		for _, first := range nets[0].Predictions {
			row, ok := byID[first.ID]
			if !ok || row.Label != first.Label {
				return nil, fmt.Errorf("votes: %s lacks image %q with the label that %s has", net.Name, first.ID,
					nets[0].Name)
			}
			if t[first.ID].Total() > 0 {
				voted[k] = append(voted[k], row)
			}
		}
	}
	if len(voted[0]) == 0 {
		return nil, fmt.Errorf("votes: none of the %d predicted images has votes, such as %q: "+
			"are the votes of another data set?",
			len(nets[0].Predictions), nets[0].Predictions[0].ID)
	}
	return voted, nil
}
