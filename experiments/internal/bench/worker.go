// Package bench measures training and inference of the same net by several contenders side by side: Ferlab in several
// forms, and other frameworks. Every contender is a process of its own that waits for its turn, so that the rounds of
// all interleave and only one works at a time: what slows the machine for a while slows all of them.
package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Case is what the contenders compete in.
type Case struct {
	// Task is "train" for a step of Adam with dropout and batch statistics, "infer" for logits, "matmul" for a product.
	Task  string `json:"task"`
	Net   string `json:"net"`   // "cnn" or "dnn", the original report's, or "resnet".
	Batch int    `json:"batch"` // Images of a step.
}

func (c Case) String() string { return fmt.Sprintf("%s %s batch %d", c.Task, c.Net, c.Batch) }

// Contender is a program that speaks the protocol of [Serve]. It gets the case and the number of threads as flags after
// its own arguments.
type Contender struct {
	Name    string
	Command []string
	Env     []string // Added to the environment.
	Skip    string   // If not empty, why it can't take part.
}

// Ready is the first line of a contender's output, as JSON.
type Ready struct {
	Version string  `json:"version"` // Such as "Keras 3.15.1, TensorFlow 2.21.0".
	Compile float64 `json:"compile"` // Seconds of the first step, which compiles.
	Error   string  `json:"error"`   // Why it can't take part, else empty.
}

// Turn is a contender's answer to a line with a number of seconds: the work it did in a little more than them.
type Turn struct {
	Examples int     `json:"examples"`
	Seconds  float64 `json:"seconds"`
}

// Serve answers on out for a contender: first [Ready], then a [Turn] for every number of seconds that it reads from in,
// until that ends. The step, called once before that, trains or infers a batch and returns when its result is there.
func Serve(in io.Reader, out io.Writer, version string, batch int, step func() error) error {
	answer := json.NewEncoder(out)
	start := time.Now()
	if err := step(); err != nil {
		return err
	}
	if err := answer.Encode(Ready{Version: version, Compile: time.Since(start).Seconds()}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		seconds, err := strconv.ParseFloat(lines.Text(), 64)
		if err != nil {
			return err
		}
		if err := step(); err != nil { // Isn't counted: after a pause it finds its memory and caches cold.
			return err
		}
		var t Turn
		for start := time.Now(); t.Seconds < seconds; t.Seconds = time.Since(start).Seconds() {
			if err := step(); err != nil {
				return err
			}
			t.Examples += batch
		}
		if err := answer.Encode(t); err != nil {
			return err
		}
	}
	return lines.Err()
}

// Refuse answers instead of [Serve] that a contender takes no part, and why.
func Refuse(out io.Writer, why string) error { return json.NewEncoder(out).Encode(Ready{Error: why}) }

// worker is a running contender.
type worker struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
	errs  strings.Builder
	ready Ready
}

// launch starts a contender.
func launch(ctx context.Context, c Contender, flags []string) (*worker, error) {
	if c.Skip != "" {
		return nil, errors.New(c.Skip)
	}
	w := &worker{cmd: exec.CommandContext(ctx, c.Command[0],
		append(c.Command[1:len(c.Command):len(c.Command)], flags...)...)}
	w.cmd.Env = append(os.Environ(), c.Env...)
	w.cmd.Stderr = &w.errs
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewScanner(out)
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return w, w.cmd.Start()
}

// startWorker starts a contender and waits until it is ready.
func startWorker(ctx context.Context, c Contender, flags []string) (*worker, error) {
	w, err := launch(ctx, c, flags)
	if err != nil {
		return nil, err
	}
	err = w.read(&w.ready)
	if err == nil && w.ready.Error != "" {
		err = errors.New(w.ready.Error)
	}
	if err != nil {
		w.stop()
		return nil, err
	}
	return w, nil
}

// turn lets the contender work for some seconds.
func (w *worker) turn(seconds float64) (Turn, error) {
	if _, err := fmt.Fprintln(w.in, seconds); err != nil {
		return Turn{}, err
	}
	var t Turn
	err := w.read(&t)
	return t, err
}

// read reads the next answer; lines that a framework prints of its own are none.
func (w *worker) read(v any) error {
	for w.out.Scan() {
		if line := w.out.Bytes(); len(line) > 0 && line[0] == '{' {
			return json.Unmarshal(line, v)
		}
	}
	w.cmd.Wait()
	lines := strings.Split(strings.TrimSpace(w.errs.String()), "\n")
	return fmt.Errorf("ended without an answer: %s", lines[len(lines)-1])
}

// peak is the most memory that the contender held so far, in bytes; 0 where the system doesn't tell.
func (w *worker) peak() int64 { return w.memory()["VmHWM"] }

// memory is what the system tells of the contender's memory, in bytes, by the names of Linux's /proc/PID/status.
func (w *worker) memory() map[string]int64 {
	held := map[string]int64{}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[2] == "kB" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			held[strings.TrimSuffix(fields[0], ":")] = kib << 10
		}
	}
	return held
}

// card is the memory of the GPU that the contender holds, in bytes; 0 where the driver doesn't tell.
func (w *worker) card() int64 {
	out, err := exec.Command("nvidia-smi", "--query-compute-apps=pid,used_memory",
		"--format=csv,noheader,nounits").Output()
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(out)) {
		pid, used, _ := strings.Cut(strings.TrimSpace(line), ", ")
		if pid == strconv.Itoa(w.cmd.Process.Pid) {
			mib, _ := strconv.ParseInt(used, 10, 64)
			return mib << 20
		}
	}
	return 0
}

func (w *worker) stop() {
	w.in.Close()
	w.cmd.Wait()
}
