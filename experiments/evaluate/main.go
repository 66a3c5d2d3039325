// Evaluate measures a shipped or own run on a source:
//
//	go run ./experiments/evaluate -run cnn -source fer2013.zip -split public
//	go run ./experiments/evaluate -run runs/mine -source fer2013.csv -split test -predictions out.csv
//	go run ./experiments/evaluate -run cnn -source test.csv -split test -submission submission.csv
//	go run ./experiments/evaluate -run runs/people -source fer2013.zip -votes ferplus.csv -split public
//	go run ./experiments/evaluate -run runs/1,runs/2,runs/3 -tta flip -source fer2013.zip -split public -leaks
//	go run ./experiments/evaluate -run first.csv,second.csv
//
// Several runs are an ensemble: their probabilities are averaged. A CSV file of predictions, as -predictions writes it,
// stands for a net that isn't at hand; it stays as it is. -tta averages over views of every image as well. The first
// line is the accuracy with its 95 % bootstrap interval, then follow that without leaked images, which the training
// split has, too, if -leaks asks for it, and the figures per class.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/votes"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("evaluate", mainErr) }

func mainErr() error {
	name := flag.String("run", "cnn",
		"shipped run ("+pretrained.List()+"), run `folder`, or a CSV file of predictions; several, separated by "+
			"commas, are an ensemble")
	source := flag.String("source", "",
		"`path` to FER2013 (folder, zip or CSV) or \"synthetic\"; default: the run's own predictions on its "+
			"validation split")
	split := flag.String("split", "",
		"with -source: train, validation, public, private, test (also public and private if the source has them), "+
			"or all; default test")
	tta := flag.String("tta", "none",
		"test-time averaging, with -source: none, flip (with the mirror image), ten (both in the centre and four "+
			"corners) or thirty (those at three sizes)")
	predictions := flag.String("predictions", "", "write the probabilities of every image to this CSV `file`")
	digits := flag.Int("digits", 0,
		"with -predictions: round to so many digits after the point; 0 writes them as they are")
	submission := flag.String("submission", "", "write the course's submission, id,label, to this CSV `file`")
	precision := cli.PrecisionFlag()
	voted := cli.VotesFlag()
	rule := flag.String("rule", "", "`rule` that makes labels of the votes, "+strings.Join(votes.Rules(), ", ")+
		"; default: the run's")
	leaks := flag.Bool("leaks", false,
		"with -source: also print the accuracy without the images that its training split has, too")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}

	views, err := dataset.TTA(*tta)
	if err != nil {
		return err
	}
	if *source == "" && len(views) > 1 {
		return fmt.Errorf("-tta %s needs -source: a run's own predictions are of the images as they are", *tta)
	}
	if *source == "" && *precision != "" {
		return errors.New("-precision needs -source: a run's own predictions are in float32")
	}
	if *source == "" && *leaks {
		return errors.New("-leaks needs -source: it compares the images with those of its training split")
	}
	if *rule != "" && *voted == "" {
		return errors.New("-rule needs -votes: it says how these make labels")
	}
	if *source == "" && *voted != "" {
		return errors.New("-votes needs -source: a run's own predictions have their labels")
	}
	if *digits < 0 || *digits > 17 || *digits > 0 && *predictions == "" {
		return fmt.Errorf("-digits %d: want 0 to 17, with -predictions", *digits)
	}
	shown := cmp.Or(*split, "test")
	nets, err := members(*name)
	if err != nil {
		return err
	}
	first := nets.firstRun()
	if first == nil && (len(views) > 1 || *precision != "" || *voted != "") {
		return fmt.Errorf("-tta, -precision and -votes ask a net, and -run %s has files of predictions alone", *name)
	}
	var whole, data *dataset.Dataset
	if *source != "" {
		whole, err = cli.OpenVoted(*source, *voted, *rule, first,
			dataset.Options{SkipBad: *skipBad, AnyClasses: true})
		if err != nil {
			return err
		}
		if data, err = part(whole, shown); err != nil {
			return err
		}
	}
	all, own, err := nets.predictions(data, *split, model.Precision(*precision), views)
	if err != nil {
		return err
	}
	if data == nil {
		shown = own
	}
	p := all[0]
	if len(all) > 1 {
		if p, err = evaluate.Average(all...); err != nil {
			return err
		}
	}
	if *predictions != "" {
		if err := p.Round(*digits).WriteFile(*predictions); err != nil {
			return err
		}
	}
	if *submission != "" {
		if classes := p.Classes(); !classes.Equal(fer.Emotions) {
			return fmt.Errorf("-submission is about %s, and run %s tells apart %s", fer.Emotions, *name, classes)
		}
		if err := atomicfile.Write(*submission, func(w io.Writer) error {
			ids, labels := make([]string, len(p)), make([]fer.Class, len(p))
			for i, row := range p {
				ids[i], labels[i] = row.ID, row.Predicted()
			}
			return dataset.WriteSubmission(w, ids, labels)
		}); err != nil {
			return err
		}
	}
	labelled := p.Labelled()
	if len(labelled) == 0 {
		fmt.Printf("accuracy unknown: the %d images have no labels split=%s run=%s\n", len(p), shown, *name)
		return nil
	}
	measured, err := evaluate.Evaluate(labelled, evaluate.Bootstrap{})
	if err != nil {
		return err
	}
	suffix := ""
	if len(views) > 1 {
		suffix = " tta=" + *tta
	}
	if *precision != "" {
		suffix += " precision=" + *precision
	}
	fmt.Printf("accuracy %v n=%d split=%s run=%s%s\n", measured.Accuracy, measured.N, shown, *name, suffix)
	if *leaks {
		effect, err := audit.MeasureLeaks(labelled, audit.Exact(whole).LeakedIDs(), evaluate.Bootstrap{})
		if err != nil {
			return err
		}
		fmt.Println(effect)
	}
	for _, c := range measured.Classes {
		fmt.Printf("%-9s precision %v recall %v f1 %v n=%d\n", c.Name, c.Precision, c.Recall, c.F1, c.Support)
	}
	return nil
}

// part returns the chosen part of a source.
func part(all *dataset.Dataset, split string) (*dataset.Dataset, error) {
	data := all
	switch fer.Split(split) {
	case "all":
	case fer.Test:
		data = data.Split(fer.Test, fer.Public, fer.Private)
	case fer.Train, fer.Validation, fer.Public, fer.Private:
		data = data.Split(fer.Split(split))
	default:
		return nil, fmt.Errorf("unknown split %q, want train, validation, public, private, test or all", split)
	}
	if data.Len() == 0 {
		var has []string
		for _, s := range all.SplitSizes() {
			has = append(has, fmt.Sprintf("%s (%d)", s.Split, s.Size))
		}
		return nil, fmt.Errorf("source %s has no images in split %q: it has %s, see -split", data.Name, split,
			strings.Join(has, ", "))
	}
	return data, nil
}
