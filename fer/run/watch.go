package run

import (
	"fmt"
	"os"
	"time"
)

// Watch returns an observer that prints a line per epoch.
func Watch(title string) Observer { return &watcher{title: title} }

type watcher struct {
	title  string
	config Config
	begun  time.Time
	done   int
}

func (w *watcher) Start(config Config, _ int, history []Epoch) {
	w.config, w.begun, w.done = config, time.Now(), len(history)
}
func (w *watcher) Step(int, int, float64, float64) {}
func (w *watcher) Epoch(history []Epoch) {
	e := history[len(history)-1]
	each := time.Since(w.begun) / time.Duration(len(history)-w.done)
	fmt.Fprintf(os.Stderr, "%s epoch %d/%d: loss %.4f accuracy %.4f, validation loss %.4f accuracy %.4f, %s left\n", w.title, e.Epoch, w.config.Epochs,
		e.TrainLoss, e.TrainAccuracy, e.ValidationLoss, e.ValidationAccuracy, (each * time.Duration(w.config.Epochs-e.Epoch)).Round(time.Second))
}
func (w *watcher) End(error) {}
