package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"google.golang.org/protobuf/encoding/protowire"

	"ferlab/fer"
	"ferlab/fer/model"
	"ferlab/fer/model/modeltest"
	"ferlab/fer/nn"
	"ferlab/fer/pretrained"
	"ferlab/fer/synth"
)

// fields decodes a message: the payloads of each field, in order.
func fields(t *testing.T, m []byte) map[int][][]byte {
	t.Helper()
	all := map[int][][]byte{}
	for len(m) > 0 {
		number, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		m = m[n:]
		size := protowire.ConsumeFieldValue(number, kind, m)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		payload := m[:size]
		if kind == protowire.BytesType {
			payload, _ = protowire.ConsumeBytes(m)
		}
		all[int(number)] = append(all[int(number)], payload)
		m = m[size:]
	}
	return all
}

// Every net's layers, one after another in plain Go, give the net's logits (NetONNX checks that itself), and the file
// holds a node for each of them. With FERLAB_ONNX_DIR set, the files are kept there for testdata/check_onnx.py.
func TestONNX(t *testing.T) {
	var faces []*fer.Image
	for i := range 8 {
		faces = append(faces, synth.Make(5, i).Image)
	}
	save := func(name string, data []byte, p *model.Predictor, temperature float64) {
		dir := os.Getenv("FERLAB_ONNX_DIR")
		if dir == "" {
			return
		}
		logits, err := p.Logits(faces)
		if err != nil {
			t.Fatal(err)
		}
		want := struct {
			Images        [][]int     `json:"images"`
			Logits        [][]float64 `json:"logits"`
			Probabilities [][]float64 `json:"probabilities"`
		}{}
		for i, f := range faces {
			var row []int
			for _, v := range f {
				row = append(row, int(v))
			}
			var l []float64
			for _, v := range logits[i] {
				l = append(l, float64(v))
			}
			probs := model.Softmax(logits[i], temperature)
			want.Images, want.Logits, want.Probabilities = append(want.Images, row), append(want.Logits,
				l), append(want.Probabilities, probs[:])
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		for file, content := range map[string][]byte{name + ".onnx": data, name + ".json": text} {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range pretrained.Names() {
		for _, float := range []bool{false, true} {
			r, err := pretrained.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			if err := ONNX(&file, r, &Options{Float: float}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			m := fields(t, file.Bytes())
			g := fields(t, m[7][0])
			var ops []string
			for _, n := range g[1] {
				ops = append(ops, string(fields(t, n)[4][0]))
			}
			all := strings.Join(ops, " ")
			if name == "cnn" && (strings.Count(all, "Conv") != 4 || strings.Count(all, "Gemm") != 4 ||
				strings.Contains(all, "Cast") == float || !strings.HasSuffix(all, "Softmax")) {
				t.Errorf("%s has the nodes %s", name, all)
			}
			params := 0
			for _, w := range g[5] {
				params += len(fields(t, w)[9][0]) / 4
			}
			if want := r.Record.Parameters + 2; params != want {
				t.Errorf("%s has %d weights, want %d", name, params, want)
			}
			p, err := r.Predictor()
			if err != nil {
				t.Fatal(err)
			}
			save(fmt.Sprintf("%s-%t", name, float), file.Bytes(), p, r.Temperature())
		}
	}
	residual := model.ResNet(&model.ResNetConfig{Filters: []int{4, 6, 8}, Blocks: []int{1, 1}})
	s := modeltest.Initialised(t, residual, 0)
	var file bytes.Buffer
	if err := NetONNX(&file, residual, s, &Options{Temperature: 2}); err != nil {
		t.Fatal(err)
	}
	p, err := model.NewPredictor(residual, s, model.Float32)
	if err != nil {
		t.Fatal(err)
	}
	save("resnet", file.Bytes(), p, 2)
}

func TestChannelsFirst(t *testing.T) {
	const h, w, in, out = 2, 3, 4, 5
	values := make([]float32, h*w*in*out)
	for i := range values {
		values[i] = float32(i)
	}
	got, dims := channelsFirst(values, []int{h, w, in, out})
	if fmt.Sprint(dims) != "[5 4 2 3]" {
		t.Errorf("dims %v", dims)
	}
	for y := range h {
		for x := range w {
			for i := range in {
				for o := range out {
					if want := values[((y*w+x)*in+i)*out+o]; got[((o*in+i)*h+y)*w+x] != want {
						t.Fatalf("kernel[%d %d %d %d] is misplaced", y, x, i, o)
					}
				}
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		net  model.Net
		o    *Options
		want string
	}{
		"outside the layers": {func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			return nn.Dense(s, graph.MulScalar(nn.Flatten(s, x), 3), fer.NumEmotions)
		}, nil, "outside the layers"},
		"after the last layer": {func(s *gomlx.Scope, x *graph.Node) *graph.Node {
			return graph.MulScalar(nn.Dense(s, nn.Flatten(s, x), fer.NumEmotions), 2)
		}, nil, "not the output of its last layer"},
		"temperature": {model.DNN(&model.DNNConfig{Blocks: []int{4}, Dense: []int{4}}),
			&Options{Temperature: math.Inf(1)}, "temperature"},
	} {
		if err := NetONNX(io.Discard, c.net, modeltest.Initialised(t, c.net, 0), c.o); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}
