// Bench compares the speed of training and inference of three nets: Ferlab, also in mixed precision ("ferlab-bf16"),
// the same nets of GoMLX's own layers ("plain"), Ferlab on GoMLX's pure-Go backend ("go", and "go-simd" built with
// GOEXPERIMENT=simd), Keras on TensorFlow ("keras") and on JAX ("jax"), and PyTorch ("torch"):
//
//	make bench
//	go run ./experiments/bench -quick
//	go run ./experiments/bench -nets cnn -train 128 -infer 1,256 -contenders ferlab,keras
//	go run ./experiments/bench -nets cnn -infer - -dropout 0
//	go run ./experiments/bench -device gpu
//	go run ./experiments/bench -scale 1000,10000,100000,1000000
//
// A peer's settings follow its name: "keras-bf16-jit" (mixed_bfloat16, compiled by XLA), "jax-bf16",
// "torch-cl-bf16-compile" (channels_last, bf16 autocast, torch.compile), or some of them; "-malloc" gives it the C
// library's settings that Ferlab gives itself. Each is a contender; of every peer the best is named and compared.
// "ferlab-free" and "ferlab-free-bf16" are Ferlab on a GPU without the demand for the same bits every time.
//
// All have the same nets, data, batches, threads and optimizer (Adam), and take turns in every round. It prints a table
// and leaves bench.json and a figure for each net and task in a folder. A contender that isn't there is named and
// skipped; the Python ones are installed by "make peers", those for a GPU by whoever has one. Run it from the
// repository's root, or from a bundle's folder.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"ferlab/experiments/internal/bench"
	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/model"
	"ferlab/fer/synth"
	"ferlab/internal/atomicfile"
)

const (
	peers    = "experiments/bench/peers/contender.py"
	examples = 1024 // The largest batch is at most this.
)

// defaults are what is measured, by device.
var defaults = map[string]struct{ nets, train, infer, contenders string }{
	"cpu": {"cnn,dnn", "32,64,128,256", "1,32,256", "ferlab,ferlab-bf16,keras,keras-bf16,keras-jit,keras-bf16-jit," +
		"torch,torch-cl-bf16,torch-cl-bf16-compile,torch-compile,jax,jax-bf16,plain,go,go-simd"},
	"gpu": {"cnn,dnn,resnet", "128,1024", "128,1024", "ferlab,ferlab-bf16,ferlab-free,ferlab-free-bf16," +
		"torch,torch-cl,torch-cl-bf16,torch-cl-bf16-compile,torch-compile,jax,jax-bf16"},
}

func main() { cli.Main("bench", mainErr) }

