package evaluate

import (
	"fmt"

	"ferlab/fer"
)

// Average returns the mean probabilities of several nets for the same images: an ensemble's predictions, in the order
// of the first. It is an error if the nets didn't see the same images with the same labels.
func Average(nets ...Predictions) (Predictions, error) {
	if len(nets) == 0 {
		return nil, fmt.Errorf("no predictions to average")
	}
	sum := make(Predictions, len(nets[0]))
	for n, p := range nets {
		if len(p) != len(sum) {
			return nil, fmt.Errorf("predictions %d are of %d images, the first of %d", n+1, len(p), len(sum))
		}
		rows := make(map[string]Prediction, len(p))
		for _, row := range p {
			rows[row.ID] = row
		}
		for i, first := range nets[0] {
			row, ok := rows[first.ID]
			if !ok || row.Label != first.Label {
				return nil, fmt.Errorf("predictions %d lack image %q with the label of the first", n+1, first.ID)
			}
			sum[i].ID, sum[i].Label = first.ID, first.Label
			for k := range fer.NumEmotions {
				sum[i].Probs[k] += row.Probs[k] / float64(len(nets))
			}
		}
	}
	return sum, nil
}
