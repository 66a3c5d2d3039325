// Audit looks for duplicates, leaks between the splits, blank and unusual images and wrong labels, and lists them in a
// table:
//
//	go run ./experiments/audit -source fer2013.zip -out audit.csv
//	go run ./experiments/audit -source fer2013.zip -folds 3 -set epochs=10 -set 'cnn.filters=[16,32,64,128]'
//	go run ./experiments/audit -source fer2013.zip -table soft.csv -only 'label error' -relabel relabelled.csv
//
// The first looks at the images only. The second also trains three nets, each on two thirds of the training split, and
// lists the labels of the last third that it doubts; Ctrl-C saves them, and the same command resumes. The third asks a
// table of such opinions instead, as experiments/crossfit writes it, and also writes the labels that it suggests.
// Remove from the table the rows of the images to keep, and train without the others, or with the suggested labels:
//
//	go run ./experiments/train -source fer2013.zip -set exclude=audit.csv -out runs/clean
//	go run ./experiments/train -source fer2013.zip -set soft_labels.file=relabelled.csv -set soft_labels.weight=1 \
//	    -out runs/relabelled
//
// experiments/evaluate says, with -leaks, what leaked images do to a run's accuracy.
package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

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
	table := flag.String("table", "",
		"find wrong labels by this CSV `file` of predictions for images that the nets weren't trained on")
	only := flag.String("only", "", "list findings for these `reasons` only, separated by commas: "+reasons())
	relabel := flag.String("relabel", "",
		"write the suggested labels to this CSV `file` of soft labels, smoothed as the configuration's labels are")
	flags := cli.DefineConfig()
	trainOnly := flag.Bool("train", false, "list findings of the training split only, so that a test stays as it is")
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
	if *table != "" && *folds > 0 {
		return errors.New("-table gives the opinions that -folds would train nets for: give one of them")
	}
	listed, err := reasonsOf(*only)
	if err != nil {
		return err
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
	var p evaluate.Predictions
	switch {
	case *folds > 0:
		p, err = crossfitted(data.Split(fer.Train), *folds, config, *dir)
	case *table != "":
		p, err = evaluate.ReadFile(*table)
	}
	if err != nil {
		return err
	}
	if len(p) > 0 {
		doubts, err := audit.LabelErrors(p)
		if err != nil {
			return err
		}
		if doubts.In(data).Count(audit.LabelError) < len(doubts) {
			return fmt.Errorf("%s has images that %s lacks: is it a table of another source?", *table, data.Name)
		}
		fmt.Printf("accuracy %.4f out of sample n=%d\n", p.Accuracy(), len(p))
		findings = append(findings, doubts...)
	}
	if *only != "" {
		findings = findings.Of(listed...)
	}
	if *trainOnly {
		findings = findings.In(data.Split(fer.Train))
	}
	fmt.Print(findings)
	if *relabel != "" {
		labels, err := findings.Relabel(data.Classes, config.LabelSmoothing)
		if err == nil {
			err = labels.WriteFile(*relabel)
		}
		if err != nil {
			return err
		}
	}
	return findings.WriteFile(*out)
}

// crossfitted returns what nets think of the training images that they were not trained on.
func crossfitted(train *dataset.Dataset, folds int, config run.Config, dir string) (evaluate.Predictions, error) {
	ctx, stop := cli.Interruptible()
	defer stop()
	trained, err := crossfit.Train(ctx, train, folds, config, dir,
		&run.Options{Observer: results.Watch("fold"), Find: pretrained.Find})
	if err != nil {
		return nil, err
	}
	return crossfit.Predict(train, trained)
}

func reasons() string {
	var names []string
	for _, r := range audit.Reasons() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func reasonsOf(names string) (list []audit.Reason, err error) {
	if names == "" {
		return nil, nil
	}
	parts, err := cli.List("-only", names)
	for _, name := range parts {
		if !slices.Contains(audit.Reasons(), audit.Reason(name)) {
			return nil, fmt.Errorf("-only: no reason %q, there are %s", name, reasons())
		}
		list = append(list, audit.Reason(name))
	}
	return list, err
}
