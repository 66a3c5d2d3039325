package audit

import (
	"fmt"

	"ferlab/fer"
	"ferlab/fer/evaluate"
)

// LeakedIDs returns the IDs of the examples outside the training split whose image is also in it, in the groups' order.
func (gs Groups) LeakedIDs() []string {
	var ids []string
	for _, g := range gs.Leaking() {
		for _, e := range g.Examples {
			if e.Split != fer.Train {
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}

// LeakEffect is a net's accuracy on the images that it was tested on, all and apart by whether it could know them from
// training.
type LeakEffect struct {
	// All, Clean and Leaked are the accuracies on all images, on those not leaked, and on the leaked ones, with
	// bootstrap intervals; NaN where there are no such images.
	All, Clean, Leaked evaluate.Interval
	N, NLeaked         int // Images, and how many of them are leaked.
}

// MeasureLeaks returns the accuracy with and without leaked images, such as [Groups.LeakedIDs] of the data that the net
// was trained and tested on. IDs without a prediction are ignored: they are of other splits. It returns an error if
// [evaluate.Predictions.Check] does.
func MeasureLeaks(p evaluate.Predictions, leaked []string, b evaluate.Bootstrap) (LeakEffect, error) {
	if err := p.Check(); err != nil {
		return LeakEffect{}, fmt.Errorf("audit: effect of leaks: %w", err)
	}
	listed := make(map[string]bool, len(leaked))
	for _, id := range leaked {
		listed[id] = true
	}
	var clean, known evaluate.Predictions
	for _, row := range p {
		if listed[row.ID] {
			known = append(known, row)
		} else {
			clean = append(clean, row)
		}
	}
	return LeakEffect{
		All: evaluate.Accuracy(p, b), Clean: evaluate.Accuracy(clean, b), Leaked: evaluate.Accuracy(known, b),
		N: len(p), NLeaked: len(known),
	}, nil
}

// String returns "accuracy 0.6400 […] of 3589 images, 0.6350 […] without the 270 leaked ones, which alone give 0.7000
// […]".
func (l LeakEffect) String() string {
	if l.NLeaked == 0 {
		return fmt.Sprintf("accuracy %v of %d images, none of them leaked", l.All, l.N)
	}
	return fmt.Sprintf("accuracy %v of %d images, %v without the %d leaked ones, which alone give %v", l.All, l.N,
		l.Clean, l.NLeaked, l.Leaked)
}
