package results

import (
	"fmt"
	"os"

	"ferlab/fer/figure"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

// Watch returns an observer for a person who watches: a progress bar with the time left, a line per epoch in a
// terminal, and live curves in a notebook. Where nobody watches (a notebook run headless) it shows nothing.
func Watch(title string) run.Observer { return &watcher{title: title} }

type watcher struct {
	title    string
	steps    int
	progress *show.Progress
	live     show.Live
	note     string
	epochs   int
}

func (w *watcher) Start(config run.Config, steps int, history []run.Epoch) {
	w.steps, w.epochs = steps, config.Epochs
	w.progress = show.NewProgress(w.title, config.Epochs*steps)
	w.progress.Update(len(history)*steps, "")
}

func (w *watcher) Step(epoch, step int, loss, accuracy float64) {
	w.progress.Update((epoch-1)*w.steps+step+1, fmt.Sprintf("epoch %d/%d, loss %.3f, accuracy %.3f%s", epoch, w.epochs,
		loss, accuracy, w.note))
}

func (w *watcher) Epoch(history []run.Epoch) {
	e := history[len(history)-1]
	w.note = fmt.Sprintf(", validation %.3f", e.ValidationAccuracy)
	switch {
	case show.Watched():
		if f, err := figure.Curves([]figure.History{series("", history)}, figure.Options{Title: w.title}); err == nil {
			w.live.Update(f) // A picture that can't be shown is no reason to end a training.
		}
	case !show.In():
		fmt.Fprintf(os.Stderr, "%s epoch %d/%d: loss %.4f accuracy %.4f, validation loss %.4f accuracy %.4f\n",
			w.title, e.Epoch, w.epochs, e.TrainLoss, e.TrainAccuracy, e.ValidationLoss, e.ValidationAccuracy)
	}
}

func (w *watcher) End(error) {
	w.progress.Done("")
	w.live.Close()
}
