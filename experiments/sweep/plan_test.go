package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ferlab/fer/run"
)

func axes(t *testing.T, list ...string) (all []axis) {
	t.Helper()
	for _, s := range list {
		a, err := parseAxis(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func TestGrid(t *testing.T) {
	p, err := newPlan(run.Quick(), axes(t, "epochs=1|2|3", "cnn.filters=[4,8]|[8]"), design{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, trial := range p.Trials {
		seen[strings.Join(trial, " ")] = true
		if c, err := p.config(i); err != nil || c.Epochs < 1 || c.Epochs > 3 {
			t.Errorf("trial %v: %v, %d epochs", trial, err, c.Epochs)
		}
	}
	if len(p.Trials) != 6 || len(seen) != 6 || !seen["epochs=2 cnn.filters=[4,8]"] {
		t.Errorf("trials %v, want 6 different", p.Trials)
	}
}

// An ablation has a trial of the base and one for each value, in which nothing else differs from it.
func TestOneByOne(t *testing.T) {
	base := run.Quick()
	p, err := newPlan(base, axes(t, "ema=0.9|0.99", "cnn.filters=[8]"), design{oneByOne: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range p.Trials {
		c, err := p.config(i)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join(run.Diff(base, c), " "))
	}
	if want := []string{"", "ema=0.9", "ema=0.99", "cnn.filters=[8]"}; !slices.Equal(got, want) {
		t.Errorf("trials change %q, want %q", got, want)
	}
	if _, err := newPlan(base, axes(t, "ema=0..1"), design{oneByOne: true}); err == nil {
		t.Error("a range without a number of draws: no error")
	}
}

func TestRandom(t *testing.T) {
	const n = 400
	vary := axes(t, "learning_rate=1e-4..1e-2:log", "label_smoothing=0..0.2")
	p, err := newPlan(run.Quick(), vary, design{random: n, seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := newPlan(run.Quick(), vary, design{random: n, seed: 3})
	other, _ := newPlan(run.Quick(), vary, design{random: n, seed: 4})
	below := 0
	for i := range n {
		c, err := p.config(i)
		if err != nil || c.LearningRate < 1e-4 || c.LearningRate > 1e-2 || c.LabelSmoothing > 0.2 {
			t.Fatalf("trial %v: %v", p.Trials[i], err)
		}
		if c.LearningRate < 1e-3 {
			below++
		}
		if strings.Join(again.Trials[i], " ") != strings.Join(p.Trials[i], " ") {
			t.Fatal("the same seed draws other trials")
		}
	}
	if strings.Join(other.Trials[0], " ") == strings.Join(p.Trials[0], " ") {
		t.Error("another seed draws the same first trial")
	}
	// Half of the logarithmic range lies below 1e-3: binomial, standard deviation 10.
	if math.Abs(float64(below)-n/2) > 50 {
		t.Errorf("%d of %d learning rates are below 1e-3", below, n)
	}
}

// Two dots in a path are no range.
func TestPathsAreNoRange(t *testing.T) {
	p, err := newPlan(run.Quick(), axes(t, "source=../a.csv|../b.csv", "seed=1 | 2"), design{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, trial := range p.Trials {
		got = append(got, strings.Join(trial, " "))
	}
	want := []string{"source=../a.csv seed=1", "source=../a.csv seed=2", "source=../b.csv seed=1",
		"source=../b.csv seed=2"}
	if !slices.Equal(got, want) {
		t.Errorf("trials %q, want %q", got, want)
	}
}

// Whole numbers are drawn from a range of such, its ends among them, and alike; of one of others, others, whatever
// its ends.
func TestWholeRanges(t *testing.T) {
	const n = 3000
	p, err := newPlan(run.Quick(), axes(t, "epochs=2..4", "batch_size=1..8:log", "ema=0..1"),
		design{random: n, seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	epochs, sizes := map[int]int{}, map[int]int{}
	for i := range p.Trials {
		c, err := p.config(i)
		if err != nil {
			t.Fatal(err)
		}
		epochs[c.Epochs]++
		sizes[c.BatchSize]++
		if c.EMA == 0 || c.EMA == 1 {
			t.Fatalf("ema is %g", c.EMA)
		}
	}
	for v := 2; v <= 4; v++ { // Binomial, standard deviation 26.
		if math.Abs(float64(epochs[v])-n/3) > 130 {
			t.Errorf("%d of %d epochs are %d", epochs[v], n, v)
		}
	}
	// Half of the logarithms of 1 … 9 lie below 3: binomial, standard deviation 27.
	if below := sizes[1] + sizes[2]; len(epochs) != 3 || len(sizes) != 8 || math.Abs(float64(below)-n/2) > 140 {
		t.Errorf("epochs %v, batch sizes %v", epochs, sizes)
	}
	if _, err := newPlan(run.Quick(), axes(t, "epochs=1.5..4"), design{random: 2}); err == nil {
		t.Error("epochs from 1.5: no error")
	}
}

func TestBadAxes(t *testing.T) {
	for _, bad := range []string{"epochs", "epochs=", "learning_rate=1e-2..1e-4", "learning_rate=0..1:log",
		"epochs=1||2", "epochs=|"} {
		if _, err := parseAxis(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
	for _, bad := range [][]string{{}, {"learning_rate=0..1"}, {"epoch=1|2"}, {"epochs=0|2"}, {"learning_rate=a..b"},
		{"learning_rate=1..b"}} {
		if _, err := newPlan(run.Quick(), axes(t, bad...), design{}); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}

// The first process decides; the same sweep may join, another may not.
func TestAgree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sweep")
	p, err := newPlan(run.Quick(), axes(t, "epochs=1|2"), design{})
	if err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for range 8 {
		go func() { errs <- p.agree(dir) }()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	other, _ := newPlan(run.Quick(), axes(t, "epochs=1|3"), design{})
	if err := other.agree(dir); err == nil || !strings.Contains(err.Error(), "another sweep") {
		t.Errorf("another sweep: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %s files left, want sweep.json alone", err, strconv.Itoa(len(files)))
	}
}
