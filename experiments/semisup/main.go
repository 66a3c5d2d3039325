// Semisup trains a net with most labels removed, one folder for each algorithm, number of labels and seed, and sums up
// what a folder of such runs holds:
//
//	go run ./experiments/semisup -algorithms supervised,fixmatch -labels 10,25 -seeds 1,2,3 -out runs/semisup
//	go run ./experiments/semisup -recipe ferplus -source fer2013.zip -labels 10,25,100,250 -seeds 1,2,3 \
//		-out runs/few
//	go run ./experiments/semisup -summary -out runs/semisup -figure accuracy.png -csv results.csv
//
// Ctrl-C saves the training; the same command resumes it, and skips what is complete. All algorithms and numbers of
// labels of a seed come before the next seed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/semisup"
	"ferlab/fer/show"
	"ferlab/internal/atomicfile"
	"ferlab/recipes"
)

func main() { cli.Main("semisup", mainErr) }

func mainErr() error {
	recipe := flag.String("recipe", "", "start from this `recipe`: "+strings.Join(recipes.FewLabelNames(),
		", ")+", or a .json file")
	preset := flag.String("preset", "quick",
		"start from this preset, if no recipe is given: quick (synthetic faces, a tiny net) or full (FER2013)")
	print := flag.Bool("print", false, "print the configuration of every training and end")
	algorithms := flag.String("algorithms", "supervised,meanteacher,fixmatch,freematch", "comma-separated `names`")
	labels := flag.String("labels", "25", "comma-separated `numbers` of labelled images of each class")
	seeds := flag.String("seeds", "1", "comma-separated `seeds`")
	source := flag.String("source", "", "\"synthetic\", or a `path` to FER2013 (short for -set train.source=…)")
	out := flag.String("out", "runs/semisup", "`folder` of the runs")
	summary := flag.Bool("summary", false, "train nothing: print the table of the runs in the folder")
	picture := flag.String("figure", "",
		"with -summary: write the figure of accuracy by labels to this .png or .svg `file`")
	table := flag.String("csv", "", "with -summary: write the results to this .csv `file`, a run a row")
	sets := cli.SetFlag("threshold=0.8 or train.epochs=8")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}
	if *summary {
		return sumUp(*out, *picture, *table)
	}
	configure := func(algorithm string, perClass int, seed uint64) (c semisup.Config, err error) {
		if *recipe != "" {
			c, err = recipes.FewLabels(*recipe, algorithm, perClass, seed)
		} else {
			c, err = semisup.Preset(*preset, algorithm, perClass, seed)
		}
		if *source != "" {
			c.Train.Source = *source
		}
		return c, errors.Join(err, sets.Apply(&c))
	}
	configs, err := trainings(*algorithms, *labels, *seeds, configure)
	if err != nil {
		return err
	}
	if *print {
		for _, c := range configs {
			cli.PrintJSON(c)
		}
		return nil
	}
	data, err := cli.Training(configs[0].Train, *skipBad) // The same source for all.
	if err != nil {
		return err
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	for _, c := range configs {
		r, err := semisup.Train(ctx, filepath.Join(*out, c.Name()), c, &semisup.Options{Options: run.Options{
			Data: data, Observer: results.Watch(c.Name()), Find: pretrained.Find,
		}})
		if err != nil {
			return fmt.Errorf("run %s: %w", c.Name(), err)
		}
		fmt.Printf("%s accuracy %.4f n=%d split=%s seconds=%.0f\n", r.Name, r.Record.Accuracy,
			r.Record.ValidationImages, r.Record.Validation, r.Record.Seconds)
	}
	return nil
}

// trainings returns the checked configurations of all seeds, numbers of labels and algorithms, each a list with commas,
// in this order.
func trainings(algorithms, labels, seeds string, configure func(algorithm string, perClass int,
	seed uint64) (semisup.Config, error)) (all []semisup.Config, err error) {
	names, err1 := cli.List("-algorithms", algorithms)
	numbers, err2 := cli.Numbers("-labels", labels)
	draws, err3 := cli.Numbers("-seeds", seeds)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	for _, seed := range draws {
		for _, n := range numbers {
			for _, name := range names {
				c, err := configure(name, n, uint64(seed))
				if err == nil {
					err = c.Validate()
				}
				if err != nil {
					return nil, err
				}
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func sumUp(dir, picture, csv string) error {
	outcomes, err := semisup.Results(dir)
	if err != nil {
		return err
	}
	table, err := results.AccuracyTable(outcomes)
	if err != nil {
		return err
	}
	if err := show.Show(table); err != nil {
		return err
	}
	if gains, err := results.GainsTable(outcomes); err != nil {
		fmt.Println(err)
	} else if err := show.Show(gains); err != nil {
		return err
	}
	if csv != "" {
		if err := atomicfile.Write(csv, func(w io.Writer) error { return semisup.WriteCSV(w, outcomes) }); err != nil {
			return err
		}
	}
	if picture == "" {
		return nil
	}
	f, err := results.LabelsFigure(outcomes, nil)
	if err != nil {
		return err
	}
	return f.Save(picture)
}
