package predict_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/draw"

	"ferlab/fer"
	"ferlab/fer/explain"
	"ferlab/fer/photo"
	"ferlab/fer/predict"
	"ferlab/fer/pretrained"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

func dnn(t *testing.T) *run.Run {
	t.Helper()
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// scene is a photo with a drawn face at each of the boxes.
func scene(boxes ...image.Rectangle) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 500, 300))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{R: 120, G: 150, B: 170, A: 255}), image.Point{}, draw.Src)
	for i, box := range boxes {
		face := synth.Make(7, 2*i).Image
		draw.CatmullRom.Scale(m, box, face.Gray(), face.Bounds(), draw.Src, nil)
	}
	return m
}

func save(t *testing.T, path string, m image.Image) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

var left, right = image.Rect(20, 50, 220, 250), image.Rect(300, 80, 450, 230)

// One call takes a path, a folder, a list, a stream and an image, and says the same of the same photo.
func TestFaces(t *testing.T) {
	r, dir := dnn(t), t.TempDir()
	path := filepath.Join(dir, "photos", "two.jpg")
	data := save(t, path, scene(left, right))
	img, err := photo.ReadFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &predict.Options{Explain: explain.Gradient{}}
	var first []predict.Found
	for _, what := range []any{path, filepath.Dir(path), []string{path}, bytes.NewReader(data), img} {
		table, err := predict.Faces(r, what, o)
		if err != nil {
			t.Fatalf("%T: %v", what, err)
		}
		found := table.Faces()
		if len(found) != 2 || found[0].Map == nil || found[1].Map == nil || found[0].Face.Box.Dx() < 100 {
			t.Fatalf("%T: %+v, want two faces with maps", what, found)
		}
		if first == nil {
			first = found
			want, err := explain.Gradient{}.Attribute(open(t, r), []*fer.Image{found[1].Face.Image},
				[]fer.Class{found[1].Predicted()})
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range want[0].Values {
				if math.Abs(v-found[1].Map.Values[k]) > 1e-4 {
					t.Fatalf("the second face's map at %d is %v, want %v", k, found[1].Map.Values[k], v)
				}
			}
		}
		for i := range found {
			if !slices.Equal(found[i].Probs, first[i].Probs) || found[i].Face.Box != first[i].Face.Box {
				t.Errorf("%T: face %d is %+v, want %+v", what, i, found[i], first[i])
			}
		}
	}
	if _, err := predict.Faces(r, 3, nil); err == nil || !strings.Contains(err.Error(), "want a path") {
		t.Errorf("faces of a number: error %v", err)
	}
	if _, err := predict.Faces(r, path, &predict.Options{Rate: -1}); err == nil {
		t.Error("a negative rate should be an error")
	}
}

