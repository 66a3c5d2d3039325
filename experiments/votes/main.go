// Votes asks what people see in the faces: it makes labels of FER+'s votes, compares people with nets, and judges an
// audit.
//
//	go run ./experiments/votes -votes fer2013new.csv -source fer2013.csv -rule probabilities -out soft.csv
//	go run ./experiments/votes -votes ferplus.csv -source fer2013.zip -run best,cnn,dnn
//	go run ./experiments/votes -votes ferplus.csv -source fer2013.zip -table folds.csv
//
// The first prints how many images the rule leaves and writes the labels as a table, on which a net is trained, here
// without the images that have none:
//
//	go run ./experiments/votes -votes fer2013new.csv -source fer2013.csv -rule ferplus -out soft.csv -left left.csv
//	go run ./experiments/train -recipe best -source fer2013.csv -set soft_labels.file=soft.csv \
//	    -set soft_labels.weight=1 -set exclude=left.csv
//
// The second compares runs with people on the images that the runs were validated on, by the predictions that they
// recorded, or with -tta by new ones. The third looks for labels that people call wrong by a table of predictions for
// images that the net wasn't trained on, such as that of experiments/crossfit.
package main

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/votes"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("votes", mainErr) }

func mainErr() error {
	file := flag.String("votes", "",
		"`path` to the votes: fer2013new.csv, a CSV with a column id, or FER+'s folders or a zip of them")
	source := flag.String("source", "", "`path` to the images: FER2013 or FER+, a folder, zip or CSV")
	ruleName := flag.String("rule", votes.MajorityRule,
		"`rule` that makes labels of votes: "+strings.Join(votes.Rules(), ", "))
	ignore := flag.String("ignore", "",
		"don't count votes for these `choices`, separated by commas, such as contempt,unknown,NF")
	singles := flag.Bool("singles", false, "count a choice with a single vote, too")
	out := flag.String("out", "", "write the labels as a table of probabilities to this CSV `file`")
	left := flag.String("left", "", "write the images without a label to this CSV `file`, for exclude")
	runs := flag.String("run", "",
		"compare these runs with people, separated by commas: shipped ones ("+pretrained.List()+") or `folders`")
	tta := flag.String("tta", "",
		"with -run: predict anew, averaged over `views`: none, flip, ten or thirty; default: the runs' own predictions")
	table := flag.String("table", "",
		"judge an audit by this CSV `file` of predictions for images that the net wasn't trained on")
	figures := flag.String("figures", "", "save the figures of -run and -table in this `folder`")
	skipBad := cli.SkipBadFlag()
	if err := cli.Parse(); err != nil {
		return err
	}
	if *file == "" || *source == "" {
		return errors.New("-votes and -source say whose votes about which images: give both")
	}
	if *tta != "" && *runs == "" {
		return errors.New("-tta needs -run: it says how runs predict")
	}
	rule, err := ruleOf(*ruleName, *ignore, *singles)
	if err != nil {
		return err
	}
	read, err := votes.Open(*file)
	if err != nil {
		return err
	}
	data, err := cli.Open(*source, dataset.Options{SkipBad: *skipBad, AnyClasses: true})
	if err != nil {
		return err
	}
	joined, err := read.Join(data)
	if err != nil {
		return err
	}
	fmt.Printf("votes %s source=%s: %v\n", read.Name, data.Name, joined)
	labels, err := joined.Votes.Apply(rule)
	if err != nil {
		return err
	}
	fmt.Print(labels.Count)
	if *out != "" {
		if err := labels.Predictions(data).WriteFile(*out); err != nil {
			return err
		}
	}
	if *left != "" {
		if err := writeLeft(*left, data, labels); err != nil {
			return err
		}
	}
	if *runs != "" {
		if err := people(*runs, *tta, joined.Votes, data, *figures); err != nil {
			return err
		}
	}
	if *table != "" {
		return judge(*table, joined.Votes, data, *figures)
	}
	return nil
}

