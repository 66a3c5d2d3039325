// Audit looks for duplicates, leaks between the splits, blank and unusual images and wrong labels, and lists them in a
// table:
//
//	go run ./experiments/audit -source fer2013.zip -out audit.csv
//	go run ./experiments/audit -source fer2013.zip -folds 3 -set epochs=10 -set 'cnn.filters=[16,32,64,128]'
//	go run ./experiments/audit -source fer2013.zip -run cnn
//
// The first looks at the images only. The second also trains three nets, each on two thirds of the training split, and
// lists the labels of the last third that it doubts; Ctrl-C saves them, and the same command resumes. The third also
// prints the accuracy of a run with and without the leaked images. Remove from the table the rows of the images to
// keep, and train without the others:
//
//	go run ./experiments/train -source fer2013.zip -set exclude=audit.csv -out runs/clean
package main

import (
	"flag"
	"fmt"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
)

func main() { cli.Main("audit", mainErr) }

func mainErr() error {
	source := flag.String("source", "synthetic", "\"synthetic\", or a `path` to FER2013: folder, zip or CSV")
	out := flag.String("out", "audit.csv", "write the findings to this CSV `file`")
	folds := flag.Int("folds", 0, "train this many nets to find wrong labels in the training split; 0 for none")
	dir := flag.String("dir", "runs/audit", "`folder` of these nets' runs")
	flags := cli.DefineConfig()
	trainOnly := flag.Bool("train", false, "list findings of the training split only, so that a test stays as it is")
	name := flag.String("run", "",
		"also print the accuracy of this shipped run ("+pretrained.List()+") or run `folder` without leaked images")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}
	config, err := flags.Config()
	if err != nil {
		return err
	}
	if flags.Printed(config) {
		return config.Validate()
	}
	data, err := cli.Open(*source, dataset.Options{SkipBad: *skipBad, AnyClasses: *folds == 0})
	if err != nil {
		return err
	}
	exact := audit.Exact(data)
	fmt.Printf("groups %d contradicting=%d leaking=%d n=%d source=%s\n",
		len(exact), len(exact.Contradicting()), len(exact.Leaking()), data.Len(), data.Name)
	findings, err := audit.Images(data)
	if err != nil {
		return err
	}
	if *folds > 0 {
		ctx, stop := cli.Interruptible()
		defer stop()
		train := data.Split(fer.Train)
		trained, err := crossfit.Train(ctx, train, *folds, config, *dir,
			&run.Options{Observer: results.Watch("fold"), Find: pretrained.Find})
		if err != nil {
			return err
		}
		p, err := crossfit.Predict(train, trained)
		if err != nil {
			return err
		}
		doubts, err := audit.LabelErrors(p)
		if err != nil {
			return err
		}
		fmt.Printf("accuracy %.4f out of sample n=%d folds=%d\n", p.Accuracy(), len(p), *folds)
		findings = append(findings, doubts...)
	}
	if *trainOnly {
		findings = findings.In(data.Split(fer.Train))
	}
	fmt.Print(findings)
	if *name != "" {
		r, err := pretrained.Find(*name)
		if err != nil {
			return err
		}
		p, err := r.Predictions()
		if err != nil {
			return err
		}
		effect, err := audit.MeasureLeaks(p, exact.LeakedIDs(), evaluate.Bootstrap{})
		if err != nil {
			return err
		}
		fmt.Println(effect)
	}
	return findings.WriteFile(*out)
}
