package runtest

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferlab/fer/run"
)

// Kills says how often the tests of a package kill each of their trainings.
var Kills = flag.Int("kills", 1, "how often a test kills each of its trainings")

// trainEnv makes a test's program train in the folder that it names, instead of testing.
const trainEnv = "FERLAB_TEST_TRAIN"

// TrainFolder returns the folder that a program started by a [Trainer] must train in, and "" in one that must test.
func TrainFolder() string { return os.Getenv(trainEnv) }

// Begun is a [run.Observer] that says on standard output that a training has begun.
type Begun struct{}

func (Begun) Start(run.Config, int, []run.Epoch) { fmt.Println("begun") }
func (Begun) Step(int, int, float64, float64)    {}
func (Begun) Epoch([]run.Epoch)                  {}
func (Begun) End(error)                          {}

// Trainer is this test's program as one that trains, with settings of the environment that say what.
type Trainer []string

// Start trains in a folder in another process; it returns once the training, observed by [Begun], has begun.
func (tr Trainer) Start(t *testing.T, dir string) (cmd *exec.Cmd, said *strings.Builder) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd, said = exec.Command(program), new(strings.Builder)
	cmd.Env = append(append(os.Environ(), trainEnv+"="+dir), tr...)
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

// Whole trains in a folder to the end, and returns how long that took once it had begun.
func (tr Trainer) Whole(t *testing.T, dir string) time.Duration {
	t.Helper()
	cmd, said := tr.Start(t, dir)
	begun := time.Now()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the training failed: %v\n%s", err, said)
	}
	return time.Since(begun)
}

// Kill kills a training at random moments, *Kills times, and checks that it ends with the files of an undisturbed one.
// After each kill it calls readable for what a reader finds in the folder. It returns the folder of the training.
func (tr Trainer) Kill(t *testing.T, readable func(t *testing.T, dir string), files ...string) (dir string) {
	t.Helper()
	whole := t.TempDir()
	length := tr.Whole(t, whole)
	seed := uint64(time.Now().UnixNano())
	t.Logf("a training takes %v after its start; seed %d", length.Round(time.Millisecond), seed)
	random := rand.New(rand.NewPCG(seed, 0))

	dir = t.TempDir()
	for killed := 0; killed < *Kills; {
		cmd, said := tr.Start(t, dir)
		time.Sleep(time.Duration(random.Float64() * float64(length) / 3))
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		if err == nil { // Done before the signal came: once more from the start.
			SameFiles(t, whole, dir, files...)
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
			t.Errorf("a kill damaged a checkpoint:\n%s", said)
		}
	}
	tr.Whole(t, dir)
	SameFiles(t, whole, dir, files...)
	if left, _ := filepath.Glob(filepath.Join(dir, "checkpoints", "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return dir
}
