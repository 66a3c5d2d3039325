package semisup

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive // graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"ferlab/fer/backend"
)

type fixtures struct {
	Settings map[string]float64 `json:"settings"`
	Cases    []struct {
		Algorithm string                     `json:"algorithm"`
		Inputs    map[string]json.RawMessage `json:"inputs"`
		Want      map[string]json.RawMessage `json:"want"`
		Gradients map[string]json.RawMessage `json:"gradients"`
	} `json:"cases"`
	Mix     map[string]json.RawMessage `json:"mix"`
	Sharpen map[string]json.RawMessage `json:"sharpen"`
}

func load(t *testing.T) (f fixtures) {
	t.Helper()
	data, err := os.ReadFile("testdata/losses.json")
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tensor reads a number, a vector or a matrix.
func tensor(t *testing.T, data json.RawMessage) *tensors.Tensor {
	t.Helper()
	var matrix [][]float32
	if json.Unmarshal(data, &matrix) == nil {
		return tensors.FromValue(matrix)
	}
	var vector []float32
	if json.Unmarshal(data, &vector) == nil {
		return tensors.FromValue(vector)
	}
	var number float32
	if err := json.Unmarshal(data, &number); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return tensors.FromValue(number)
}

func expect(t *testing.T, what string, got *tensors.Tensor, want json.RawMessage) {
	t.Helper()
	a, b := tensors.MustCopyFlatData[float32](got), tensors.MustCopyFlatData[float32](tensor(t, want))
	if len(a) != len(b) {
		t.Errorf("%s has %d values, want %d", what, len(a), len(b))
		return
	}
	for i := range a {
		if !(math.Abs(float64(a[i]-b[i])) <= 1e-5*max(1, math.Abs(float64(b[i])))) {
			t.Errorf("%s[%d] is %v, want %v", what, i, a[i], b[i])
			return
		}
	}
}

// Every algorithm's losses, targets, mask, thresholds and gradients equal those of the reference in numpy.
func TestLossesEqualReference(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	f := load(t)
	tested := map[string]bool{}
	for _, c := range f.Cases {
		t.Run(c.Algorithm, func(t *testing.T) {
			a, err := ByName(c.Algorithm)
			if err != nil {
				t.Fatal(err)
			}
			tested[c.Algorithm] = true
			var names, wrt []string
			var args []any
			for _, name := range []string{"labelled", "labels", "first", "second", "target"} {
				if data, ok := c.Inputs[name]; ok {
					names, args = append(names, name), append(args, tensor(t, data))
				}
				if _, ok := c.Gradients[name]; ok {
					wrt = append(wrt, name)
				}
			}
			var initial map[string][]float32
			if data, ok := c.Inputs["state"]; ok {
				if err := json.Unmarshal(data, &initial); err != nil {
					t.Fatal(err)
				}
			}
			var outputs []string
			exec := gomlx.MustNewExec(b, gomlx.NewStore(), func(s *gomlx.Scope, nodes []*Node) []*Node {
				n := map[string]*Node{}
				for i, name := range names {
					n[name] = nodes[i]
				}
				terms := a.Loss(Inputs{
					Labelled: n["labelled"], Labels: n["labels"], First: n["first"], Second: n["second"],
					Target: n["target"], Threshold: f.Settings["threshold"], EMA: f.Settings["ema"],
					Fairness: f.Settings["fairness"],
					State: func(name string, _ []float32) *gomlx.Variable {
						return s.VariableWithValue(name,
							initial[name])
					},
				})
				total := terms.Supervised
				if terms.Unsupervised != nil {
					total = Add(total, MulScalar(terms.Unsupervised, f.Settings["weight"]))
				}
				if terms.Extra != nil {
					total = Add(total, terms.Extra)
				}
				var out []*Node
				outputs = nil
				for _, o := range []struct {
					name string
					node *Node
				}{
					{"total", total}, {"supervised", terms.Supervised}, {"unsupervised", terms.Unsupervised}, {"extra",
						terms.Extra},
					{"targets", terms.Targets}, {"mask", terms.Mask}, {"thresholds", terms.Thresholds},
				} {
					if o.node != nil {
						out, outputs = append(out, o.node), append(outputs, o.name)
					}
				}
				var at []*Node
				for _, name := range wrt {
					at = append(at, n[name])
				}
				return append(out, Gradient(total, at...)...)
			})
			out := exec.MustCall(args...)
			if len(outputs) != len(c.Want) {
				t.Errorf("it gives %v, want %d of them", outputs, len(c.Want))
			}
			for i, name := range outputs {
				expect(t, name, out[i], c.Want[name])
			}
			for i, name := range wrt {
				expect(t, "gradient of "+name, out[len(outputs)+i], c.Gradients[name])
			}
		})
	}
	for _, a := range Algorithms() {
		if !tested[a.Name] {
			t.Errorf("no fixture of %s", a.Name)
		}
	}
}

func TestMixAndSharpenEqualReference(t *testing.T) {
	b, err := backend.Get()
	if err != nil {
		t.Fatal(err)
	}
	f := load(t)
	var partner []int32
	if err := json.Unmarshal(toInts(f.Mix["partner"]), &partner); err != nil {
		t.Fatal(err)
	}
	mixed := MustNewExec(b, func(x, partner, share *Node) *Node { return mix(x, partner, share) }).
		MustCall(tensor(t, f.Mix["x"]), partner, tensor(t, f.Mix["share"]))
	expect(t, "mix", mixed[0], f.Mix["want"])
	sharp := MustNewExec(b, func(p *Node) *Node { return sharpen(p, f.Settings["temperature"]) }).MustCall(tensor(t,
		f.Sharpen["p"]))
	expect(t, "sharpen", sharp[0], f.Sharpen["want"])
}

// toInts rewrites [1.0, 2.0] as [1, 2].
func toInts(data json.RawMessage) json.RawMessage {
	var floats []float64
	if json.Unmarshal(data, &floats) != nil {
		return data
	}
	ints := make([]int, len(floats))
	for i, v := range floats {
		ints[i] = int(v)
	}
	out, _ := json.Marshal(ints)
	return out
}
