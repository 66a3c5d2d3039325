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

// gauge measures after a fifth of a training's epochs and after the last.
type gauge struct {
	epochs      int
	first, last footprint
}

func (g *gauge) Start(run.Config, int, []run.Epoch) {}
func (g *gauge) Step(int, int, float64, float64)    {}
func (g *gauge) End(error)                          {}
func (g *gauge) Epoch(history []run.Epoch) {
	switch len(history) {
	case g.epochs / 5:
		g.first = measure()
	case g.epochs:
		g.last = measure()
	}
}

// A long training, with its checkpoints and evaluations, holds no more memory, goroutines and files at its end than early on. A
// step that forgot its batch would lose 64 KiB each time.
func TestLeaks(t *testing.T) {
	c := tiny()
	const perEpoch = 20
	c.Source, c.Validation = fmt.Sprintf("synthetic:train=%d,test=56", c.BatchSize*perEpoch), "test"
	c.Epochs, c.Keep = *steps/perEpoch, "last"
	g := gauge{epochs: c.Epochs}
	train(t, t.TempDir(), c, &run.Options{Observer: &g})
	between := *steps * 4 / 5
	t.Logf("in %d steps from %+v to %+v", between, g.first, g.last)
	if grown := g.last.resident - g.first.resident; grown > 8<<10+between*16 {
		t.Errorf("%d KiB more memory after %d steps", grown, between)
	}
	if grown := g.last.heap - g.first.heap; grown > 1<<10+between {
		t.Errorf("%d KiB more on the heap after %d steps", grown, between)
	}
	if g.last.goroutines > g.first.goroutines || g.last.files > g.first.files {
		t.Errorf("%d goroutines and %d files at first, %d and %d at last", g.first.goroutines, g.first.files, g.last.goroutines, g.last.files)
	}
}
