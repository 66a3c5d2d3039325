package fer_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/export"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/predict"
	"ferlab/fer/results"
	"ferlab/fer/run"
	"ferlab/fer/synth"
)

// folders writes 4 drawn faces of every class as train/<class>/*.png, and 2 as test/<class>/*.png.
func folders(t *testing.T, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for c, class := range classes {
		for i := range 6 {
			path := filepath.Join(dir, "train", class)
			if i >= 4 {
				path = filepath.Join(dir, "test", class)
			}
			var file bytes.Buffer
			err := png.Encode(&file, synth.Make(1, 6*c+i).Image.Gray())
			if err == nil {
				err = os.MkdirAll(path, 0o755)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(path, fmt.Sprintf("%d.png", i)), file.Bytes(), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// quickly trains a tiny net for an epoch.
func quickly(t *testing.T, source string, change func(*run.Config), o *run.Options) (*run.Run, error) {
	t.Helper()
	c := run.Quick()
	c.CNN = model.CNNConfig{Filters: []int{4, 4}, Dense: []int{8}}
	c.Source, c.Validation, c.Epochs, c.BatchSize = source, "test", 1, 8
	if change != nil {
		change(&c)
	}
	return run.Train(context.Background(), filepath.Join(t.TempDir(), "own"), c, o)
}

func namesOf(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("kind %02d", i))
	}
	return names
}

// Sets of 2, 7, 8 and 20 classes go all the way: training, evaluation, explanation, figures, export, predictions.
func TestClassesAllTheWay(t *testing.T) {
	for _, want := range [][]string{{"no", "yes"}, fer.Emotions.Names(), fer.FERPlus.Names(), namesOf(20)} {
		t.Run(fmt.Sprint(len(want)), func(t *testing.T) {
			source, n := folders(t, want...), len(want)
			r, err := quickly(t, source, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Config.Classes.Names(); !slices.Equal(got, want) {
				t.Fatalf("the run's classes are %q", got)
			}
			own, err := r.Predictions()
			if err != nil || len(own) != 2*n || len(own[0].Probs) != n || !slices.Equal(own.Classes().Names(), want) {
				t.Fatalf("%d predictions of %s, %v", len(own), own.Classes(), err)
			}
			data, err := dataset.Open(source, nil)
			if err != nil {
				t.Fatal(err)
			}
			p, err := r.Predict(data.Split(fer.Test))
			if err != nil {
				t.Fatal(err)
			}
			m, err := evaluate.Evaluate(p, evaluate.Bootstrap{Samples: 20})
			if err != nil || len(m.Classes) != n || m.Classes[n-1].Name != want[n-1] || m.Classes[n-1].Support != 2 {
				t.Fatalf("%+v, %v", m.Classes, err)
			}
			if n == 20 {
				shown(t, r, data)
			}
			exported(t, r)
			table, err := predict.Files(r, filepath.Join(source, "test"))
			if err != nil || len(table.Predictions) != 2*n {
				t.Fatal(len(table.Predictions), err)
			}
			var csv bytes.Buffer
			if err := table.WriteCSV(&csv); err != nil || !strings.Contains(csv.String(), strings.Join(want, ",")) {
				t.Errorf("%s, %v", csv.String(), err)
			}
			for answer, err := range table.Why(explain.LayerCAM{}) {
				if err == nil && !slices.Contains(want, answer.Emotion) {
					t.Errorf("the answer is %q", answer.Emotion)
				}
				break
			}
		})
	}
}

// shown draws everything about a run and its data.
func shown(t *testing.T, r *run.Run, data *dataset.Dataset) {
	t.Helper()
	faces, err := results.Explain(data, r, 1)
	if err != nil || len(faces.Images) != data.Classes.Len() {
		t.Fatal(len(faces.Images), err)
	}
	faces.AscentSteps = 2
	for what, draw := range map[string]func() (any, error){
		"confusion":   func() (any, error) { return results.Confusion(figure.Counts, r) },
		"difference":  func() (any, error) { return results.ConfusionDifference(r, r) },
		"recall":      func() (any, error) { return results.Recall(r) },
		"samples":     func() (any, error) { return results.Samples(data, 2) },
		"balance":     func() (any, error) { return results.Balance(data) },
		"mean faces":  func() (any, error) { return results.MeanFaces(data) },
		"gallery":     func() (any, error) { return faces.Gallery(explain.Gradient{}) },
		"threshold":   func() (any, error) { return faces.Threshold(explain.Gradient{}, 3) },
		"guess":       func() (any, error) { return results.Guess(r, data, 1) },
		"examples":    func() (any, error) { return results.ConfusionExamples(r, data) },
		"large":       func() (any, error) { return results.LargeClassPictures(2, r) },
		"answer":      func() (any, error) { return results.AnswerConfusion(r) },
		"best faces":  func() (any, error) { return faces.BestFaces("conv1", 0, 1) },
		"classes":     func() (any, error) { return results.ClassPictures(2, r) },
		"mistakes":    func() (any, error) { return results.Mistakes(r) },
		"on the data": func() (any, error) { return results.OnData(data, r) },
	} {
		if _, err := draw(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if table, err := results.ClassNumbers(r); err != nil || len(table.Rows) != data.Classes.Len() {
		t.Errorf("%d rows, %v", len(table.Rows), err)
	}
}

// exported writes the run for other programs, whose files name the classes.
func exported(t *testing.T, r *run.Run) {
	t.Helper()
	var onnx bytes.Buffer
	if err := export.ONNX(&onnx, r, nil); err != nil {
		t.Fatal(err)
	}
	weights, err := r.Weights()
	if err != nil {
		t.Fatal(err)
	}
	names := []byte(strings.Join(r.Config.Classes.Names(), ","))
	if !bytes.Contains(onnx.Bytes(), names) || !bytes.Contains(weights, names) {
		t.Error("the exported files don't name the classes")
	}
}

// A net that is asked about other classes than its own says so, wherever it is asked.
func TestOtherClasses(t *testing.T) {
	pets, birds := folders(t, "cat", "dog"), folders(t, "jay", "owl", "tit")
	r, err := quickly(t, pets, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	others, err := dataset.Open(birds, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := quickly(t, birds, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	soft := filepath.Join(t.TempDir(), "soft.csv")
	if err := os.WriteFile(soft, []byte("id,cat,dog\ntrain/jay/0.png,1,0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	find := &run.Options{Find: func(string) (*run.Run, error) { return r, nil }, Warn: func(string) {}}
	tried := func(change func(*run.Config)) error {
		_, err := quickly(t, birds, change, find)
		return err
	}
	of := func(_ any, err error) error { return err }
	for want, err := range map[string]error{
		"tells apart cat, dog, but the labels of": of(r.Predict(others)),
		"but the labels of":                       of(results.Explain(others, r, 1)),
		"compare runs of the same":                of(results.ConfusionDifference(r, other)),
		"set from.new_head to true":               tried(func(c *run.Config) { c.From.Run = "x" }),
		`no column "jay"`: tried(func(c *run.Config) {
			c.SoftLabels = run.SoftLabels{File: soft, Weight: 1}
		}),
		"teacher own tells apart cat, dog": tried(func(c *run.Config) {
			c.Distill = run.Distill{Teachers: []string{"x"}, Weight: 1, Temperature: 1}
		}),
		"classes are a, b, but those of": tried(func(c *run.Config) {
			c.Classes, _ = fer.NewClasses("a", "b")
		}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if err := of(r.Predictions()); err != nil {
		t.Error(err)
	}
}

// A new last layer goes on from what another run learned about other classes; the trainer is told.
func TestNewHeadForOtherClasses(t *testing.T) {
	r, err := quickly(t, folders(t, "cat", "dog"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	o := &run.Options{Find: func(string) (*run.Run, error) { return r, nil },
		Warn: func(line string) { told = append(told, line) }}
	next, err := quickly(t, folders(t, "jay", "owl", "tit"), func(c *run.Config) {
		c.From, c.LearningRate, c.WarmupSteps = run.From{Run: "pets", NewHead: true}, 1e-12, 0
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	before, err := r.Store()
	if err != nil {
		t.Fatal(err)
	}
	after, err := next.Store()
	if err != nil {
		t.Fatal(err)
	}
	for v := range before.IterVariables() {
		a, b := v.Shape(), after.GetVariable(v.Path()).Shape()
		if last := strings.Contains(v.Path(), "dense2"); a.Equal(b) == last {
			t.Errorf("%s is %s, was %s", v.Path(), b, a)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "last layer dense2") ||
		!strings.Contains(told[0], "jay, owl, tit") {
		t.Errorf("told %q", told)
	}
}
