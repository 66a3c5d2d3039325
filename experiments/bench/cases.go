package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/compute"

	"ferlab/experiments/internal/bench"
	"ferlab/fer/backend/onednn"
)

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
		// Everyone compiles anew.
		c := bench.Contender{Name: name, Env: []string{fmt.Sprint("GOMAXPROCS=", threads), onednn.ProgramsEnv + "=off"}}
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
