package bench

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ferlab/fer"
	"ferlab/fer/figure"
)

// Benchmark is a whole benchmark, as kept in JSON.
type Benchmark struct {
	Date     time.Time `json:"date"`
	Machine  Machine   `json:"machine"`
	Settings Settings  `json:"settings"`
	// Matmul is the speed of float32 products of 2048 × 2048 matrices by XLA in the same run, in GFLOP/s: the machine's
	// peak.
	Matmul float64 `json:"matmul_gflops,omitempty"`
	// Products are these speeds of all contenders that were asked, in either precision: what their nets could reach.
	Products []Product `json:"products,omitempty"`
	Results  []Result  `json:"results"`
}

// Product is the speed of products of 2048 × 2048 matrices by a contender.
type Product struct {
	Contender string `json:"contender"` // Its name says the precision, as in the results.
	GFLOPS    Spread `json:"gflops"`
}

// Machine says where a benchmark ran.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	System    string `json:"system"`
	Go        string `json:"go"`
	// Flags are those of the processor's instructions that nets gain from.
	Flags []string `json:"flags,omitempty"`
	Card  string   `json:"card,omitempty"` // Name and driver of the GPU, if the contenders run on it.
}

// gainful are the processor's flags worth naming: vectors, and products of bfloat16 and bytes.
var gainful = []string{"avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16",
	"amx_int8"}

// ThisMachine describes the machine without naming it.
func ThisMachine() Machine {
	m := Machine{Processor: runtime.GOARCH, Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version()}
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		m.read(f)
	}
	return m
}

// read takes name and flags of the first processor in Linux's list.
func (m *Machine) read(cpuinfo io.Reader) {
	lines := bufio.NewScanner(cpuinfo)
	for lines.Scan() && lines.Text() != "" {
		name, value, _ := strings.Cut(lines.Text(), ":")
		switch strings.TrimSpace(name) {
		case "model name":
			m.Processor = strings.TrimSpace(value)
		case "flags":
			has := strings.Fields(value)
			for _, flag := range gainful {
				if slices.Contains(has, flag) {
					m.Flags = append(m.Flags, flag)
				}
			}
		}
	}
}

// Add adds a result; multiplyAdds are those of an image's forward pass. Training is counted as three of these, as
// usual.
func (r *Benchmark) Add(result Result, multiplyAdds int) {
	flops := 2 * float64(multiplyAdds)
	if result.Task == "train" {
		flops *= 3
	}
	if r.Matmul > 0 {
		for i := range result.Measurements {
			m := &result.Measurements[i]
			m.OfPeak = m.PerSecond.Median * flops / (r.Matmul * 1e9)
		}
	}
	r.Results = append(r.Results, result)
}

// Line is a result in a line: "train cnn ferlab 331/s keras 302/s ratio 1.10". The ratio of two contenders is the
// first's to the second's.
func (r Result) Line() string {
	parts := []string{r.Task, r.Net}
	var took []Measurement
	for _, m := range r.Measurements {
		if m.Skipped == "" {
			took = append(took, m)
			parts = append(parts, fmt.Sprintf("%s %.0f/s", m.Contender, m.PerSecond.Median))
		}
	}
	if len(took) == 2 && took[1].Ratio.Median > 0 {
		parts = append(parts, fmt.Sprintf("ratio %.2f", took[1].Ratio.Median))
	}
	return strings.Join(parts, " ")
}

// WriteTable writes every measurement as a row.
func (r *Benchmark) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "case\tcontender\timages/s\tlow–high\tfirst is × as fast\tlow–high\tof matmul peak\tfirst step "+
		"s\tpeak MiB\tversion")
	for _, result := range r.Results {
		for _, m := range result.Measurements {
			if m.Skipped != "" {
				fmt.Fprintf(t, "%s\t%s\tskipped: %s\n", result.Case, m.Contender, m.Skipped)
				continue
			}
			fmt.Fprintf(t, "%s\t%s\t%.0f\t%.0f–%.0f\t%.2f\t%.2f–%.2f\t%.0f %%\t%.1f\t%d\t%s\n", result.Case,
				m.Contender, m.PerSecond.Median, m.PerSecond.Low, m.PerSecond.High,
				m.Ratio.Median, m.Ratio.Low, m.Ratio.High, 100*m.OfPeak, m.Compile, m.PeakBytes>>20, m.Version)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, p := range r.Products {
		fmt.Fprintf(w, "product of 2048 × 2048 matrices, %s: %.0f GFLOP/s [%.0f–%.0f]\n", p.Contender, p.GFLOPS.Median,
			p.GFLOPS.Low, p.GFLOPS.High)
	}
	for _, result := range r.Results {
		for _, b := range result.Best() {
			fmt.Fprintf(w, "%s: %s is %.2f [%.2f–%.2f] times as fast as %s, the best of %s\n", result.Case, b.Ours,
				b.Ratio.Median, b.Ratio.Low, b.Ratio.High, b.Theirs, Family(b.Theirs))
		}
	}
	return nil
}

// Figure draws the throughput of a task and net by batch size, a series for each family of contenders at its best
// setting, with the range over the rounds. It returns nil if there is no such case.
func (r *Benchmark) Figure(task, net string) (*figure.Figure, error) {
	var groups []string
	var series []figure.BarSeries
	for _, result := range r.Results {
		if result.Task != task || result.Net != net {
			continue
		}
		for _, m := range result.families() {
			name := Family(m.Contender)
			i := slices.IndexFunc(series, func(s figure.BarSeries) bool { return s.Name == name })
			if i < 0 {
				i = len(series)
				series = append(series, figure.BarSeries{Name: name})
			}
			s := &series[i]
			missing(s, len(groups))
			s.Values = append(s.Values, m.PerSecond.Median)
			s.Low, s.High = append(s.Low, m.PerSecond.Low), append(s.High, m.PerSecond.High)
		}
		groups = append(groups, fmt.Sprint(result.Batch))
	}
	for i := range series {
		missing(&series[i], len(groups))
	}
	if groups == nil {
		return nil, nil
	}
	titles := map[string]string{"train": "Training", "infer": "Inference"}
	return figure.Bars(groups, series, figure.Axis{Label: "images per second"}, figure.Options{
		Title: fmt.Sprintf("%s of the original report's %s by batch size", titles[task], strings.ToUpper(net)),
		Caption: fmt.Sprintf("%s, %d threads; each at its fastest setting; median, lowest and highest of %d rounds",
			r.Machine.Processor, r.Settings.Threads, r.Settings.Rounds),
	})
}

// missing fills a series with values that aren't there until it has n.
func missing(s *figure.BarSeries, n int) {
	for len(s.Values) < n {
		s.Values, s.Low, s.High = append(s.Values, math.NaN()), append(s.Low, math.NaN()), append(s.High, math.NaN())
	}
}

// The files of the data folder: images as bytes, 48 × 48 each, and labels as a byte each.
const (
	ImagesFile = "images.u8"
	LabelsFile = "labels.u8"
)

// WriteData writes the examples that all contenders use into a folder.
func WriteData(dir string, examples []fer.Example) error {
	images, labels := make([]byte, 0, len(examples)*fer.Pixels), make([]byte, 0, len(examples))
	for _, e := range examples {
		images, labels = append(images, e.Image[:]...), append(labels, byte(e.Label))
	}
	if err := os.WriteFile(filepath.Join(dir, ImagesFile), images, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, LabelsFile), labels, 0o644)
}
