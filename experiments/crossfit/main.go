// Crossfit trains k nets, each on the other parts of the training split, and writes what they think of the images that
// they were not trained on: a table of soft labels for another net to learn from.
//
//	go run ./experiments/crossfit -recipe folds -folds 3 -source fer2013.zip -dir runs/folds -tta thirty -out soft.csv
//	go run ./experiments/train -recipe resnet -set soft_labels.file=soft.csv -set soft_labels.weight=0.6 \
//		-source fer2013.zip
//
// With -fold it trains one net alone, so that several processes share the work; the command without it makes the table.
// -average takes other tables into it, as the opinions of more nets.
//
// Ctrl-C saves the training; the same command resumes it. The table's probabilities are rounded to four digits and
// scaled by one temperature, fitted to the labels of the held parts.
package main

import (
	"flag"
	"fmt"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

func main() { cli.Main("crossfit", mainErr) }

func mainErr() error {
	source := flag.String("source", "synthetic", "\"synthetic\", or a `path` to FER2013: folder, zip or CSV")
	folds := flag.Int("folds", 3, "train this many nets")
	dir := flag.String("dir", "runs/folds", "`folder` of their runs")
	tta := flag.String("tta", "none", "average over `views` of each image: none, flip, ten or thirty")
	fold := flag.Int("fold", 0, "train the net of this fold alone, from 1 to -folds, and write no table")
	average := flag.String("average", "",
		"average with these tables of other nets, CSV `files` separated by commas")
	out := flag.String("out", "soft.csv", "write the table to this CSV `file`")
	flags := cli.DefineConfig()
	if err := cli.Parse(); err != nil {
		return err
	}
	config, err := flags.Config()
	if err != nil {
		return err
	}
	views, err := dataset.TTA(*tta)
	if err != nil {
		return err
	}
	if flags.Printed(config) {
		return config.Validate()
	}
	var others []evaluate.Predictions
	if *fold == 0 {
		if others, err = tables(*average); err != nil {
			return err
		}
	}
	config.Source = *source
	data, err := cli.OpenFor(config, dataset.Options{})
	if err != nil {
		return err
	}
	train := data.Split(fer.Train)
	ctx, stop := cli.Interruptible()
	defer stop()
	options := &run.Options{Observer: results.Watch("fold"), Find: pretrained.Find}
	if *fold != 0 {
		_, err := crossfit.TrainOne(ctx, train, *fold-1, *folds, config, *dir, options)
		return err
	}
	trained, err := crossfit.Train(ctx, train, *folds, config, *dir, options)
	if err != nil {
		return err
	}
	p, err := crossfit.Predict(train, trained, views...)
	if err != nil {
		return err
	}
	if p, err = evaluate.Average(append([]evaluate.Predictions{p}, others...)...); err != nil {
		return err
	}
	temperature, err := evaluate.Temperature(p)
	if err != nil {
		return err
	}
	p = evaluate.Scale(p, temperature)
	fmt.Printf("accuracy %v of held-out training images n=%d folds=%d views=%s loss %.4f temperature %.4f\n",
		evaluate.Accuracy(p, evaluate.Bootstrap{}), len(p), *folds, *tta, p.NLL(), temperature)
	return p.Round(4).WriteFile(*out) // Four digits are more than the nets know.
}

// tables reads the files of the flag -average.
func tables(value string) (all []evaluate.Predictions, err error) {
	if value == "" {
		return nil, nil
	}
	files, err := cli.List("-average", value)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		table, err := evaluate.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, table)
	}
	return all, nil
}