func mainErr() error {
	var (
		settings bench.Settings
		c        bench.Case
		quick    = flag.Bool("quick", false,
			"only the CNN's training at batch 128 by ferlab and keras, in short rounds")
		device = flag.String("device", "cpu", "what all compute on: cpu or gpu")
		nets   = flag.String("nets", "", "nets, separated by commas: cnn, dnn, resnet; default cnn,dnn, on a GPU all")
		train  = flag.String("train", "", "batch sizes of training; default 32,64,128,256, on a GPU 128,1024")
		infer  = flag.String("infer", "", "batch sizes of inference, \"-\" for none; default 1,32,256, on a GPU "+
			"128,1024")

		contenders = flag.String("contenders", "", "who takes part, best and others are compared with the first; "+
			"default "+defaults["cpu"].contenders+", on a GPU "+defaults["gpu"].contenders)
		python = flag.String("python", ".ferlab/peers/bin/python", "`path` of the Python that has the peers")
		out    = flag.String("out", "build/bench", "`folder` for bench.json and the figures")
		arrays = flag.String("arrays", "", "write the training and PublicTest images of this `source` into -out, for "+
			"peers/time_to_accuracy.py, and end")
		scales = flag.String("scale", "", "measure the CNN's training and its memory with these `numbers` of "+
			"synthetic images instead, such as 1000,1000000")
		worker = flag.String("worker", "", "internal: take part as ferlab, plain or scale")
	)
	flag.IntVar(&settings.Rounds, "rounds", 5, "turns of every contender")
	flag.Float64Var(&settings.Seconds, "seconds", 2, "length of a turn")
	flag.IntVar(&settings.Threads, "threads", runtime.NumCPU(), "threads of every contender")
	flag.Float64Var(&settings.Dropout, "dropout", 0.25, "rate of dropout in all nets")
	flag.StringVar(&c.Task, "task", "", "internal: the worker's task")
	flag.StringVar(&c.Net, "net", "", "internal: the worker's net")
	flag.IntVar(&c.Batch, "batch", 0, "internal: the worker's batch size")
	flag.StringVar(&settings.Data, "data", "", "internal: the worker's data folder")
	if err := cli.Parse(); err != nil {
		return err
	}
	if *worker == "scale" {
		images, err := strconv.Atoi(*scales)
		if err != nil {
			return err
		}
		return serveScale(images)
	}
	if *worker != "" {
		return serve(*worker, *device, c, settings)
	}
	if *arrays != "" {
		return writeArrays(*arrays, *out)
	}
	d, ok := defaults[*device]
	if !ok {
		return fmt.Errorf("device is %q, want cpu or gpu", *device)
	}
	if *quick {
		d.nets, d.train, d.infer, d.contenders = "cnn", "128", "-", "ferlab,keras"
		settings.Rounds, settings.Seconds = 3, 3
	}
	for value, fallback := range map[*string]string{nets: d.nets, train: d.train, infer: d.infer,
		contenders: d.contenders} {
		if *value == "" || *quick {
			*value = fallback
		}
	}
	if settings.Dropout < 0 || settings.Dropout >= 1 {
		return fmt.Errorf("dropout is %g, want 0 or more and less than 1", settings.Dropout)
	}
	if settings.Rounds < 1 || settings.Seconds <= 0 || settings.Threads < 1 || settings.Threads > runtime.NumCPU() {
		return fmt.Errorf("rounds and seconds must be positive, threads between 1 and %d", runtime.NumCPU())
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	if *scales != "" {
		return scale(ctx, *scales, *out, settings)
	}
	cases, err := makeCases(*nets, *train, *infer)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ferlab-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	settings.Data = dir
	var faces []fer.Example
	for _, f := range synth.Faces(1, examples) {
		faces = append(faces, fer.Example{Image: f.Image, Label: f.Label})
	}
	if err := bench.WriteData(dir, faces); err != nil {
		return err
	}
	benchmark := bench.Benchmark{Date: time.Now().UTC().Truncate(time.Second), Machine: bench.ThisMachine(),
		Settings: settings}

	if *device == "gpu" {
		benchmark.Machine.Card = card()
	}
	programs, err := makeContenders(ctx, strings.Split(*contenders, ","), *device, *python, dir, settings.Threads)
	if err != nil {
		return err
	}
	if !*quick {
		if err := products(ctx, &benchmark, programs); err != nil {
			return err
		}
	}
	for _, c := range cases {
		result, err := bench.Measure(ctx, c, programs, settings, log.Printf)
		if err != nil {
			return err
		}
		work, err := multiplyAdds(c.Net)
		if err != nil {
			return err
		}
		benchmark.Add(result, work)
		if *quick {
			fmt.Println(result.Line())
			return nil
		}
		log.Printf("batch %d: %s", c.Batch, result.Line())
		if err := save(&benchmark, *out); err != nil { // Nothing is lost by an interruption.
			return err
		}
	}
	fmt.Println("written to", *out)
	return benchmark.WriteTable(os.Stdout)
}

// products measures products of matrices by Ferlab and PyTorch, which has oneDNN on a CPU, in either precision.
func products(ctx context.Context, b *bench.Benchmark, programs []bench.Contender) error {
	var list []bench.Contender
	for _, p := range programs {
		if slices.Contains([]string{"ferlab", "ferlab-bf16", "torch", "torch-cl-bf16"}, p.Name) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	result, err := bench.Measure(ctx, bench.Case{Task: "matmul", Batch: 1}, list, b.Settings, log.Printf)
	if err != nil {
		return err
	}
	const flops = 2 * matmulSize * matmulSize * matmulSize / 1e9
	for _, m := range result.Measurements {
		if m.Skipped != "" {
			continue
		}
		if m.Contender == "ferlab" {
			b.Matmul = m.PerSecond.High * flops
		}
		b.Products = append(b.Products, bench.Product{Contender: m.Contender, GFLOPS: bench.Spread{
			Median: m.PerSecond.Median * flops, Low: m.PerSecond.Low * flops, High: m.PerSecond.High * flops}})
		log.Printf("matrix product by %s: %.0f GFLOP/s", m.Contender, m.PerSecond.Median*flops)
	}
	return nil
}

// writeArrays writes the images and labels of a source's training split and of PublicTest into folders of dir.
func writeArrays(source, dir string) error {
	data, err := dataset.Open(source, nil)
	if err != nil {
		return err
	}
	for name, split := range map[string]fer.Split{"train": fer.Train, "public": fer.Public} {
		part := filepath.Join(dir, name)
		if err := os.MkdirAll(part, 0o755); err != nil {
			return err
		}
		if err := bench.WriteData(part, data.Split(split).Examples); err != nil {
			return err
		}
	}
	return nil
}

// card is the first GPU's name and driver.
func card() string {
	out, err := exec.Command("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader").Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

// save writes the benchmark and its figures into a folder.
func save(r *bench.Benchmark, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(filepath.Join(dir, "bench.json"), append(text, '\n')); err != nil {
		return err
	}
	for _, task := range []string{"train", "infer"} {
		for _, net := range netNames {
			f, err := r.Figure(task, net)
			if err != nil {
				return err
			}
			if f == nil {
				continue
			}
			if err := f.Save(filepath.Join(dir, task+"-"+net+".png")); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeCases makes a case of every net with every batch size of the two tasks.
func makeCases(nets, train, infer string) (cases []bench.Case, err error) {
	for _, net := range strings.Split(nets, ",") {
		if !slices.Contains(netNames, net) {
			return nil, fmt.Errorf("net is %q, want cnn, dnn or resnet", net)
		}
		for _, t := range []struct{ task, sizes string }{{"train", train}, {"infer", infer}} {
			if t.sizes == "-" {
				continue
			}
			for _, size := range strings.Split(t.sizes, ",") {
				n, err := strconv.Atoi(size)
				if err != nil || n < 1 || n > examples {
					return nil, fmt.Errorf("batch size is %q, want 1 to %d", size, examples)
				}
				cases = append(cases, bench.Case{Task: t.task, Net: net, Batch: n})
			}
		}
	}
	return cases, nil
}

// makeContenders finds the named contenders' programs, and builds go-simd's.
func makeContenders(ctx context.Context, names []string, device, python, dir string, threads int) (
	list []bench.Contender, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	limit := []string{}
	if threads < runtime.NumCPU() {
		// XLA has a thread for every processor that it may use.
		limit = []string{"taskset", "-c", fmt.Sprintf("0-%d", threads-1)}
	}
	// Only Ferlab's programs, and peers with the setting "malloc", ask the C library for huge pages and for keeping
	// freed arrays; see backend.Tune.
	const plainMalloc = "GLIBC_TUNABLES=glibc.malloc.hugetlb=0"
	for _, name := range names {
		c := bench.Contender{Name: name, Env: []string{fmt.Sprint("GOMAXPROCS=", threads)}}
		family, settings, _ := strings.Cut(name, "-")
		switch {
		case slices.Contains([]string{"ferlab", "ferlab-bf16"}, name):
			c.Command = []string{self, "-worker", name}
		case slices.Contains([]string{"ferlab-free", "ferlab-free-bf16"}, name):
			c.Command = []string{self, "-worker", strings.Replace(name, "-free", "", 1)}
			c.Env = append(c.Env, "XLA_FLAGS=--xla_gpu_deterministic_ops=false "+os.Getenv("XLA_FLAGS"))
		case name == "plain":
			c.Command = []string{self, "-worker", "plain"}
			c.Env = append(c.Env, plainMalloc)
		case name == "go":
			c.Command = []string{self, "-worker", "ferlab"}
			c.Env = append(c.Env, compute.ConfigEnvVar+"=go")
		case name == "go-simd":
			path := filepath.Join(dir, "bench-simd")
			build := exec.CommandContext(ctx, "go", "build", "-o", path, "./experiments/bench")
			build.Env = append(os.Environ(), "GOEXPERIMENT=simd")
			if text, err := build.CombinedOutput(); err != nil {
				c.Skip = fmt.Sprintf("can't be built with GOEXPERIMENT=simd: %v %s", err,
					strings.TrimSpace(string(text)))
			}
			c.Command = []string{path, "-worker", "ferlab"}
			c.Env = append(c.Env, compute.ConfigEnvVar+"=go")
		case hasSettings(family, settings):
			if _, err := exec.LookPath(python); err != nil {
				c.Skip = fmt.Sprintf("there is no %s: run make peers", python)
			}
			c.Command = []string{python, peers, "-framework", family, "-settings", settings}
			c.Env = append(c.Env, fmt.Sprint("OMP_NUM_THREADS=", threads))
			if !slices.Contains(strings.Split(settings, "-"), "malloc") {
				c.Env = append(c.Env, plainMalloc)
			}
			if device == "cpu" {
				c.Env = append(c.Env, "CUDA_VISIBLE_DEVICES=")
			}
		default:
			return nil, fmt.Errorf("unknown contender %q, want ferlab, ferlab-bf16, ferlab-free, ferlab-free-bf16, "+
				"plain, go, go-simd, or keras, jax or torch with settings such as torch-cl-bf16", name)
		}
		c.Command = append(c.Command, "-device", device)
		c.Command = append(limit[:len(limit):len(limit)], c.Command...)
		list = append(list, c)
	}
	return list, nil
}

// hasSettings reports whether a peer knows all of some settings, joined by hyphens.
func hasSettings(peer, settings string) bool {
	known, ok := map[string]string{"keras": "bf16 jit malloc", "jax": "bf16 malloc",
		"torch": "cl bf16 compile malloc"}[peer]
	for s := range strings.SplitSeq(settings, "-") {
		ok = ok && (s == "" || slices.Contains(strings.Fields(known), s))
	}
	return ok
}

// multiplyAdds are those of an image's forward pass.
func multiplyAdds(net string) (int, error) {
	s, err := model.Summarize(ferlabNets(0)[net])
	if err != nil {
		return 0, err
	}
	return s.MultiplyAdds(), nil
}

// matmul returns a step that multiplies two large matrices, of bfloat16 if mixed, into float32.
func matmul(b compute.Backend, mixed bool) (func() error, error) {
	exec, err := graph.NewExec(b, func(x *graph.Node) *graph.Node {
		if mixed {
			x = graph.ConvertDType(x, dtypes.BFloat16)
		}
		return graph.ReduceAllSum(graph.Dot(x, x).WithOutputDType(dtypes.Float32).Product())
	})
	if err != nil {
		return nil, err
	}
	random, err := graph.NewExec(b, func(g *graph.Graph) *graph.Node {
		return graph.DivScalar(graph.Iota(g, shapes.Make(dtypes.Float32, matmulSize, matmulSize), 0), matmulSize)
	})
	if err != nil {
		return nil, err
	}
	x, err := random.Call()
	if err != nil {
		return nil, err
	}
	return func() error {
		out, err := exec.Call(x[0])
		if err != nil {
			return err
		}
		out[0].Value()
		return out[0].FinalizeAll()
	}, nil
}
