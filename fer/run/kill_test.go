package run_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ferlab/fer/model"
	"ferlab/fer/run"
	"ferlab/fer/run/runtest"
)

var kills = flag.Int("kills", 3, "how often TestKilled kills its training")

// trainEnv makes the test's program train in the folder that it names, instead of testing.
const trainEnv = "FERLAB_TEST_TRAIN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(trainEnv); dir != "" {
		if limit := os.Getenv(trainEnv + "_LIMIT"); limit != "" {
			limitFiles(limit)
		}
		if _, err := run.Train(context.Background(), dir, tiny(), &run.Options{Observer: begun{}}); err != nil {
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

// begun says on standard output that a training has begun.
type begun struct{}

func (begun) Start(run.Config, int, []run.Epoch) { fmt.Println("begun") }
func (begun) Step(int, int, float64, float64)    {}
func (begun) Epoch([]run.Epoch)                  {}
func (begun) End(error)                          {}

// subprocess trains in a folder in another process; it returns once the training has begun.
func subprocess(t *testing.T, dir string, env ...string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(append(os.Environ(), trainEnv+"="+dir), env...)
	said := new(strings.Builder)
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "begun" {
	}
	return cmd, said
}

// A training killed at random moments ends with the bits of an undisturbed one, nothing in its folder is ever half
// written, and whoever trains in a folder keeps others out of it for as long as they live.
func TestKilled(t *testing.T) {
	whole := t.TempDir()
	begin := time.Now()
	cmd, said := subprocess(t, whole)
	compiled := time.Since(begin)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, said)
	}
	length := time.Since(begin) - compiled
	random := rand.New(rand.NewPCG(uint64(begin.UnixNano()), 0))
	t.Logf("a training takes %v, of which %v after its start", time.Since(begin).Round(time.Millisecond),
		length.Round(time.Millisecond))

	dir, killed, damaged := t.TempDir(), 0, 0
	for killed < *kills {
		cmd, said := subprocess(t, dir)
		if killed == 0 {
			_, err := run.Train(context.Background(), dir, tiny(), nil)
			if want := fmt.Sprintf("is being trained by process %d", cmd.Process.Pid); err == nil ||
				!strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q in it", err, want)
			}
		}
		time.Sleep(time.Duration(random.Float64() * float64(length) / 3))
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		if err == nil { // Done before the signal came: once more from the start.
			runtest.SameFiles(t, whole, dir, "config.json", "history.csv", "weights.safetensors", "predictions.csv")
			dir = t.TempDir()
			continue
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the training failed: %v\n%s", err, said)
		}
		killed++
		readable(t, dir)
		if strings.Contains(said.String(), "damaged") {
			damaged++
		}
	}
	cmd, said = subprocess(t, dir)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, said)
	}
	runtest.SameFiles(t, whole, dir, "config.json", "history.csv", "weights.safetensors", "predictions.csv")
	if damaged > 0 {
		t.Errorf("%d checkpoints were damaged by a kill", damaged)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "checkpoints", "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	r, err := run.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	t.Logf("killed %d times", killed)
}

// newest counts the epochs after which a training has a checkpoint of them.
type newest struct {
	begun
	dir   string
	saved int
}

func (*newest) Start(run.Config, int, []run.Epoch) {}

func (n *newest) Epoch(history []run.Epoch) {
	if _, err := os.Stat(filepath.Join(n.dir, "checkpoints", fmt.Sprintf("step-%06d-000000", len(history)))); err == nil {
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
