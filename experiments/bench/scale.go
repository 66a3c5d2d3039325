package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ferlab/experiments/internal/bench"
	"ferlab/fer/backend"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
)

const scaleBatch = 128

// scale measures the CNN's training with each number of synthetic images, in a process of its own.
func scale(ctx context.Context, counts, out string, settings bench.Settings) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var list []bench.Scale
	for _, text := range strings.Split(counts, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < scaleBatch {
			return fmt.Errorf("number of images is %q, want at least %d", text, scaleBatch)
		}
		s, err := bench.MeasureScale(ctx, bench.Contender{Command: []string{self, "-worker", "scale"}}, n, settings)
		if err != nil {
			return fmt.Errorf("%d images: %w", n, err)
		}
		log.Printf("%d images: %.0f a second", n, s.PerSecond)
		list = append(list, s)
	}
	if err := bench.WriteScale(filepath.Join(out, "scale.json"), bench.ThisMachine(), list); err != nil {
		return err
	}
	speed, held, err := bench.ScaleFigures(list)
	if err != nil {
		return err
	}
	if err := speed.Save(filepath.Join(out, "scale-speed.png")); err != nil {
		return err
	}
	if err := held.Save(filepath.Join(out, "scale-memory.png")); err != nil {
		return err
	}
	return bench.ScaleTable(os.Stdout, list)
}

// serveScale opens so many synthetic images and trains the CNN on them, in the order of a real training.
func serveScale(images int) error {
	b, err := backend.Get()
	if err != nil {
		return err
	}
	start := time.Now()
	data, err := dataset.Open(fmt.Sprintf("synthetic:train=%d,test=0", images), nil)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(bench.Opened{Seconds: time.Since(start).Seconds()}); err != nil {
		return err
	}
	augment := dataset.Augment{Flip: true, Shift: 4}
	epochs := dataset.Epochs{Examples: data.Examples, Size: scaleBatch, Augment: augment, Seed: 1}
	made := make(chan dataset.Batch)
	go func() { // Ends with the program.
		for epoch := 0; ; epoch++ {
			for batch := range epochs.Batches(epoch, 0) {
				made <- batch
			}
		}
	}()
	step, err := trainingStep(b, model.CNN(nil), false, func() (pixels []uint8, labels []int32) {
		batch := <-made
		return batch.Images, batch.Labels
	})
	if err != nil {
		return err
	}
	return bench.Serve(os.Stdin, os.Stdout, backend.Describe(b), scaleBatch, step)
}
