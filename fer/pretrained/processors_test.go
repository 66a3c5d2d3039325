package pretrained_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/pretrained"
)

// predictEnv makes this program print the shipped nets' probabilities instead of testing.
const predictEnv = "FERLAB_TEST_PREDICT"

func TestMain(m *testing.M) {
	if os.Getenv(predictEnv) == "" {
		os.Exit(m.Run())
	}
	if err := printProbabilities(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// printProbabilities prints a row for each shipped net and each of 21 drawn faces.
func printProbabilities() error {
	faces, err := dataset.Open("synthetic:train=7,test=21,seed=3", nil)
	if err != nil {
		return err
	}
	for i := range faces.Examples { // Not all nets know the seven emotions alone.
		faces.Examples[i].Label = fer.Unlabelled
	}
	out := csv.NewWriter(os.Stdout)
	for _, name := range pretrained.Names() {
		r, err := pretrained.Open(name)
		if err != nil {
			return err
		}
		predictions, err := r.Predict(faces.Split("test"))
		if err != nil {
			return err
		}
		for _, p := range predictions {
			row := []string{name + " " + p.ID}
			for _, v := range p.Probs {
				row = append(row, strconv.FormatFloat(v, 'g', -1, 64))
			}
			out.Write(row)
		}
	}
	out.Flush()
	return out.Error()
}

// The shipped nets say the same, within 1e-4, on processors with other instructions and on the pure-Go backend.
func TestProcessors(t *testing.T) {
	probabilities := func(env ...string) [][]string {
		t.Helper()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(append(os.Environ(), predictEnv+"=1"), env...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", env, err, errs.Bytes())
		}
		table := csv.NewReader(bytes.NewReader(out))
		table.FieldsPerRecord = -1 // Nets tell apart different numbers of classes.
		rows, err := table.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	want := probabilities()
	if len(want) != 21*len(pretrained.Names()) {
		t.Fatalf("%d rows of %d nets, want 21 each", len(want), len(pretrained.Names()))
	}
	for _, other := range []struct {
		name string
		env  []string
	}{
		{"AVX2", []string{"XLA_FLAGS=--xla_cpu_max_isa=AVX2", "ONEDNN_MAX_CPU_ISA=AVX2"}},
		{"SSE4.2", []string{"XLA_FLAGS=--xla_cpu_max_isa=SSE4_2", "ONEDNN_MAX_CPU_ISA=SSE41"}},
		{"XLA without oneDNN", []string{"FERLAB_ONEDNN=off"}},
		{"pure Go", []string{"GOMLX_BACKEND=go"}},
	} {
		most, got := 0.0, probabilities(other.env...)
		for i, row := range want {
			for k, text := range row[1:] {
				x, err1 := strconv.ParseFloat(text, 64)
				y, err2 := strconv.ParseFloat(got[i][k+1], 64)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				if d := math.Abs(x - y); d > most || math.IsNaN(d) {
					most = d
				}
			}
		}
		t.Logf("%s: at most %.1e apart", other.name, most)
		if !(most < 1e-4) {
			t.Errorf("%s: probabilities are %v apart, want less than 1e-4", other.name, most)
		}
	}
}
