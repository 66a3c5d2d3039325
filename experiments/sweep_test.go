package experiments

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ferlab/fer/run"
)

var trials = flag.Int("trials", 4, "how many trials TestSweepKilled trains")

// smallTraining are the flags of a training of a few seconds.
var smallTraining = strings.Fields("-set source=synthetic:train=140,test=35 -set cnn.filters=[2] -set cnn.dense=[4] " +
	"-set batch_size=28")

// appendTo opens a file to which several processes append.
func appendTo(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Four processes share a sweep while they are killed at random. Every trial is trained to its end once, and ends with
// the accuracy and the loss of a sweep that nobody disturbs.
func TestSweepKilled(t *testing.T) {
	path, dir := program(t, "sweep"), t.TempDir()
	rates := make([]string, *trials)
	for i := range rates {
		rates[i] = fmt.Sprintf("%.4g", 1e-3+1e-4*float64(i))
	}
	args := append([]string{"-vary", "learning_rate=" + strings.Join(rates, "|"), "-set", "epochs=2"}, smallTraining...)
	sweep := func(out string, log *os.File) *exec.Cmd {
		cmd := exec.Command(path, append(args, "-out", out)...)
		cmd.Stdout, cmd.Stderr = log, log
		return cmd
	}
	calm := filepath.Join(dir, "calm")
	begin := time.Now()
	if err := sweep(calm, appendTo(t, filepath.Join(dir, "calm.log"))).Run(); err != nil {
		t.Fatal(err)
	}
	trial := time.Since(begin) / time.Duration(*trials)

	shared, logPath, kills := filepath.Join(dir, "shared"), filepath.Join(dir, "shared.log"), 0
	log := appendTo(t, logPath)
	var mu sync.Mutex
	var wg sync.WaitGroup
	kill := func(cmd *exec.Cmd) { // At most as often as there are trials, so that the sweep ends on a slow machine too.
		mu.Lock()
		defer mu.Unlock()
		if kills < *trials && cmd.Process.Signal(syscall.SIGKILL) == nil {
			kills++
		}
	}
	for worker := range 4 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), uint64(*trials)))
			for {
				cmd := sweep(shared, log)
				if err := cmd.Start(); err != nil {
					t.Error(err)
					return
				}
				timer := time.AfterFunc(time.Duration(6*random.Float64()*float64(trial)), func() { kill(cmd) })
				err := cmd.Wait()
				timer.Stop()
				var exit *exec.ExitError
				switch {
				case err == nil:
					return
				case !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL:
					t.Errorf("a process of the sweep: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	said, err := os.ReadFile(logPath)
	if err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(trial\d+) (accuracy|learning_rate)`).FindAllStringSubmatch(
		string(said), -1) {
		if done[m[1]] {
			t.Errorf("%s was trained again after its end", m[1])
		}
		done[m[1]] = m[2] == "accuracy"
	}
	for i := range *trials {
		name := fmt.Sprintf("trial%03d", i)
		a, err := run.Open(filepath.Join(calm, name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := run.Open(filepath.Join(shared, name))
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		if a.Record.Accuracy != b.Record.Accuracy || a.Record.Loss != b.Record.Loss {
			t.Errorf("%s: accuracy and loss %v, %v undisturbed, %v, %v shared", name, a.Record.Accuracy, a.Record.Loss,
				b.Record.Accuracy, b.Record.Loss)
		}
	}
	t.Logf("%d trials, %d kills", *trials, kills)
}
