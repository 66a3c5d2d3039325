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
}

// parseAxis reads "learning_rate=1e-3|3e-3", "learning_rate=1e-4..1e-2" (uniform) or "learning_rate=1e-4..1e-2:log".
func parseAxis(s string) (a axis, err error) {
	key, list, ok := strings.Cut(s, "=")
	if !ok || list == "" {
		return a, fmt.Errorf("%q is not key=value|value or key=low..high", s)
	}
	a.key = key
	low, high, isRange := strings.Cut(list, "..")
	if !isRange {
		a.values = strings.Split(list, "|")
		return a, nil
	}
	high, a.log = strings.CutSuffix(high, ":log")
	var err1, err2 error
	a.low, err1 = strconv.ParseFloat(low, 64)
	a.high, err2 = strconv.ParseFloat(high, 64)
	if err := errors.Join(err1, err2); err != nil {
		return a, fmt.Errorf("range of %s: %w", key, err)
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
	if a.log {
		v = math.Exp(math.Log(a.low) + rng.Float64()*math.Log(a.high/a.low))
	}
	return a.key + "=" + strconv.FormatFloat(v, 'g', 6, 64)
}

// design is how the trials come from the axes.
type design struct {
	random   int    // So many random trials, drawn with the seed; if 0, all of the grid.
	seed     uint64 // Of the draws.
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
	for _, a := range axes {
		if a.values == nil && d.random == 0 {
			return p, fmt.Errorf("%s has a range: say with -random how many trials to draw", a.key)
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

// agree writes the plan into the folder, or checks that the plan there is the same: the first process of a sweep decides.
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