func ruleOf(name, ignore string, singles bool) (votes.Rule, error) {
	rule := votes.Rule{Name: name, Singles: singles}
	if ignore != "" {
		names, err := cli.List("-ignore", ignore)
		if err != nil {
			return rule, err
		}
		if rule.Ignore, err = votes.ParseChoices(names); err != nil {
			return rule, fmt.Errorf("-ignore: %w", err)
		}
	}
	return rule, rule.Check()
}

// writeLeft lists the examples without a label.
func writeLeft(path string, data *dataset.Dataset, labels votes.Labels) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		list := csv.NewWriter(w)
		list.Write([]string{"id"}) // Errors are kept for list.Error.
		for _, e := range data.Examples {
			if _, ok := labels.Probabilities[e.ID]; !ok {
				list.Write([]string{e.ID})
			}
		}
		list.Flush()
		return list.Error()
	})
}

// people compares runs with people.
func people(names, tta string, table votes.Table, data *dataset.Dataset, figures string) error {
	runs, err := cli.Runs(names)
	if err != nil {
		return err
	}
	split := runs[0].Record.Validation
	var nets []votes.Net
	for _, r := range runs {
		if r.Record.Validation != split {
			return fmt.Errorf("run %s was validated on %s and %s on %s: compare them on the same images", runs[0].Name,
				split,
				r.Name, r.Record.Validation)
		}
		net := votes.Net{Name: r.Name}
		if tta == "" {
			net.Predictions, err = r.Predictions()
		} else {
			var views []dataset.View
			if views, err = dataset.TTA(tta); err == nil {
				net.Predictions, err = r.PredictRaw(data.Split(fer.Split(split)), views...)
			}
			net.Name += ", views: " + tta
		}
		if err != nil {
			return err
		}
		nets = append(nets, net)
	}
	boot := evaluate.Bootstrap{}
	all, n, err := votes.Agreements(table, boot, nets...)
	if err != nil {
		return err
	}
	sentence, err := results.PeopleSentence(all, n, string(split))
	if err != nil {
		return err
	}
	fmt.Printf("\n%s\n\n%v\n%v", sentence, results.People(all, n), results.PeopleByEmotion(all))
	levels, calibrations := make([][]votes.Level, len(nets)), make([]votes.Calibration, len(nets))
	shown := make([]string, len(nets))
	for i, net := range nets {
		shown[i] = net.Name
		if levels[i], err = votes.ByLevel(table, net, boot); err != nil {
			return err
		}
		if calibrations[i], err = votes.Calibrate(table, net, boot); err != nil {
			return err
		}
		fmt.Printf("\n%v", results.Levels(net.Name, levels[i]))
	}
	calibration, err := results.VoteCalibration(shown, calibrations)
	if err != nil {
		return err
	}
	fmt.Printf("\n%v", calibration)
	contests, err := votes.Contests(table, boot, nets...)
	if err != nil {
		return err
	}
	fmt.Printf("\n%v", results.Contests(contests))
	agreement, err := results.PeopleFigure(all)
	if err != nil {
		return err
	}
	byLevel, err := results.LevelsFigure(shown, levels)
	if err != nil {
		return err
	}
	return save(figures, map[string]*figure.Figure{"people.svg": agreement, "agreement.svg": byLevel})
}

// judge compares an audit with people.
func judge(file string, table votes.Table, data *dataset.Dataset, figures string) error {
	p, err := evaluate.ReadFile(file)
	if err != nil {
		return err
	}
	findings, err := audit.Images(data)
	if err != nil {
		return err
	}
	j, err := audit.Judge(table, p, findings, evaluate.Bootstrap{})
	if err != nil {
		return fmt.Errorf("%q: %w", file, err)
	}
	fmt.Printf("\n%v\n%v", results.Searches(j), results.Suspects(j))
	drawn, err := results.SearchFigure(j)
	if err != nil {
		return err
	}
	return save(figures, map[string]*figure.Figure{"search.svg": drawn})
}

// save saves figures in a folder, if one is given.
func save(folder string, figures map[string]*figure.Figure) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, f := range figures {
		if err := f.Save(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}
