// Train trains a net and leaves a run folder, or resumes an interrupted training there:
//
//	go run ./experiments/train -model cnn -out runs/cnn
//	go run ./experiments/train -recipe best -source fer2013.zip -out runs/best
//	go run ./experiments/train -recipe resnet -from runs/resnet -set epochs=20 -source fer2013.zip -out runs/longer
//	go run ./experiments/train -model cnn -set 'cnn.filters=[32,64,128]' -set epochs=8 -out runs/small
//	go run ./experiments/train -recipe resnet -source fer2013.zip -set votes.file=ferplus.csv -set votes.rule=majority
//	go run ./experiments/train -recipe resnet -from distilled -set from.new_head=true -source myfaces -out runs/mine
//	go run ./experiments/train -from best -source album -out runs/mine
//	go run ./experiments/train -model cnn -summary
//
// The classes are the source's: the seven emotions, those of its folders train/<class>, or with votes FER+'s eight. A
// run with other classes is started from without its last layer, if from.new_head says so.
//
// The last but one teaches a net some more with an album: photos of any size in a folder per class, album/happy/*.
// Their faces are found, cropped and divided once, into runs/mine-faces; what became of each photo stands in
// runs/mine-faces.csv. With -from alone, the net and its optimizer are that run's, at a tenth of the learning rate, and
// the last layer learns first; it begins anew if the album's classes are others.
// Ctrl-C saves the training; the same command resumes it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/album"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
)

func main() { cli.Main("train", mainErr) }

func mainErr() error {
	flags := cli.DefineConfig()
	name := flag.String("model", "", "net: "+strings.Join(model.Names(), ", ")+" (short for -set model=…)")
	from := flag.String("from", "",
		"start with the weights of this shipped run ("+pretrained.List()+") or run `folder` (short for -set "+
			"from.run=…); with -set from.new_head=true without its last layer, whatever its classes")
	source := flag.String("source", "",
		"\"synthetic\", a `path` to FER2013: folder, zip or CSV; or an album (short for -set source=…)")
	out := flag.String("out", "", "run `folder`; default runs/ and the recipe's or the model's name")
	summary := flag.Bool("summary", false, "print the net's layers and parameters, and end")
	replace := flag.Bool("replace", false, "remove the run that the folder holds and start anew")
	devices := flag.Int("devices", 1, "divide every batch among this `number` of devices, such as GPUs")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}

	var started *run.Run
	if *from != "" && *name == "" {
		r, err := pretrained.Find(*from)
		if err != nil {
			return fmt.Errorf("-from: %w", err)
		}
		base := run.FineTune(r.Config)
		started, flags.Base = r, &base
	}
	config, err := flags.Config("model="+*name, "source="+*source, "from.run="+*from)
	if err != nil {
		return err
	}
	if err := config.Validate(); err != nil {
		return err
	}
	if flags.Printed(config) {
		return nil
	}
	if *summary {
		if config, err = config.ForSource(); err != nil {
			return err
		}
		net, err := config.Config.Net(nil)
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
		*out = filepath.Join("runs", flags.Name(config))
	}
	if album.Is(config.Source) {
		if config.Source, err = faces(config.Source, *out+"-faces", config.HoldoutFraction, config.Seed); err != nil {
			return err
		}
		classes, err := dataset.ClassesOf(config.Source)
		if err != nil {
			return err
		}
		if started != nil && !started.Config.Classes.Equal(classes) {
			config.From.NewHead = true
		}
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	options := &run.Options{
		Observer: results.Watch(config.Model), Find: pretrained.Find, Replace: *replace, Devices: *devices,
		Progress: show.Counter("reading"),
	}
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
	if classes := r.Config.Classes; !classes.Equal(fer.Emotions) {
		fmt.Printf("%d classes: %s\n", classes.Len(), classes)
	}
	return nil
}

// faces makes a source of an album's photos, says what became of them, and returns the source.
func faces(photos, source string, fraction float64, seed uint64) (string, error) {
	a, err := album.Make(photos, source, &album.Options{
		Fraction: fraction, Seed: seed, Progress: show.Counter("looking for faces"),
	})
	if err != nil {
		return "", err
	}
	if err := a.WriteCSV(source + ".csv"); err != nil {
		return "", err
	}
	fmt.Print(a.Counts())
	if notes := a.Table(); len(notes.Rows) > 0 {
		fmt.Print(notes)
	}
	return source, nil
}
