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
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"ferlab/experiments/internal/bench"
	"ferlab/experiments/internal/cli"
	"ferlab/fer"
	"ferlab/fer/backend"
	"ferlab/fer/dataset"
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
		if cards := backend.Cards(); len(cards) > 0 {
			benchmark.Machine.Card = cards[0]
		}
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
