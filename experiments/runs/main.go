// Runs keeps books of trainings: it lists and compares them, draws their curves, writes them for TensorBoard and clears
// away what isn't needed any more:
//
//	go run ./experiments/runs                             # list runs/*, finished or not, and the shipped runs
//	go run ./experiments/runs -curves curves.svg cnn runs/mine
//	go run ./experiments/runs -against cnn runs/mine      # what was changed, and the difference in accuracy
//	                                                      # with its interval
//	go run ./experiments/runs -tensorboard events runs/*  # then: tensorboard --logdir events
//	go run ./experiments/runs -card card.md runs/mine     # a model card
//	go run ./experiments/runs -clean                      # says what it would remove; -yes removes it
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"ferlab/experiments/internal/cli"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/show"
	"ferlab/internal/atomicfile"
)

func main() { cli.Main("runs", mainErr) }

func mainErr() error {
	dir := flag.String("dir", "runs", "`folder` whose runs are meant if none is named")
	curves := flag.String("curves", "", "draw loss and accuracy of the runs to this .png or .svg `file`")
	against := flag.String("against", "",
		"compare the runs with this `run`: changed settings, difference in accuracy on the same images")
	tensorboard := flag.String("tensorboard", "",
		"write TensorBoard event files to this `folder`, in a folder per run named by its path")
	card := flag.String("card", "", "write the model card of the one run named to this Markdown `file`")
	clean := flag.Bool("clean", false,
		"list the checkpoints of finished runs, which only a longer training could use; see -yes")
	yes := flag.Bool("yes", false, "with -clean, remove them")
	args := cli.Arguments("[RUN …]\nruns are folders, or the names of shipped runs: " + pretrained.List())
	if *yes && !*clean {
		return fmt.Errorf("-yes is only for -clean")
	}
	names := args
	if *against != "" && len(names) == 0 {
		return fmt.Errorf("-against: name the runs to compare with %s", *against)
	}
	if len(names) == 0 {
		found, err := folders(*dir)
		if err != nil {
			return err
		}
		names = found
		if !*clean {
			for _, name := range pretrained.Names() {
				names = append(names, "shipped:"+name)
			}
		}
	}
	if *clean {
		return cleanUp(names, *yes)
	}
	if *against != "" {
		return compare(*against, names)
	}
	var runs []*run.Run
	var complete []string // Their names.
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "run\tmodel\tsource\tsplit\tn\tepochs\tselected\taccuracy\tloss\tparameters\tminutes")
	for _, name := range names {
		r, err := pretrained.Find(name)
		if err != nil {
			if !slices.Contains(args, name) {
				fmt.Fprintf(table, "%s\tnot complete\n", name)
				continue
			}
			return err
		}
		runs, complete = append(runs, r), append(complete, name)
		name = strings.TrimPrefix(name, "shipped:")
		c := r.Record
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%.4f\t%.4f\t%d\t%.1f\n", name, r.Config.Model, c.Source,
			c.Validation,
			c.ValidationImages, len(r.History), c.SelectedEpoch, c.Accuracy, c.Loss, c.Parameters, c.Seconds/60)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if *curves != "" {
		f, err := results.Curves(runs...)
		if err != nil {
			return err
		}
		if err := f.Save(*curves); err != nil {
			return err
		}
	}
	if *card != "" {
		if len(runs) != 1 {
			return fmt.Errorf("-card wants one run, not %d", len(runs))
		}
		text, err := results.Card(runs[0])
		if err != nil {
			return err
		}
		if err := atomicfile.WriteBytes(*card, []byte(text)); err != nil {
			return err
		}
	}
	if *tensorboard == "" {
		return nil
	}
	for i, r := range runs {
		if err := writeEvents(*tensorboard, complete[i], r); err != nil {
			return err
		}
	}
	return nil
}

// compare prints a table of runs against a base.
func compare(base string, names []string) error {
	runs, err := pretrained.FindAll(append([]string{base}, names...)...)
	if err != nil {
		return err
	}
	t, err := results.Ablation(runs[0], runs[1:]...)
	if err != nil {
		return err
	}
	return show.Show(t)
}

// folders returns the runs in a folder and the folders within it.
func folders(root string) (found []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == root {
			return nil
		}
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(path, "config.json")); err == nil {
			if slices.Contains(pretrained.Names(), path) {
				path = "./" + path // Not the shipped run of that name.
			}
			found = append(found, path)
			return fs.SkipDir
		}
		return nil
	})
	return found, err
}

// cleanUp removes the checkpoints of complete runs, or says what it would remove.
func cleanUp(names []string, yes bool) error {
	var total int64
	for _, name := range names {
		dir := filepath.Join(name, "checkpoints")
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if _, err := run.Open(name); err != nil {
			fmt.Printf("keep %s: %v\n", name, err)
			continue
		}
		size, err := sizeOf(dir)
		if err != nil {
			return err
		}
		total += size
		verb := "would remove"
		if yes {
			verb = "removed"
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
		fmt.Printf("%s %s (%.1f MB)\n", verb, dir, float64(size)/1e6)
	}
	fmt.Printf("total %.1f MB\n", float64(total)/1e6)
	if !yes && total > 0 {
		fmt.Println("nothing was removed: add -yes to remove them")
	}
	return nil
}

func sizeOf(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