func open(t *testing.T, r *run.Run) *explain.Model {
	t.Helper()
	m, err := explain.Open(r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Lines of JSON say what the table says, and leave out what doesn't apply.
func TestJSON(t *testing.T) {
	r, dir := dnn(t), t.TempDir()
	save(t, filepath.Join(dir, "a.jpg"), scene(left))
	if err := os.WriteFile(filepath.Join(dir, "b.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	table, err := predict.Faces(r, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := table.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for text := range strings.Lines(out.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	face := table.Faces()[0]
	if len(lines) != 2 || lines[0]["class"] != fer.Emotions.Name(face.Predicted()) || lines[0]["time"] != nil {
		t.Fatalf("lines %s", out.String())
	}
	probabilities := map[string]any{}
	for i, p := range face.Probs {
		probabilities[fer.Emotions.Name(fer.Class(i))] = p
	}
	if !reflect.DeepEqual(lines[0]["probabilities"], probabilities) {
		t.Errorf("probabilities %v, want %v", lines[0]["probabilities"], probabilities)
	}
	if _, has := lines[1]["class"]; has || !strings.Contains(fmt.Sprint(lines[1]["note"]), "no JPEG") {
		t.Errorf("the unreadable file's line is %v", lines[1])
	}
}

// A folder of frames with a rate is a film: its frames follow by number, each with its time.
func TestSequence(t *testing.T) {
	r, dir := dnn(t), t.TempDir()
	for _, i := range []int{1, 2, 10} {
		m := scene(left.Add(image.Pt(10*i, 0)))
		if i == 2 {
			m = scene()
		}
		save(t, filepath.Join(dir, fmt.Sprint("frame", i, ".jpg")), m)
	}
	table, err := predict.Faces(r, dir, &predict.Options{Rate: 4})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		file string
		time float64
		face bool
	}{{"frame1.jpg", 0, true}, {"frame2.jpg", 0.25, false}, {"frame10.jpg", 0.5, true}}
	if len(table.Rows) != len(want) {
		t.Fatalf("%d rows: %v", len(table.Rows), table.Rows)
	}
	for i, w := range want {
		row := table.Rows[i]
		if filepath.Base(row.File) != w.file || row.Time != w.time || !row.Film || (row.Face.Image != nil) != w.face {
			t.Errorf("row %d is %s at %v with a face: %t, want %+v", i, row.File, row.Time, row.Face.Image != nil, w)
		}
	}
	if text := table.String(); !strings.Contains(text, "0.250") {
		t.Errorf("the table lacks the time:\n%s", text)
	}
	if _, err := table.Curve(); err != nil {
		t.Error(err)
	}
	photos, err := predict.Faces(r, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := photos.Curve(); err == nil || !strings.Contains(err.Error(), "rate") {
		t.Errorf("a curve of photos: error %v", err)
	}
	table.Rows, table.Predictions = append(table.Rows, table.Rows...), append(table.Predictions, table.Predictions...)
	if _, err := table.Curve(); err == nil || !strings.Contains(err.Error(), "several films") {
		t.Errorf("a curve of two films: error %v", err)
	}
}

func TestVideo(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("no ffmpeg in PATH")
	}
	dir := t.TempDir()
	var film []byte
	for i := range 50 {
		film = append(film, save(t, filepath.Join(dir, "frame.jpg"), scene(left.Add(image.Pt(i, 0))))...)
	}
	path := filepath.Join(dir, "film.mjpeg") // At 25 frames a second.
	if err := os.WriteFile(path, film, 0o644); err != nil {
		t.Fatal(err)
	}
	rows := predict.Read(path, nil)
	if n := len(rows); n < 2*predict.DefaultRate-1 || n > 2*predict.DefaultRate+1 {
		t.Fatalf("%d rows of two seconds: %v", len(rows), rows)
	}
	for i, row := range rows {
		if row.Face.Image == nil || row.Time != float64(i)/predict.DefaultRate {
			t.Errorf("frame %d: %q at %v s", i, row.Note, row.Time)
		}
	}
	if a, b := rows[0].Face.Box.Min.X, rows[len(rows)-1].Face.Box.Min.X; b-a < 20 {
		t.Errorf("the face goes from %d to %d, want by about 45 to the right", a, b)
	}
	if err := os.WriteFile(path, []byte("no film"), 0o644); err != nil {
		t.Fatal(err)
	}
	if rows := predict.Read(path, nil); len(rows) != 1 || !strings.Contains(rows[0].Note, "ffmpeg") {
		t.Errorf("a broken video: %v", rows)
	}
	t.Setenv("PATH", "")
	if rows := predict.Read(path, nil); len(rows) != 1 || !strings.Contains(rows[0].Note, "install it") {
		t.Errorf("without ffmpeg: %v", rows)
	}
}

// The marks are where the faces are, in the colours of what the net says.
func TestAnnotate(t *testing.T) {
	r := dnn(t)
	img := scene(left, right)
	table, err := predict.Faces(r, img, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := table.Annotate(img, "two")
	if err != nil {
		t.Fatal(err)
	}
	if caption, _ := f.Description(); caption != "two: 2 faces, read by the run dnn." {
		t.Errorf("caption %q", caption)
	}
	text, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range table.Faces() {
		label := fmt.Sprintf("%s %.0f %%", fer.Emotions.Name(found.Predicted()), 100*found.Confidence())
		if !strings.Contains(string(text), label) {
			t.Errorf("the figure lacks %q", label)
		}
	}
	if _, err := table.Annotate(image.NewGray(image.Rect(0, 0, 90, 90)), "other"); err == nil {
		t.Error("another photo should be an error")
	}
}
