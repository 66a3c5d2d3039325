package experiments

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"ferlab/fer/dataset"
	"ferlab/fer/run"
)

var rounds = flag.Int("rounds", 1, "how often each reader of TestLoad reads")

// While one training runs and another is killed again and again, eight goroutines and three processes predict, evaluate
// and list the same runs, and each time find what they find on a quiet machine.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	programs := map[string]string{"train": program(t, "train"), "evaluate": program(t, "evaluate"),
		"runs": program(t, "runs")}
	command := func(ctx context.Context, name string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, programs[name], args...)
		cmd.Dir = dir
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("%s %v: %w\n%s", name, args, err, errs.Bytes())
		}
		return string(out), err
	}
	training := func(out string, epochs int) []string {
		return slices.Concat(smallTraining, []string{"-set", fmt.Sprintf("epochs=%d", epochs), "-out", out})
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	if _, err := command(ctx, "train", training("runs/done", 1)...); err != nil {
		t.Fatal(err)
	}
	evaluation := []string{"-run", "runs/done", "-source", "synthetic:train=140,test=35", "-split", "test"}
	want, err := command(ctx, "evaluate", evaluation...)
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Open("synthetic:train=140,test=35", nil)
	if err != nil {
		t.Fatal(err)
	}
	done, err := run.Open(filepath.Join(dir, "runs/done"))
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := done.Predict(data.Split("test"))
	if err != nil {
		t.Fatal(err)
	}

	var trainings, readers sync.WaitGroup
	trainings.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if _, err := command(ctx, "train", training(fmt.Sprintf("runs/more%d", i), 2)...); err != nil &&
				ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	kills := 0
	trainings.Go(func() {
		for ctx.Err() == nil {
			// The end of its context is a SIGKILL.
			short, stop := context.WithTimeout(ctx, time.Duration(1500+rand.IntN(2000))*time.Millisecond)
			if _, err := command(short, "train", training("runs/killed", 1000)...); short.Err() == nil {
				t.Errorf("a training of 1,000 epochs ended: %v", err)
				stop()
				return
			}
			stop()
			kills++
		}
	})
	for range 8 {
		readers.Go(func() {
			for range *rounds {
				r, err := run.Open(filepath.Join(dir, "runs/done"))
				if err == nil {
					err = r.Verify()
				}
				if err != nil {
					t.Error(err)
					return
				}
				predictions, err := r.Predict(data.Split("test"))
				if err != nil {
					t.Error(err)
					return
				}
				for i, p := range predictions {
					if p.ID != recorded[i].ID || p.Predicted() != recorded[i].Predicted() {
						t.Errorf("image %s is %v under load, %v alone", p.ID, p.Predicted(), recorded[i].Predicted())
					}
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for range *rounds {
				if got, err := command(ctx, "evaluate", evaluation...); err != nil || got != want {
					t.Errorf("under load: %v\n%s\nalone:\n%s", err, got, want)
				}
			}
		})
	}
	readers.Go(func() {
		for range 2 * *rounds {
			if _, err := command(ctx, "runs"); err != nil {
				t.Error(err)
			}
		}
	})
	readers.Wait()
	end()
	trainings.Wait()
	t.Logf("%d rounds, %d kills", *rounds, kills)
}
