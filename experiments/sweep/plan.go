package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ferlab/fer/run"
)

// plan is what every process of a sweep agrees on, sweep.json.
type plan struct {
	Base   run.Config `json:"base"`
	Trials [][]string `json:"trials"` // Each the assignments key=value of a trial.
}

// axis is a configuration key with its values, or the range that they are drawn from.
type axis struct {
	key       string
	values    []string
	low, high float64
	log       bool
	whole     bool // Only whole numbers are drawn, low and high among them.
}

// parseAxis reads "learning_rate=1e-3|3e-3", "learning_rate=1e-4..1e-2" (uniform) or "learning_rate=1e-4..1e-2:log".
// Two dots without a number on either side are no range: "source=../a.csv|../b.csv".
func parseAxis(s string) (a axis, err error) {
	key, list, ok := strings.Cut(s, "=")
	if !ok {
		return a, fmt.Errorf("%q is not key=value|value or key=low..high", s)
	}
	a.key = strings.TrimSpace(key)
	low, high, _ := strings.Cut(list, "..")
	high, a.log = strings.CutSuffix(strings.TrimSpace(high), ":log")
	var err1, err2 error
	a.low, err1 = strconv.ParseFloat(strings.TrimSpace(low), 64)
	a.high, err2 = strconv.ParseFloat(high, 64)
	if err1 != nil || err2 != nil {
		for value := range strings.SplitSeq(list, "|") {
			if value = strings.TrimSpace(value); value == "" {
				return a, fmt.Errorf("%q has an empty value, want key=value|value or key=low..high", s)
			}
			a.values = append(a.values, value)
		}
		return a, nil
	}
	if !(a.low < a.high) || a.log && a.low <= 0 || math.IsInf(a.low, 0) || math.IsInf(a.high, 0) {
		return a, fmt.Errorf("range of %s is %g..%g, want low < high, above 0 if logarithmic", key, a.low, a.high)
	}
	return a, nil
}

// draw returns a random assignment.
func (a axis) draw(rng *rand.Rand) string {
	if a.values != nil {
		return a.key + "=" + a.values[rng.IntN(len(a.values))]
	}
	v := a.low + rng.Float64()*(a.high-a.low)
	if a.whole {
		return a.key + "=" + strconv.FormatFloat(a.drawWhole(rng), 'f', -1, 64)
	}
	if a.log {
		v = math.Exp(math.Log(a.low) + rng.Float64()*math.Log(a.high/a.low))
	}
	return a.key + "=" + strconv.FormatFloat(v, 'g', 6, 64)
}

// drawWhole returns a whole number of the range, each alike; if it is logarithmic, each as likely as its share of the
// logarithms' range up to the next.
func (a axis) drawWhole(rng *rand.Rand) float64 {
	v := a.low + rng.Float64()*(a.high+1-a.low)
	if a.log {
		v = math.Exp(math.Log(a.low) + rng.Float64()*math.Log((a.high+1)/a.low))
	}
	return min(math.Floor(v), a.high)
}

// takes reports whether a configuration takes a value for a key.
func takes(c run.Config, key, value string) bool { return c.Set(key+"="+value) == nil }

// design is how the trials come from the axes.
type design struct {
	random   int    // So many random trials, drawn with the seed; if 0, all of the grid.
	seed     uint64 // Seed of the draws.
	oneByOne bool   // An ablation: the base, then every value of every axis by itself.
}

// newPlan makes the trials of a design and checks every configuration.
func newPlan(base run.Config, axes []axis, d design) (plan, error) {
	p := plan{Base: base}
	if len(axes) == 0 {
		return p, fmt.Errorf("nothing varies: give -vary key=value|value")
	}
	if d.random > 0 && d.oneByOne {
		return p, fmt.Errorf("-random draws from all axes at once: it doesn't go with -one-by-one")
	}
	axes = slices.Clone(axes)
	for i, a := range axes {
		switch {
		case a.values != nil:
			continue
		case d.random == 0:
			return p, fmt.Errorf("%s has a range: say with -random how many trials to draw", a.key)
		}
		axes[i].whole = takes(base, a.key, "1") && !takes(base, a.key, "1.5")
		if axes[i].whole && (a.low != math.Floor(a.low) || a.high != math.Floor(a.high) ||
			max(-a.low, a.high) > 1<<53) {
			return p, fmt.Errorf("range of %s is %g..%g, want whole numbers", a.key, a.low, a.high)
		}
	}
	switch {
	case d.random > 0:
		rng := rand.New(rand.NewPCG(d.seed, 0))
		for range d.random {
			var trial []string
			for _, a := range axes {
				trial = append(trial, a.draw(rng))
			}
			p.Trials = append(p.Trials, trial)
		}
	case d.oneByOne:
		p.Trials = [][]string{{}}
		for _, a := range axes {
			for _, v := range a.values {
				p.Trials = append(p.Trials, []string{a.key + "=" + v})
			}
		}
	default:
		p.Trials = grid(axes)
	}
	for i := range p.Trials {
		if _, err := p.config(i); err != nil {
			return p, err
		}
	}
	return p, nil
}

// grid returns every combination of the axes' values.
func grid(axes []axis) [][]string {
	trials := [][]string{nil}
	for _, a := range axes {
		var longer [][]string
		for _, t := range trials {
			for _, v := range a.values {
				longer = append(longer, append(t[:len(t):len(t)], a.key+"="+v))
			}
		}
		trials = longer
	}
	return trials
}

// config returns the configuration of a trial.
func (p plan) config(i int) (run.Config, error) {
	c := p.Base
	for _, assignment := range p.Trials[i] {
		if err := c.Set(assignment); err != nil {
			return c, err
		}
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("trial %s: %w", strings.Join(p.Trials[i], " "), err)
	}
	return c, nil
}

// agree writes the plan into the folder, or checks that the plan there is the same: the first process of a sweep
// decides.
func (p plan) agree(dir string) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".sweep-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	path := filepath.Join(dir, "sweep.json")
	err = os.Link(tmp.Name(), path) // Atomic, and fails if the plan is there.
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	there, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, data) {
		return fmt.Errorf("%s holds another sweep (%s): give another folder, or the same flags", dir, path)
	}
	return nil
}
