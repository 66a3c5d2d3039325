package bench

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Settings are how long and with what the contenders are measured.
type Settings struct {
	Rounds  int     `json:"rounds"`  // Turns of every contender.
	Seconds float64 `json:"seconds"` // Length of a turn.
	Threads int     `json:"threads"` // Threads of every contender.
	Dropout float64 `json:"dropout"` // Rate of dropout in all nets; the original report's is 0.25.
	Data    string  `json:"-"`       // Folder of the images; see [WriteData].
}

// Spread is a median over the rounds with the lowest and highest round.
type Spread struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Measurement is what a contender achieved in a case.
type Measurement struct {
	Contender string    `json:"contender"`
	Version   string    `json:"version,omitempty"`
	Skipped   string    `json:"skipped,omitempty"` // Why it didn't take part; then the rest is 0.
	Rounds    []float64 `json:"rounds,omitempty"`  // Images per second, by round.
	PerSecond Spread    `json:"per_second"`
	Ratio     Spread    `json:"ratio"`   // How many times as fast the first contender was, round by round.
	Compile   float64   `json:"compile"` // Seconds of the first step.
	PeakBytes int64     `json:"peak_bytes"`
	CardBytes int64     `json:"card_bytes,omitempty"` // The most memory of the GPU; 0 if the driver doesn't tell.
	// OfPeak is the share of the matrix product's speed, by the net's multiply-adds.
	OfPeak float64 `json:"of_peak"`
}

// Result is a case with its measurements, in the contenders' order.
type Result struct {
	Case
	Measurements []Measurement `json:"measurements"`
}

// Measure lets the contenders take turns. One that fails is skipped and says why; only if the context ends, Measure
// fails.
func Measure(ctx context.Context, c Case, contenders []Contender, s Settings,
	log func(format string, args ...any)) (Result, error) {
	r := Result{Case: c, Measurements: make([]Measurement, len(contenders))}
	workers := make([]*worker, len(contenders))
	drop := func(i int, err error) {
		r.Measurements[i] = Measurement{Contender: contenders[i].Name, Skipped: err.Error()}
		log("%s: %s takes no part: %v", c, contenders[i].Name, err)
		if workers[i] != nil {
			workers[i].stop()
			workers[i] = nil
		}
	}
	defer func() {
		for _, w := range workers {
			if w != nil {
				w.stop()
			}
		}
	}()
	flags := []string{"-task", c.Task, "-net", c.Net, "-batch", strconv.Itoa(c.Batch), "-threads",
		strconv.Itoa(s.Threads), "-dropout", fmt.Sprint(s.Dropout), "-data", s.Data}
	for i, contender := range contenders {
		w, err := startWorker(ctx, contender, flags)
		if ctx.Err() != nil {
			return r, fmt.Errorf("measuring %s: %w", c, ctx.Err())
		}
		if err != nil {
			drop(i, err)
			continue
		}
		workers[i] = w
		r.Measurements[i] = Measurement{Contender: contender.Name, Version: w.ready.Version, Compile: w.ready.Compile}
	}
	for round := range s.Rounds {
		for k := range workers {
			i := (k + round) % len(workers) // Nobody is always first.
			if workers[i] == nil {
				continue
			}
			t, err := workers[i].turn(s.Seconds)
			if err != nil {
				drop(i, err)
				continue
			}
			m := &r.Measurements[i]
			m.Rounds = append(m.Rounds, float64(t.Examples)/t.Seconds)
			m.PeakBytes, m.CardBytes = workers[i].peak(), max(m.CardBytes, workers[i].card())
		}
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("measuring %s: %w", c, err)
		}
	}
	r.summarise()
	return r, ctx.Err()
}

// Family is what a contender's settings belong to: "torch" of "torch-cl-bf16".
func Family(contender string) string {
	family, _, _ := strings.Cut(contender, "-")
	return family
}

// Best compares the first contender's family at its best setting with that of another family.
type Best struct {
	Ours, Theirs string
	Ratio        Spread // How many times as fast ours was, round by round.
}

// families returns each family's measurement at its best setting, that of the highest median, in the order of the
// contenders. Who took no part is left out.
func (r Result) families() (list []Measurement) {
	for _, m := range r.Measurements {
		if m.Skipped != "" || len(m.Rounds) == 0 {
			continue
		}
		i := slices.IndexFunc(list, func(o Measurement) bool { return Family(o.Contender) == Family(m.Contender) })
		switch {
		case i < 0:
			list = append(list, m)
		case m.PerSecond.Median > list[i].PerSecond.Median:
			list[i] = m
		}
	}
	return list
}

// Best returns a comparison with every other family.
func (r Result) Best() (list []Best) {
	best := r.families()
	if len(best) == 0 || Family(best[0].Contender) != Family(r.Measurements[0].Contender) {
		return nil // The first dropped out.
	}
	for _, theirs := range best[1:] {
		list = append(list, Best{best[0].Contender, theirs.Contender, ratio(best[0].Rounds, theirs.Rounds)})
	}
	return list
}

// ratio is that of two contenders' speeds, round by round.
func ratio(a, b []float64) Spread {
	if len(a) != len(b) {
		return Spread{} // One dropped out.
	}
	ratios := make([]float64, len(a))
	for k := range ratios {
		ratios[k] = a[k] / b[k]
	}
	return spread(ratios)
}

// summarise computes medians and ratios from the rounds.
func (r *Result) summarise() {
	first := r.Measurements[0].Rounds
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Skipped != "" {
			continue
		}
		m.PerSecond = spread(m.Rounds)
		m.Ratio = ratio(first, m.Rounds)
	}
}

func spread(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Spread{stat.Mean(sorted[(n-1)/2:n/2+1], nil), sorted[0], sorted[n-1]}
}
