// Sweep trains a net once per configuration of a grid, or of random draws, each trial a run of its own:
//
//	go run ./experiments/sweep -vary 'learning_rate=1e-3|3e-3' -vary 'cnn.dropout=0.1|0.25' -set epochs=8 \
//		-out runs/sweep
//	go run ./experiments/sweep -vary learning_rate=1e-4..1e-2:log -random 20 -out runs/random
//	go run ./experiments/sweep -one-by-one -vary ema=0.99 -vary mixup=0.2 -set epochs=8 -out runs/ablation
//
// Start the same command as often as you like, on one machine or on several that share the folder: the processes divide
// the trials among themselves, no trial is trained twice, and one that was interrupted is resumed by the next process
// that comes by. A trial is claimed by the lock of its folder, which ends with its process; the shared file system must
// support flock. When no trial is left, a process writes results.csv, best first, and ends, with status 1 if a trial
// failed: -retry trains it again. See slurm.sh and kubernetes.yaml beside this file.
package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/dataset"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("sweep", mainErr) }

func mainErr() error {
	flags := cli.DefineConfig()
	out := flag.String("out", "runs/sweep", "`folder` of the trials")
	var d design
	flag.IntVar(&d.random, "random", 0, "draw this many trials instead of training all of the grid")
	flag.Uint64Var(&d.seed, "seed", 1, "of the draws")
	flag.BoolVar(&d.oneByOne, "one-by-one", false,
		"an ablation: train the base, then every value by itself instead of all combinations")
	retry := flag.Bool("retry", false, "train the trials again that failed before")
	skipBad := cli.SkipBadFlag()
	most := flag.Int("most", 0, "end after this many trials; 0 for none left")
	var axes []axis
	flag.Func("vary", "`key=value|value` or key=low..high, perhaps with :log, of the configuration; may be given "+
		"several times", func(s string) error {
		a, err := parseAxis(s)
		axes = append(axes, a)
		return err
	})
	if err := cli.Parse(); err != nil {
		return err
	}
	base, err := flags.Config()
	if err != nil {
		return err
	}
	p, err := newPlan(base, axes, d)
	if err != nil {
		return err
	}
	if flags.Printed(p) {
		return nil
	}
	if err := p.agree(*out); err != nil {
		return err
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	s := sweep{plan: p, dir: *out, retry: *retry, skipBad: *skipBad}
	trained, failed := 0, 0
	for i := range p.Trials {
		if *most > 0 && trained == *most {
			break
		}
		did, err := s.trial(ctx, i)
		if errors.Is(err, run.ErrInterrupted) || ctx.Err() != nil {
			return err
		}
		if err != nil {
			failed++
			fmt.Fprintf(os.Stderr, "sweep: %s: %v\n", trialName(i), err)
		}
		if did {
			trained++
		}
	}
	if err := listResults(p, *out); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d trials failed, see above", failed, len(p.Trials))
	}
	return nil
}

// sweep is a plan at work in a folder.
type sweep struct {
	plan
	dir            string
	retry, skipBad bool

	data   *dataset.Dataset // The source that was opened last,
	opened *[3]string       // and its configuration: source, exclude and votes.
}

// source opens a trial's source, unless that of the trial before was the same. With a list of examples to leave out,
// which a record names, it only tries whether that works, and returns nil for the training to open it.
func (s *sweep) source(c run.Config) (*dataset.Dataset, error) {
	if s.skipBad && c.Exclude != "" {
		return cli.Training(c, true) // Says what is wrong.
	}
	if wanted := [3]string{c.Source, c.Exclude, fmt.Sprint(c.Votes)}; s.opened == nil || *s.opened != wanted {
		data, err := cli.OpenFor(c, dataset.Options{SkipBad: s.skipBad})
		if err != nil {
			return nil, err
		}
		s.data, s.opened = data, &wanted
		if c.Exclude != "" {
			s.data = nil
		}
	}
	return s.data, nil
}

func trialName(i int) string { return fmt.Sprintf("trial%03d", i) }

// trial trains trial i unless it is complete, failed before, or another process's; did says whether it trained. A trial
// whose training fails is marked as failed by a file; one whose source can't be opened is not: it has not begun.
func (s *sweep) trial(ctx context.Context, i int) (did bool, err error) {
	name := trialName(i)
	folder := filepath.Join(s.dir, name)
	if _, err := run.Open(folder); err == nil {
		return false, nil
	}
	failed := filepath.Join(s.dir, name+".failed")
	if _, err := os.Stat(failed); err == nil && !s.retry {
		return false, fmt.Errorf("failed before, see %s: mend the cause, and train it again with -retry", failed)
	}
	config, err := s.config(i)
	if err != nil {
		return false, err
	}
	data, err := s.source(config)
	if err != nil {
		return false, err
	}
	if err := os.Remove(failed); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	begun := &announced{Observer: results.Watch(name), line: name + " " + strings.Join(s.Trials[i], " ")}
	r, err := run.Train(ctx, folder, config, &run.Options{Data: data, Observer: begun, Find: pretrained.Find})
	if errors.Is(err, run.ErrBusy) || err == nil && !begun.did { // Another process has it, or ended it just now.
		return false, nil
	}
	if err != nil {
		if !errors.Is(err, run.ErrInterrupted) && ctx.Err() == nil {
			err = errors.Join(err, os.WriteFile(failed, []byte(err.Error()+"\n"), 0o644))
		}
		return true, err
	}
	fmt.Printf("%s accuracy %.4f loss %.4f\n", name, r.Record.Accuracy, r.Record.Loss)
	return true, nil
}

// announced prints a line when its training begins: not before, since another process may have the trial.
type announced struct {
	run.Observer
	line string
	did  bool // It has begun.
}

func (a *announced) Start(config run.Config, steps int, history []run.Epoch) {
	a.did = true
	fmt.Println(a.line)
	a.Observer.Start(config, steps, history)
}

// listResults writes results.csv of the complete trials, best first.
func listResults(p plan, dir string) error {
	type result struct {
		trial int
		*run.Run
	}
	var all []result
	for i := range p.Trials {
		if r, err := run.Open(filepath.Join(dir, trialName(i))); err == nil {
			all = append(all, result{i, r})
		}
	}
	slices.SortStableFunc(all, func(a, b result) int { return cmp.Compare(b.Record.Accuracy, a.Record.Accuracy) })
	var text strings.Builder
	w := csv.NewWriter(&text)
	header := []string{"trial", "accuracy", "loss", "split", "n", "seconds"}
	var keys []string
	for _, t := range p.Trials {
		for _, a := range t {
			if key, _, _ := strings.Cut(a, "="); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	w.Write(append(header, keys...))
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	for _, r := range all {
		row := []string{trialName(r.trial), number(r.Record.Accuracy), number(r.Record.Loss),
			string(r.Record.Validation),
			strconv.Itoa(r.Record.ValidationImages), number(r.Record.Seconds)}
		for _, key := range keys {
			value := "" // The base's.
			for _, a := range p.Trials[r.trial] {
				if v, ok := strings.CutPrefix(a, key+"="); ok {
					value = v
				}
			}
			row = append(row, value)
		}
		w.Write(row)
	}
	w.Flush()
	path := filepath.Join(dir, "results.csv")
	if err := atomicfile.WriteBytes(path, []byte(text.String())); err != nil {
		return err
	}
	fmt.Printf("%d of %d trials complete: %s\n", len(all), len(p.Trials), path)
	return nil
}
