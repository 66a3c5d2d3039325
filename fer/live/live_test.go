package live_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/export"
	"ferlab/fer/live"
	"ferlab/fer/photo"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// installed returns the folder of the parts, with Ferlab's own compiled anew. It skips the test without them.
func installed(t *testing.T) string {
	t.Helper()
	source := filepath.Join("../..", live.PartsFolder)
	folder := t.TempDir()
	for _, name := range live.Parts {
		if name == "ferlab.wasm" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Skip("the parts of the live page are not installed: make setup does it")
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(folder, "ferlab.wasm"),
		"./browser")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}

func open(t *testing.T, name string) *run.Run {
	t.Helper()
	r, err := pretrained.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unpack returns what a script of the page holds under a name.
func unpack(t *testing.T, file, name string) []byte {
	t.Helper()
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(script), `ferlabLive.packed["`+name+`"] = "`)
	text, _, closed := strings.Cut(rest, "\";\n")
	if !found || !closed {
		t.Fatalf("%s doesn't hold %s", file, name)
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// picture is a JPEG of a scene with a drawn face.
func picture(t *testing.T, i int, box image.Rectangle) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 500, 400))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	face := synth.Make(7, i).Image
	draw.CatmullRom.Scale(m, box, face.Gray(), face.Bounds(), draw.Src, nil)
	var data bytes.Buffer
	if err := jpeg.Encode(&data, m, nil); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// answer is what testdata/worker.mjs says of a face that the page's own worker found in a photo.
type answer struct {
	X, Y, Side    int
	Pixels        []byte
	Probabilities []float64
	Logits        []float64
	Maps          *struct {
		Height, Width int
		Values        []float64
	}
	Occlusion []float64 // The map for happy.
}

// The worker, under Node, finds the very faces that package photo finds, to the pixel, and says what the net says; the
// maps of a residual net add up to its logits.
func TestWorker(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node in PATH")
	}
	parts, dir := installed(t), t.TempDir()
	names := []string{"distilled", "dnn"}
	if err := live.Write(dir, parts, open(t, names[0]), open(t, names[1])); err != nil {
		t.Fatal(err)
	}
	var photos []string
	for i, side := range []int{200, 130} {
		name := filepath.Join(dir, fmt.Sprint(i, ".jpg"))
		photos = append(photos, name)
		if err := os.WriteFile(name, picture(t, 2*i, image.Rect(70, 60, 70+side, 60+side)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{
		"worker.mjs": unpack(t, filepath.Join(dir, "parts.js"), "worker.js"),
		"0.onnx":     unpack(t, filepath.Join(dir, "net-distilled.js"), "distilled"),
		"1.onnx":     unpack(t, filepath.Join(dir, "net-dnn.js"), "dnn"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for k, name := range names {
		script := append([]string{"testdata/worker.mjs", parts, filepath.Join(dir, "worker.mjs"),
			filepath.Join(dir, fmt.Sprint(k, ".onnx"))}, photos...)
		command := exec.Command(node, script...)
		command.Stderr = os.Stderr
		out, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		var answers [][]answer
		if err := json.Unmarshal(out, &answers); err != nil {
			t.Fatalf("%v in %.200s", err, out)
		}
		r := open(t, name)
		p, err := r.Predictor()
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range photos {
			img, err := photo.ReadFile(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			faces, err := photo.Detect(img, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(faces) != 1 || len(answers[i]) != 1 {
				t.Fatalf("%s: %d faces, the worker's %d, want 1", file, len(faces), len(answers[i]))
			}
			f, a := faces[0], answers[i][0]
			if !bytes.Equal(a.Pixels, f.Image[:]) || f.Box.Min != image.Pt(a.X, a.Y) || f.Box.Dx() != a.Side {
				t.Errorf("%s: the worker's face at (%d, %d), %d wide, is not the one at %v", file, a.X, a.Y, a.Side,
					f.Box)
			}
			want, err := p.Probabilities([]*fer.Image{f.Image}, r.Temperature())
			if err != nil {
				t.Fatal(err)
			}
			for c, v := range want[0] {
				if math.Abs(v-a.Probabilities[c]) > 1e-5 {
					t.Errorf("%s, %s: probabilities %v, want %v", name, file, a.Probabilities, want[0])
					break
				}
			}
			if k == 1 {
				sameOcclusion(t, r, f.Image, a.Occlusion)
			}
			if (a.Maps != nil) != (name == "distilled") {
				t.Fatalf("%s: maps are %v", name, a.Maps)
			}
			if a.Maps != nil {
				sumsUp(t, r, a)
			}
		}
	}
}

// sumsUp checks that a map's mean and the last layer's bias are the logit.
func sumsUp(t *testing.T, r *run.Run, a answer) {
	t.Helper()
	store, err := r.Store()
	if err != nil {
		t.Fatal(err)
	}
	value, err := store.GetVariable("/net/dense1/bias").Value()
	if err != nil {
		t.Fatal(err)
	}
	bias := value.Value().([]float32)
	positions := a.Maps.Height * a.Maps.Width
	for c, logit := range a.Logits {
		sum := float64(bias[c])
		for k := range positions {
			sum += a.Maps.Values[k*len(bias)+c] / float64(positions)
		}
		if math.Abs(sum-logit) > 1e-4 {
			t.Errorf("class %d: the map and the bias add up to %v, the logit is %v", c, sum, logit)
		}
	}
}

// sameOcclusion compares the worker's map with package explain's. The worker covers by a whole grey level, which moves
// the logits a little.
func sameOcclusion(t *testing.T, r *run.Run, face *fer.Image, got []float64) {
	t.Helper()
	m, err := explain.Open(r)
	if err != nil {
		t.Fatal(err)
	}
	maps, err := explain.Occlusion{Window: 8, Stride: 8}.Attribute(m, []*fer.Image{face}, []fer.Class{fer.Happy})
	if err != nil {
		t.Fatal(err)
	}
	largest := 0.0
	for _, v := range maps[0].Values {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range maps[0].Values {
		if math.Abs(v-got[i]) > 0.03*largest {
			t.Fatalf("occlusion at pixel %d is %v, want %v", i, got[i], v)
		}
	}
}

func TestWrite(t *testing.T) {
	dir, parts := t.TempDir(), t.TempDir()
	dnn := open(t, "dnn")
	if err := live.Write(dir, parts, dnn); err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("without parts: error %v", err)
	}
	for _, name := range live.Parts { // Writing packs what it is given.
		if err := os.WriteFile(filepath.Join(parts, name), []byte("part "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := live.Write(dir, parts, dnn); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := export.ONNX(&want, dnn, nil); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpack(t, filepath.Join(dir, "net-dnn.js"), "dnn"), want.Bytes()) {
		t.Error("the page's net is not the exported one")
	}
	if got := unpack(t, filepath.Join(dir, "parts.js"), "ort.wasm"); string(got) != "part ort-wasm-simd-threaded.wasm" {
		t.Errorf("packed %q", got)
	}
	if err := live.Write(dir, parts); err == nil {
		t.Error("a page without a net should be an error")
	}
	if err := live.Write(dir, parts, dnn, dnn); err == nil || !strings.Contains(err.Error(), "called dnn") {
		t.Errorf("the same net twice: error %v", err)
	}
}
