package bench

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const childEnv = "FERLAB_BENCH_CHILD"

// A process with childEnv set is a contender whose step takes that long.
func TestMain(m *testing.M) {
	if pause, ok := os.LookupEnv(childEnv); ok {
		d, err := time.ParseDuration(pause)
		if err != nil {
			os.Stderr.WriteString("warning\nno pause\n")
			os.Exit(1)
		}
		os.Stdout.WriteString("a framework's own line\n")
		if len(os.Args) == 3 && os.Args[1] == "-scale" { // Holds as many KiB as it is asked for images.
			held = bytes.Repeat([]byte{1}, must(strconv.Atoi(os.Args[2]))<<10)
			os.Stdout.WriteString("{\"seconds\": 1.5}\n")
		}
		if err := Serve(os.Stdin, os.Stdout, "v1", 10, func() error { time.Sleep(d); return nil }); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var held []byte

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func contender(name, pause string) Contender {
	return Contender{Name: name, Command: []string{os.Args[0]}, Env: []string{childEnv + "=" + pause}}
}

// Contenders of known speed are measured at it, and those that fail are named with their last words.
func TestMeasure(t *testing.T) {
	list := []Contender{contender("fast", "20ms"), contender("slow", "60ms"), contender("broken", "x"),
		{Name: "absent", Skip: "not installed"}}
	var log strings.Builder
	r, err := Measure(context.Background(), Case{"train", "cnn", 10}, list,
		Settings{Rounds: 3, Seconds: 0.3, Threads: 1}, func(string, ...any) { log.WriteString("x") })
	if err != nil {
		t.Fatal(err)
	}
	fast, slow, broken, absent := r.Measurements[0], r.Measurements[1], r.Measurements[2], r.Measurements[3]
	// A sleep takes at least its time, and on a busy machine much longer.
	if v := fast.PerSecond; v.High > 500 || v.Low <= 0 || v.Low > v.Median || v.Median > v.High ||
		len(fast.Rounds) != 3 || fast.Version != "v1" || fast.Compile < 0.02 {
		t.Errorf("fast: %+v", fast)
	}
	if v := slow.Ratio; v.Median < 1 || v.Median > 6 || slow.PerSecond.High > 1000.0/6 {
		t.Errorf("slow: %+v, want about a third of the speed", slow)
	}
	if fast.Ratio != (Spread{1, 1, 1}) {
		t.Errorf("fast is %+v as fast as itself", fast.Ratio)
	}
	if !strings.HasSuffix(broken.Skipped, "no pause") || absent.Skipped != "not installed" || log.String() != "xx" {
		t.Errorf("skipped: %q, %q, %d lines of log", broken.Skipped, absent.Skipped, log.Len())
	}
}

// Each family's best setting is compared, round by round; one that dropped out isn't.
func TestBest(t *testing.T) {
	r := Result{Case: Case{"train", "cnn", 128}, Measurements: []Measurement{
		{Contender: "ferlab", Rounds: []float64{300, 310, 320}},
		{Contender: "keras", Rounds: []float64{200, 200, 200}},
		{Contender: "ferlab-bf16", Rounds: []float64{600, 660, 500}},
		{Contender: "keras-bf16-jit", Skipped: "broken"},
		{Contender: "torch-cl-bf16", Rounds: []float64{300, 300, 250}},
		{Contender: "torch", Rounds: []float64{100, 400, 100}},
	}}
	r.summarise()
	want := []Best{{"ferlab-bf16", "keras", Spread{3, 2.5, 3.3}}, {"ferlab-bf16", "torch-cl-bf16", Spread{2, 2, 2.2}}}
	if got := r.Best(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	r.Measurements[0].Skipped, r.Measurements[2].Skipped = "broken", "broken"
	if got := r.Best(); got != nil {
		t.Errorf("%v without the first", got)
	}
}

// The first processor's name and those of its flags that matter are read.
func TestMachine(t *testing.T) {
	var m Machine
	m.read(strings.NewReader("processor\t: 0\nmodel name\t: A B\nflags\t\t: fpu avx2 amx_bf16 avx512f sse\n\n" +
		"processor\t: 1\nmodel name\t: C\nflags\t\t: fma\n"))
	if m.Processor != "A B" || !slices.Equal(m.Flags, []string{"avx2", "avx512f", "amx_bf16"}) {
		t.Errorf("%+v", m)
	}
}

func TestReport(t *testing.T) {
	r := Result{Case: Case{"train", "cnn", 128}, Measurements: []Measurement{
		{Contender: "ferlab", Rounds: []float64{330, 300, 340}},
		{Contender: "keras", Rounds: []float64{300, 310, 290}},
		{Contender: "torch", Skipped: "not installed"},
	}}
	r.summarise()
	if got, want := r.Line(), "train cnn ferlab 330/s keras 300/s ratio 1.10"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
	benchmark := Benchmark{Matmul: 100}
	benchmark.Add(r, 16_666_667)
	// 330/s · 3 · 2 · 16.67e6 flop of 100e9
	if got := benchmark.Results[0].Measurements[0].OfPeak; got < 0.32999 || got > 0.33001 {
		t.Errorf("of peak %v, want 0.33", got)
	}
	var table bytes.Buffer
	if err := benchmark.WriteTable(&table); err != nil || strings.Count(table.String(), "\n") != 5 ||
		!strings.Contains(table.String(), "skipped: not installed") {
		t.Errorf("%v, table:\n%s", err, &table)
	}
	if f, err := benchmark.Figure("train", "cnn"); err != nil || f == nil {
		t.Errorf("figure: %v, %v", f, err)
	}
	if f, err := benchmark.Figure("infer", "cnn"); err != nil || f != nil {
		t.Errorf("figure without a case: %v, %v", f, err)
	}
}

// The memory that a program holds is seen, and grows with what it is asked to hold.
func TestMeasureScale(t *testing.T) {
	var list []Scale
	for _, images := range []int{1, 200_000} {
		s, err := MeasureScale(context.Background(), contender("", "10ms"), images, Settings{Rounds: 2, Seconds: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		if s.Images != images || s.Open != 1.5 || s.PerSecond <= 0 || s.PerSecond > 1000 {
			t.Errorf("%+v, want 1.5 s and at most 1000 images a second", s)
		}
		list = append(list, s)
	}
	if grown := list[1].Own - list[0].Own; runtime.GOOS == "linux" && (grown < 150e6 || grown > 300e6) {
		t.Errorf("200 MB more are %d bytes more", grown)
	}
	if _, err := MeasureScale(context.Background(), contender("", "x"), 1, Settings{Rounds: 1}); err == nil {
		t.Error("no error of a contender that fails")
	}
	var table strings.Builder
	if err := ScaleTable(&table, list); err != nil || strings.Count(table.String(), "\n") != 3 {
		t.Errorf("table %q, error %v", table.String(), err)
	}
	if _, _, err := ScaleFigures(list); err != nil {
		t.Error(err)
	}
}
