// Package runtest helps tests of trainings that are interrupted and resumed, supervised and semi-supervised alike.
package runtest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferlab/fer/run"
)

// SameFiles fails the test for every named file that differs between the folders a and b.
func SameFiles(t *testing.T, a, b string, names ...string) {
	t.Helper()
	for _, name := range names {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", name)
		}
	}
}

// Stopper is a [run.Observer] that cancels a training at a step of an epoch, and notes when.
type Stopper struct {
	Cancel          func()
	AtEpoch, AtStep int
	At              time.Time
}

func (s *Stopper) Start(run.Config, int, []run.Epoch) {}
func (s *Stopper) Epoch([]run.Epoch)                  {}
func (s *Stopper) End(error)                          {}

func (s *Stopper) Step(epoch, step int, _, _ float64) {
	if epoch == s.AtEpoch && step == s.AtStep {
		s.At = time.Now()
		s.Cancel()
	}
}
