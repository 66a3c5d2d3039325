package run_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

// baseEnv names the folder of what a training that a test starts as another process needs; without it, it trains tiny.
const baseEnv = "FERLAB_TEST_TRAIN_BASE"

// limitEnv is the largest size of a file that it may write, in bytes.
const limitEnv = "FERLAB_TEST_TRAIN_LIMIT"

func TestMain(m *testing.M) {
	if dir := runtest.TrainFolder(); dir != "" {
		if limit := os.Getenv(limitEnv); limit != "" {
			limitFiles(limit)
		}
		c, o := tiny(), &run.Options{Observer: runtest.Begun{}}
		if base := os.Getenv(baseEnv); base != "" {
			c.From.Run, c.SoftLabels = "first", run.SoftLabels{File: filepath.Join(base, "soft.csv"), Weight: 0.6}
			o.Find = func(name string) (*run.Run, error) { return run.Open(filepath.Join(base, name)) }
		}
		if _, err := run.Train(context.Background(), dir, c, o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	os.RemoveAll(undisturbedDir)
	os.Exit(code)
}

var (
	undisturbedDir string
	undisturbedRun = sync.OnceValue(func() (err error) {
		if undisturbedDir, err = os.MkdirTemp("", "undisturbed"); err == nil {
			_, err = run.Train(context.Background(), undisturbedDir, tiny(), nil)
		}
		return err
	})
)

// undisturbed returns the folder of a run of tiny, to copy and to compare with.
func undisturbed(t *testing.T) string {
	t.Helper()
	if err := undisturbedRun(); err != nil {
		t.Fatal(err)
	}
	return undisturbedDir
}

// tiny is a configuration of many short epochs: a good part of its time goes into writing.
func tiny() run.Config {
	c := small()
	c.Source = "synthetic:train=140,test=35"
	c.CNN = model.CNNConfig{Filters: []int{2}, Dense: []int{4}, Dropout: 0.1}
	c.Epochs, c.BatchSize, c.Keep = 4, 28, "best"
	return c
}

// base makes a folder with a run to begin from, "first", and with soft labels of the training images, soft.csv.
func base(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	train(t, filepath.Join(dir, "first"), tiny(), nil)
	data, err := dataset.Open(tiny().Source, nil)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "id")
	for _, e := range fer.Emotions.Names() {
		fmt.Fprintf(&table, ",%s", e)
	}
	for i, e := range data.Split(fer.Train).Examples {
		fmt.Fprintf(&table, "\n%s", e.ID)
		for class := range fer.NumEmotions {
			p := 0.1
			if class == i%fer.NumEmotions {
				p = 0.4
			}
			fmt.Fprintf(&table, ",%g", p)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "soft.csv"), []byte(table.String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A training killed at random moments ends with the bits of an undisturbed one, and nothing in its folder is ever half
// written: one from the start, and one from another run with soft labels.
func TestKilled(t *testing.T) {
	for name, trainer := range map[string]runtest.Trainer{
		"from the start": nil, "from a run, with soft labels": {baseEnv + "=" + base(t)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := trainer.Kill(t, readable, "config.json", "history.csv", "weights.safetensors", "predictions.csv")
			r, err := run.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Verify(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whoever trains in a folder keeps others out of it for as long as they live.
func TestBusy(t *testing.T) {
	dir := t.TempDir()
	cmd, _ := runtest.Trainer(nil).Start(t, dir)
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, err := run.Train(context.Background(), dir, tiny(), nil)
	if want := fmt.Sprintf("is being trained by process %d", cmd.Process.Pid); !errors.Is(err, run.ErrBusy) ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

// newest counts the epochs after which a training has a checkpoint of them.
type newest struct {
	runtest.Begun
	dir   string
	saved int
}

func (*newest) Start(run.Config, int, []run.Epoch) {}

func (n *newest) Epoch(history []run.Epoch) {
	name := fmt.Sprintf("step-%06d-000000", len(history))
	if _, err := os.Stat(filepath.Join(n.dir, "checkpoints", name)); err == nil {
		n.saved++
	}
}

// Where epochs take no longer than their checkpoints, few are saved, the last among them, and the history has all.
func TestCheckpointsByTime(t *testing.T) {
	c := tiny()
	c.Epochs, c.Keep = 40, "last"
	n := &newest{dir: t.TempDir()}
	if _, err := run.Train(context.Background(), n.dir, c, &run.Options{Observer: n}); err != nil {
		t.Fatal(err)
	}
	if n.saved < 2 || n.saved > 20 {
		t.Errorf("%d checkpoints of 40 epochs, want few", n.saved)
	}
	if _, err := os.Stat(filepath.Join(n.dir, "checkpoints", "step-000040-000000")); err != nil {
		t.Error(err)
	}
}

// readable checks what a reader finds in the folder of a killed training: a run that says it is not complete, or a
// complete one.
func readable(t *testing.T, dir string) {
	t.Helper()
	r, err := run.Open(dir)
	if err == nil {
		err = r.Verify()
	} else if strings.Contains(err.Error(), "is not complete") {
		var c run.Config
		err = c.ReadFile(filepath.Join(dir, "config.json"))
	}
	if err != nil {
		t.Errorf("after a kill: %v", err)
	}
}
