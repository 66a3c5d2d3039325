package evaluate

import "fmt"

// Average returns the mean probabilities of several nets for the same images: an ensemble's predictions, in the order
// of the first. It is an error if the nets didn't see the same images with the same labels, or know other classes.
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
			if ok && !row.Classes.Equal(first.Classes) {
				return nil, fmt.Errorf("predictions %d are of the classes %s, the first of %s", n+1, row.Classes,
					first.Classes)
			}
			if !ok || row.Label != first.Label {
				return nil, fmt.Errorf("predictions %d lack image %q with the label of the first", n+1, first.ID)
			}
			if n == 0 {
				sum[i] = Prediction{first.ID, first.Label, make([]float64, len(first.Probs)), first.Classes}
			}
			for k := range first.Probs {
				sum[i].Probs[k] += row.Probs[k] / float64(len(nets))
			}
		}
	}
	return sum, nil
}
