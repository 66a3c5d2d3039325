package votes

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// CleanVotes is how many of ten voters agree on an image of the clean part of a data set.
const CleanVotes = 8

// Clean returns the predictions of images for which at least [CleanVotes] of ten votes are for the same of the seven
// emotions. The labels are what these see.
func Clean(t Table, p evaluate.Predictions) evaluate.Predictions {
	var clean evaluate.Predictions
	for _, row := range p {
		v := t[row.ID]
		of, each := v.Most()
		if len(of) == 1 && 10*each >= CleanVotes*v.Total() && of[0].Emotion().Valid() {
			row.Label = of[0].Emotion()
			clean = append(clean, row)
		}
	}
	return clean
}

// Contest compares nets with the first of them.
type Contest struct {
	Name string
	// By are accuracies: by the labels on all images, by the labels on the clean part, and by people there. Beyond is
	// what each exceeds the first net's by; its zero value is the first net's own.
	By     [3]evaluate.Interval
	Beyond [3]evaluate.Comparison
	Images [3]int
}

// Contests measures nets by FER2013's labels and by people. The nets must have predicted the same images, with labels;
// those without votes count on all images, too.
func Contests(t Table, b evaluate.Bootstrap, nets ...Net) ([]Contest, error) {
	if _, err := votedImages(t, nets); err != nil {
		return nil, err
	}
	var first [3]evaluate.Predictions
	all := make([]Contest, len(nets))
	for k, net := range nets {
		seen := Clean(t, net.Predictions)
		if len(seen) == 0 {
			return nil, fmt.Errorf("votes: %d of ten voters agree on none of the %d predicted images", CleanVotes,
				len(net.Predictions))
		}
		labels := map[string]fer.Class{}
		for _, row := range net.Predictions {
			labels[row.ID] = row.Label
		}
		labelled := make(evaluate.Predictions, len(seen))
		for i, row := range seen {
			row.Label = labels[row.ID]
			labelled[i] = row
		}
		all[k].Name = net.Name
		for i, p := range [3]evaluate.Predictions{net.Predictions, labelled, seen} {
			all[k].By[i], all[k].Images[i] = evaluate.Accuracy(p, b), len(p)
			if k == 0 {
				first[i] = p
				continue
			}
			var err error
			if all[k].Beyond[i], err = evaluate.Compare(p, first[i], b); err != nil {
				return nil, fmt.Errorf("votes: %s and %s: %w", net.Name, nets[0].Name, err)
			}
		}
	}
	return all, nil
}
