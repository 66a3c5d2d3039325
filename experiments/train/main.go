// Train trains a net and leaves a run folder, or resumes an interrupted training there:
//
//	go run ./experiments/train -model cnn -out runs/cnn
//	go run ./experiments/train -preset full -model cnn -source fer2013.zip -out runs/cnn-fer
//	go run ./experiments/train -model cnn -set 'cnn.filters=[32,64,128]' -set epochs=8 -out runs/small
//	go run ./experiments/train -model cnn -summary
//
// Ctrl-C saves the training; the same command resumes it.
package main

import (
	"errors"
	"flag"
	"fmt"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/model"
	"ferlab/fer/run"
)

func main() { cli.Main("train", mainErr) }

func mainErr() error {
	preset := flag.String("preset", "quick", "configuration to start from: quick (minutes), full (the recorded FER2013 runs) or report (the report's own, 1,800 epochs)")
	file := flag.String("config", "", "JSON `file` with configuration fields that replace the preset's")
	name := flag.String("model", "", "net: cnn or dnn (short for -set model=…)")
	source := flag.String("source", "", "\"synthetic\", or a `path` to FER2013: folder, zip or CSV (short for -set source=…)")
	out := flag.String("out", "", "run `folder`; default runs/<model>")
	summary := flag.Bool("summary", false, "print the net's layers and parameters, and end")
	replace := flag.Bool("replace", false, "remove the run that the folder holds and start anew")
	devices := flag.Int("devices", 1, "divide every batch among this `number` of devices, such as GPUs")
	sets := cli.SetFlag("epochs=8 or augment.flip=false")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}

	config, err := run.Preset(*preset)
	if err != nil {
		return err
	}
	if *file != "" {
		if err := config.ReadFile(*file); err != nil {
			return err
		}
	}
	if *name != "" {
		config.Model = *name
	}
	if *source != "" {
		config.Source = *source
	}
	if err := sets.Apply(&config); err != nil {
		return err
	}
	if err := config.Validate(); err != nil {
		return err
	}
	if *summary {
		net, err := config.Net(nil)
		if err != nil {
			return err
		}
		table, err := model.Summarize(net)
		if err != nil {
			return err
		}
		fmt.Print(table)
		return nil
	}
	if *out == "" {
		*out = "runs/" + config.Model
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	options := &run.Options{Observer: run.Watch(config.Model), Replace: *replace, Devices: *devices}
	if options.Data, err = cli.Training(config, *skipBad); err != nil {
		return err
	}
	r, err := run.Train(ctx, *out, config, options)
	if errors.Is(err, run.ErrInterrupted) {
		return err
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", *out, err)
	}
	fmt.Printf("accuracy %.4f loss %.4f n=%d split=%s epoch=%d run=%s\n",
		r.Record.Accuracy, r.Record.Loss, r.Record.ValidationImages, r.Record.Validation, r.Record.SelectedEpoch, *out)
	return nil
}
