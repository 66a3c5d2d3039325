package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"ferlab/fer"
	"ferlab/fer/figure"
	"ferlab/internal/atomicfile"
)

// Scale is what a training with a number of images takes: time to open them, speed, and memory.
type Scale struct {
	Images    int     `json:"images"`
	Open      float64 `json:"open"`       // Seconds in which the images are made, or read.
	PerSecond float64 `json:"per_second"` // Images trained on.
	// The most memory that the program held, in bytes: its own, and pages of files, which the system takes back
	// when it needs them. 0 where the system doesn't tell.
	Own   int64 `json:"own"`
	Files int64 `json:"files"`
}

// MeasureScale lets a contender, which gets the number of images as flag -scale, train for some turns, and watches its
// memory. Its first answer is an [Opened], then it goes on as [Serve] does.
func MeasureScale(ctx context.Context, c Contender, images int, s Settings) (Scale, error) {
	result := Scale{Images: images}
	watched := make(chan struct{})
	w, err := launch(ctx, c, []string{"-scale", strconv.Itoa(images)})
	if err != nil {
		return result, err
	}
	ended, stop := context.WithCancel(ctx)
	go func() {
		defer close(watched)
		for tick := time.Tick(20 * time.Millisecond); ended.Err() == nil; <-tick {
			held := w.memory()
			result.Own = max(result.Own, held["RssAnon"])
			result.Files = max(result.Files, held["RssFile"]+held["RssShmem"])
		}
	}()
	var opened Opened
	var turns []float64
	if err = w.read(&opened); err == nil {
		err = w.read(&w.ready)
	}
	for range s.Rounds {
		var t Turn
		if err == nil {
			t, err = w.turn(s.Seconds)
			turns = append(turns, float64(t.Examples)/t.Seconds)
		}
	}
	stop()
	<-watched
	w.stop()
	result.Open = opened.Seconds
	if err == nil {
		result.PerSecond = spread(turns).Median
	}
	return result, err
}

// Opened is a contender's first answer to [MeasureScale].
type Opened struct {
	Seconds float64 `json:"seconds"`
}

// ScaleTable writes a row for each number of images.
func ScaleTable(w io.Writer, list []Scale) error {
	fmt.Fprintf(w, "%10s %10s %12s %14s %16s\n", "images", "opened, s", "images/s", "memory, MiB", "of files, MiB")
	for _, s := range list {
		if _, err := fmt.Fprintf(w, "%10d %10.1f %12.0f %14d %16d\n", s.Images, s.Open, s.PerSecond, s.Own>>20,
			s.Files>>20); err != nil {
			return err
		}
	}
	return nil
}

// ScaleFigures draws speed and memory by the number of images.
func ScaleFigures(list []Scale) (speed, held *figure.Figure, err error) {
	var x, perSecond, own, files, images []float64
	for _, s := range list {
		x, perSecond = append(x, float64(s.Images)), append(perSecond, s.PerSecond)
		own, files = append(own, float64(s.Own)/1e6), append(files, float64(s.Own+s.Files)/1e6)
		images = append(images, float64(s.Images)*fer.Pixels/1e6)
	}
	axis := figure.Axis{Label: "images", Log: true}
	speed, err = figure.Lines([]figure.Series{{Name: "training", X: x, Y: perSecond}}, axis,
		figure.Axis{Label: "images per second", Max: 1.2 * slices.Max(perSecond)},
		figure.Options{Title: "Speed by the number of images"})
	if err != nil {
		return nil, nil, err
	}
	held, err = figure.Lines([]figure.Series{{Name: "the program's own", X: x, Y: own},
		{Name: "with pages of files", X: x, Y: files}, {Name: "the images alone", X: x, Y: images, Dashed: true}},
		axis, figure.Axis{Label: "MB"}, figure.Options{Title: "Peak memory by the number of images"})
	return speed, held, err
}

// WriteScale writes the measurements into a file, as JSON.
func WriteScale(path string, machine Machine, list []Scale) error {
	text, err := json.MarshalIndent(struct {
		Machine Machine `json:"machine"`
		Scales  []Scale `json:"scales"`
	}{machine, list}, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, append(text, '\n'))
}
