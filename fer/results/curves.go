package results

import (
	"fmt"

	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Curves draws loss and accuracy of one or more runs against the epoch.
func Curves(runs ...*run.Run) (*figure.Figure, error) {
	if len(runs) == 0 {
		return nil, fmt.Errorf("curves of no run")
	}
	histories := make([]figure.History, len(runs))
	changed := "images that are changed at random"
	dropped := false
	for i, r := range runs {
		histories[i] = series(Name(r), r.History)
		dropped = dropped || dropout(r.Config) > 0
	}
	if dropped {
		changed += ", and with dropout"
	}
	return figure.Curves(histories, figure.Options{
		Title: "Learning curves",
		Caption: "Training accuracy is measured on " + changed + ", validation accuracy on images as they are. " +
			measured(runs...),
	})
}

func series(name string, history []run.Epoch) figure.History {
	h := figure.History{Name: name}
	for _, e := range history {
		h.Epochs = append(h.Epochs, float64(e.Epoch))
		h.TrainLoss = append(h.TrainLoss, e.TrainLoss)
		h.ValidationLoss = append(h.ValidationLoss, e.ValidationLoss)
		h.TrainAccuracy = append(h.TrainAccuracy, e.TrainAccuracy)
		h.ValidationAccuracy = append(h.ValidationAccuracy, e.ValidationAccuracy)
	}
	return h
}
