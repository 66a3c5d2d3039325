package run_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"ferlab/fer/run"
)

var steps = flag.Int("steps", 600, "how many steps TestLeaks trains")

// footprint is what a process holds; the numbers of Linux's /proc are 0 elsewhere.
type footprint struct{ resident, heap, goroutines, files int } // The first two in KiB.

func measure() (f footprint) {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	f.heap, f.goroutines = int(m.HeapAlloc>>10), runtime.NumGoroutine()
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		fmt.Sscan(rest, &f.resident)
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		f.files = len(open)
	}
	return f
}

// gauge measures after every fifth of a training's epochs.
type gauge struct {
	epochs int
	fifths []footprint
}

func (g *gauge) Start(run.Config, int, []run.Epoch) {}
func (g *gauge) Step(int, int, float64, float64)    {}
func (g *gauge) End(error)                          {}
func (g *gauge) Epoch(history []run.Epoch) {
	if len(history)%(g.epochs/5) == 0 {
		g.fifths = append(g.fifths, measure())
	}
}

// A long training, with its checkpoints and evaluations, holds no more memory, goroutines and files at its end than
// early on. A step that forgot its batch would lose 64 KiB each time.
func TestLeaks(t *testing.T) {
	c := tiny()
	const perEpoch = 20
	c.Source, c.Validation = fmt.Sprintf("synthetic:train=%d,test=56", c.BatchSize*perEpoch), "test"
	c.Epochs, c.Keep = *steps/perEpoch, "last" // A multiple of 5.
	g := gauge{epochs: c.Epochs}
	train(t, t.TempDir(), c, &run.Options{Observer: &g})
	between := *steps * 4 / 5
	t.Logf("every %d steps: %+v", *steps/5, g.fifths)
	first, last := g.fifths[0], g.fifths[4]
	if grown := last.resident - first.resident; grown > 8<<10+between*16 {
		t.Errorf("%d KiB more memory after %d steps", grown, between)
	}
	if grown := last.heap - first.heap; grown > 1<<10+between {
		t.Errorf("%d KiB more on the heap after %d steps", grown, between)
	}
	if last.goroutines > first.goroutines || last.files > first.files {
		t.Errorf("%d goroutines and %d files at first, %d and %d at last", first.goroutines, first.files,
			last.goroutines, last.files)
	}
}
