// Package experiments tests the programs below it as a reader of the README uses them.
package experiments

import (
	"archive/zip"
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"

	"ferlab/fer/synth"
)

// build compiles a program and returns a function that runs it and gives its standard output and error.
func build(t *testing.T, name string) func(args ...string) (stdout, stderr string, err error) {
	t.Helper()
	path := program(t, name)
	return func(args ...string) (string, string, error) {
		var out, errs strings.Builder
		cmd := exec.Command(path, args...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		err := cmd.Run()
		return out.String(), errs.String(), err
	}
}

// program builds a program and returns its path.
func program(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", path, "./"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func TestTrainAndEvaluate(t *testing.T) {
	train, evaluate := build(t, "train"), build(t, "evaluate")
	dir := t.TempDir()
	run, data := filepath.Join(dir, "run"), "synthetic:train=210,test=70"

	out, errs, err := train("-model", "cnn", "-summary")
	if err != nil || !strings.Contains(out, "Total params: 1,896,757") {
		t.Fatalf("summary: %v\n%s%s", err, out, errs)
	}
	for _, bad := range []struct{ args, want string }{
		{"-set epoch=3", `unknown key "epoch"`}, {"-model vgg", "model is"}, {"-preset best", "unknown preset"},
		{"-source missing.zip", "missing.zip"}, {"-config " + filepath.Join(dir, "none.json"), "none.json"}, {"stray",
			"unexpected argument"},
	} {
		if _, errs, err := train(strings.Fields(bad.args)...); err == nil || !strings.Contains(errs, bad.want) {
			t.Errorf("train %s: %v, stderr %q, want %q", bad.args, err, errs, bad.want)
		}
	}
	config := filepath.Join(dir, "config.json")
	if err := os.WriteFile(config, []byte(`{"cnn": {"filters": [4, 4, 4, 4]}, "epochs": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	out, errs, err = train("-config", config, "-source", data, "-out", run)
	if err != nil ||
		!regexp.MustCompile(`^accuracy 0\.\d{4} loss \d\.\d{4} n=42 split=validation epoch=1 run=`).MatchString(out) {
		t.Fatalf("train: %v\n%s%s", err, out, errs)
	}

	line := regexp.MustCompile(`(?m)^accuracy 0\.\d{4} \[0\.\d{4}, 0\.\d{4}\] n=70 split=test run=`)
	predictions, submission := filepath.Join(dir, "p.csv"), filepath.Join(dir, "s.csv")
	out, errs, err = evaluate("-run", run, "-source", data, "-split", "test", "-predictions", predictions,
		"-submission", submission, "-leaks")
	if err != nil || !line.MatchString(out) || strings.Count(out, "precision") != 7 ||
		!strings.Contains(out, "of 70 images, none of them leaked") {
		t.Errorf("evaluate: %v\n%s%s", err, out, errs)
	}
	for path, rows := range map[string]int{predictions: 71, submission: 71} {
		if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != rows {
			t.Errorf("%s: %v, %d lines, want %d", path, err, strings.Count(string(text), "\n"), rows)
		}
	}
	if _, errs, err := evaluate("-run", "nobody"); err == nil ||
		!strings.Contains(errs, "the shipped runs are best, cnn, distilled, dnn") {
		t.Errorf("evaluate -run nobody: %v, %s", err, errs)
	}
	if _, errs, err := evaluate("-run", "dnn", "-split", "private"); err == nil ||
		!strings.Contains(errs, "-split private needs -source") {
		t.Errorf("evaluate -split private without a source: %v, %s", err, errs)
	}
	if _, errs, err := evaluate("-run", run, "-source", data, "-split", "private"); err == nil ||
		!strings.Contains(errs, "no images in split") {
		t.Errorf("evaluate -split private: %v, %s", err, errs)
	}
}

// Sources that nobody could train on are evaluated; what is bad in one is left out if that is asked for.
func TestSmallSources(t *testing.T) {
	evaluate := build(t, "evaluate")
	dir := t.TempDir()
	pixels := strings.TrimSpace(strings.Repeat("7 ", 48*48))
	save := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	three := save("three.csv", "emotion,pixels", "0,"+pixels, "3,"+pixels, "3,"+pixels)
	bad := save("bad.csv", "emotion,pixels,Usage", "0,"+pixels+",PublicTest", "3,1 2 3,PublicTest",
		"3,"+pixels+",PublicTest")
	for _, test := range []struct {
		args, out, errs string
		fails           bool
	}{
		{three + " -split train", "] n=3 split=train run=dnn", "", false},
		{three, "", `no images in split "test": it has train (3), see -split`, true},
		{save("test.csv", "pixels", pixels), "the 1 images have no labels", "", false},
		{bad, "", "bad.csv: row 2: 3 pixels, want 2304 (mend the source, or leave out what is bad: -skip-bad", true},
		{bad + " -skip-bad", "] n=2 split=test", "left out: " + bad + ": row 2: 3 pixels", false},
	} {
		out, errs, err := evaluate(append([]string{"-run", "dnn", "-source"}, strings.Fields(test.args)...)...)
		if (err != nil) != test.fails || !strings.Contains(out, test.out) || !strings.Contains(errs, test.errs) {
			t.Errorf("%s: %v\n%s%s", test.args, err, out, errs)
		}
	}
}

// photos writes a picture with a synthetic face, one without, and a cropped face, and returns their paths.
func photos(t *testing.T, dir string) (with, without, cropped string) {
	t.Helper()
	save := func(name string, img image.Image) string {
		path := filepath.Join(dir, name)
		var data bytes.Buffer
		if err := png.Encode(&data, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	face := synth.Make(7, 0).Image
	m := image.NewGray(image.Rect(0, 0, 400, 300))
	without = save("empty.png", m)
	draw.CatmullRom.Scale(m, image.Rect(120, 60, 300, 240), face.Gray(), face.Bounds(), draw.Src, nil)
	return save("face.png", m), without, save("cropped.png", face)
}

func TestPredict(t *testing.T) {
	predict := build(t, "predict")
	dir := t.TempDir()
	folder, why, table := filepath.Join(dir, "photos"), filepath.Join(dir, "why"), filepath.Join(dir, "faces.csv")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	with, without, cropped := photos(t, folder)
	out, errs, err := predict("-run", "cnn", "-explain", why, with, without, cropped)
	if err != nil || !strings.Contains(errs, without+": no face found") {
		t.Fatalf("predict: %v\n%s%s", err, out, errs)
	}
	for _, want := range []string{
		`^file,x,y,side,tilt,score,emotion,probability,angry,disgust,fear,happy,sad,surprise,neutral,note\n`,
		`(?m)^\S+face\.png,\d+,\d+,\d+,0,\d+\.\d,[a-z]+,0\.\d{4}(,\d\.\d{4}){7},$`,
		`(?m)^\S+empty\.png,{15}no face found$`,
		`(?m)^\S+cropped\.png,0,0,48,0,0\.0,[a-z]+,0\.\d{4}(,\d\.\d{4}){7},$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("table lacks %s:\n%s", want, out)
		}
	}
	if pictures, err := filepath.Glob(filepath.Join(why, "*.png")); err != nil || len(pictures) != 2 {
		t.Errorf("explained %v, %v, want 2 pictures", pictures, err)
	}
	if averaged, errs, err := predict("-run", "cnn", "-tta", "ten", with, without, cropped); err != nil ||
		strings.Count(averaged, "\n") != 4 || averaged == out {
		t.Errorf("with ten views: %v, %s\n%s", err, errs, averaged)
	}
	if err := os.WriteFile(filepath.Join(folder, "bad.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs, err := predict("-run", "cnn", "-out", table, folder); err == nil ||
		!strings.Contains(errs, "1 of the files can't be read") {
		t.Errorf("a folder with a bad file: %v, %s", err, errs)
	}
	if text, err := os.ReadFile(table); err != nil || strings.Count(string(text), "\n") != 5 ||
		!strings.Contains(string(text), "no JPEG") {
		t.Errorf("%v: the table of a folder is\n%s", err, text)
	}
	if _, errs, err := predict(); err == nil || !strings.Contains(errs, "nothing to predict") {
		t.Errorf("predict of nothing: %v, %s", err, errs)
	}
}

// Content says what a file is; what can't be read has a row that says so, beside the rows of all others.
func TestPredictAnything(t *testing.T) {
	predict := build(t, "predict")
	dir := t.TempDir()
	save := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	encoded := func(encode func(w io.Writer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	face := synth.Make(7, 0).Image.Gray()
	asPNG := encoded(func(w io.Writer) error { return png.Encode(w, face) })
	plain := encoded(func(w io.Writer) error { return png.Encode(w, image.NewGray(image.Rect(0, 0, 100, 100))) })
	save("all/a.jfif", encoded(func(w io.Writer) error { return jpeg.Encode(w, face, nil) }))
	save("all/b.bmp", encoded(func(w io.Writer) error { return bmp.Encode(w, face) }))
	save("all/c.tiff", encoded(func(w io.Writer) error { return tiff.Encode(w, face, nil) }))
	save("all/d.gif", encoded(func(w io.Writer) error { return gif.Encode(w, face, nil) }))
	save("all/e.txt", asPNG)
	save("all/f.jpg", []byte("no picture"))
	save("all/g.jpg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"))
	save("all/h.png", plain)
	save("all/notes.md", []byte("nothing to see"))
	save("all/.ipynb_checkpoints/i.png", asPNG)
	save("elsewhere/j.png", asPNG)
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "all", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "all"), filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	archive := save("photos.zip", encoded(func(w io.Writer) error {
		z := zip.NewWriter(w)
		for name, data := range map[string][]byte{"party/k.png": asPNG, "l.png": asPNG[:100]} {
			f, err := z.Create(name)
			if err != nil {
				return err
			}
			f.Write(data)
		}
		return z.Close()
	}))
	pixels := strings.TrimSpace(strings.Repeat("7 ", 48*48))
	table := save("three.csv", []byte("pixels\n"+pixels+"\n1 2\n"+pixels+"\n"))
	out, errs, err := predict(filepath.Join(dir, "linked"), archive, filepath.Join(dir, "none.png"), table,
		save("bad.csv", []byte("a,b\n")), "-run", "dnn")
	if err == nil || !strings.Contains(errs, "6 of the files can't be read") ||
		!strings.Contains(errs, "passed over 1 files that are no pictures") {
		t.Errorf("%v\n%s", err, errs)
	}
	const read, unread = `,0,0,48,0,0\.0,[a-z]+,0\.\d{4}(,\d\.\d{4}){7},`, `,{15}`
	for _, want := range []string{
		`linked/a\.jfif` + read, `linked/b\.bmp` + read, `linked/c\.tiff` + read, `linked/d\.gif` + read,
		`linked/e\.txt` + read, `linked/f\.jpg` + unread + `"10 bytes that are no JPEG, PNG.*"`,
		`linked/g\.jpg` + unread + `"it is in the format HEIC, which can't be read.*"`,
		`linked/h\.png,0,0,100,0,0\.0,.*,no face found: the whole square grey picture is read as one`,
		`linked/link/j\.png` + read, `photos\.zip/party/k\.png` + read, `photos\.zip/l\.png` + unread + `damaged PNG.*`,
		`none\.png` + unread + `.*no such file.*`,
		`three\.csv:1` + read, `three\.csv` + unread + `"row 2: 2 pixels, want 2304"`, `three\.csv:3` + read,
		`bad\.csv` + unread + `.*neither a zip.*`,
	} {
		if !regexp.MustCompile(`(?m)^\S*` + want + `$`).MatchString(out) {
			t.Errorf("the table lacks %s", want)
		}
	}
	if n := strings.Count(out, "\n"); n != 17 || t.Failed() {
		t.Errorf("%d lines, want 17:\n%s", n, out)
	}
	if _, errs, err := predict("-faces", "some", table); err == nil || !strings.HasPrefix(errs, "predict: faces is ") {
		t.Errorf("-faces some: %v, %s", err, errs)
	}
	if _, errs, err := predict("-help"); err != nil || !strings.HasPrefix(errs, "usage: predict [flags] FILE …\n") {
		t.Errorf("-help: %v, %s", err, errs)
	}
}

func TestRunsAndExport(t *testing.T) {
	runs, export := build(t, "runs"), build(t, "export")
	dir := t.TempDir()
	curves, events := filepath.Join(dir, "curves.svg"), filepath.Join(dir, "events")
	out, errs, err := runs("-dir", dir, "-curves", curves, "-tensorboard", events)
	if err != nil || !regexp.MustCompile(`(?m)^cnn +cnn +fer2013\.zip +public +3589 `).MatchString(out) {
		t.Fatalf("runs: %v\n%s%s", err, out, errs)
	}
	if text, err := os.ReadFile(curves); err != nil || !strings.Contains(string(text), "<svg") {
		t.Errorf("curves: %v", err)
	}
	if files, err := filepath.Glob(filepath.Join(events, "shipped", "cnn", "events.out.tfevents.*")); err != nil ||
		len(files) != 1 {
		t.Errorf("event files %v, %v, want one", files, err)
	}
	if _, errs, err := runs("nobody"); err == nil || !strings.Contains(errs, "the shipped runs are") {
		t.Errorf("runs nobody: %v, %s", err, errs)
	}
	weights := filepath.Join(dir, "dnn.safetensors")
	if out, errs, err := export("-run", "dnn", "-out", weights); err != nil || !strings.Contains(out, "run=dnn") {
		t.Errorf("export: %v, %s%s", err, out, errs)
	}
	if _, errs, err := export("-run", "dnn", "-out", "dnn.h5"); err == nil ||
		!strings.Contains(errs, ".onnx or .safetensors") {
		t.Errorf("export to .h5: %v, %s", err, errs)
	}
}

// A program whose output can't be written says so, in one line, and fails.
func TestFullOutput(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	for name, args := range map[string]string{"train": "-summary -model dnn", "evaluate": "-run cnn", "runs": "cnn"} {
		path := filepath.Join(t.TempDir(), name)
		if out, err := exec.Command("go", "build", "-o", path, "./"+name).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		out, err := exec.Command("sh", "-c", path+" "+args+" >/dev/full").CombinedOutput()
		if err == nil || strings.Count(string(out), "\n") != 1 ||
			!strings.HasPrefix(string(out), name+": the output is not complete: ") {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
}

// A sweep fails if a trial does. A missing source marks no trial as failed; a failed one is trained again with -retry.
func TestSweep(t *testing.T) {
	sweep := build(t, "sweep")
	dir := t.TempDir()
	out, list := filepath.Join(dir, "sweep"), filepath.Join(dir, "exclude.csv")
	args := strings.Fields("-vary learning_rate=1e-3|1e30 -set epochs=1 -set source=synthetic:train=70,test=14 -set " +
		"cnn.filters=[2] -set cnn.dense=[4]")
	args = append(args, "-set", "exclude="+list, "-out", out)
	marked := func() int {
		files, _ := filepath.Glob(filepath.Join(out, "*.failed"))
		return len(files)
	}
	if _, errs, err := sweep(args...); err == nil || strings.Count(errs, "exclude.csv: no such file") != 2 ||
		!strings.Contains(errs, "2 of 2 trials failed") {
		t.Errorf("without its source: %v\n%s", err, errs)
	}
	if marked() != 0 {
		t.Error("a trial that has not begun is marked as failed")
	}
	if err := os.WriteFile(list, []byte("id\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, errs, err := sweep(args...)
	if err == nil || !strings.Contains(stdout, "1 of 2 trials complete") ||
		!strings.Contains(errs, "1 of 2 trials failed") || marked() != 1 {
		t.Errorf("with a learning rate of 1e30: %v, %d marked\n%s%s", err, marked(), stdout, errs)
	}
	if stdout, errs, err = sweep(args...); err == nil || !strings.Contains(errs, "train it again with -retry") ||
		strings.Contains(stdout, "trial001 learning_rate") {
		t.Errorf("again: %v\n%s%s", err, stdout, errs)
	}
	if stdout, errs, err = sweep(append(args, "-retry")...); err == nil ||
		!strings.Contains(stdout, "trial001 learning_rate") || marked() != 1 {
		t.Errorf("-retry: %v\n%s%s", err, stdout, errs)
	}
}

// A wrong flag is named before anything is read or drawn.
func TestExplainFlags(t *testing.T) {
	explain := build(t, "explain")
	for _, bad := range []struct{ args, want string }{
		{"-images 0", "-images is 0, want 1 or more"}, {"-thresholds 0.3,,0.7",
			`-thresholds "0.3,,0.7": a part of the list is empty`},
		{"-method none", "layer-cam"}, {"-thresholds high", "want numbers"},
	} {
		if out, errs, err := explain(append(strings.Fields(bad.args), "-source", "none.zip", "-run",
			"none")...); err == nil || out != "" || !strings.Contains(errs, bad.want) {
			t.Errorf("%s: %v, %s%s", bad.args, err, out, errs)
		}
	}
}
