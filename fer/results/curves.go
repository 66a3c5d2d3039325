package results

import (
	"fmt"
	"strings"

	"ferlab/fer/figure"
	"ferlab/fer/run"
)

// Curves draws loss and accuracy of one or more runs against the epoch.
func Curves(runs ...*run.Run) (*figure.Figure, error) {
	if len(runs) == 0 {
		return nil, fmt.Errorf("curves of no run")
	}
	histories := make([]figure.History, len(runs))
	captions := make([]string, len(runs))
	for i, r := range runs {
		histories[i] = series(r.Name, r.History)
		captions[i] = r.Caption()
	}
	return figure.Curves(histories, figure.Options{
		Title: "Learning curves",
		Caption: "Training accuracy is measured with dropout and augmentation, validation accuracy without. " +
			strings.Join(captions, "; ") + ".",
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
