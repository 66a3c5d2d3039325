package results_test

import (
	"strings"
	"testing"

	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/figure"
	"ferlab/fer/model"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/synth"
)

func small(t *testing.T) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open("synthetic:train=70,test=14", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every figure of the data can be drawn, and says which data it shows.
func TestDataFigures(t *testing.T) {
	d := small(t)
	for name, draw := range map[string]func() (*figure.Figure, error){
		"samples": func() (*figure.Figure, error) { return results.Samples(d, 3) },
		"balance": func() (*figure.Figure, error) { return results.Balance(d) },
		"mean":    func() (*figure.Figure, error) { return results.MeanFaces(d) },
	} {
		f, err := draw()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if caption, _ := f.Description(); !strings.Contains(caption, "drawn faces") {
			t.Errorf("%s: the caption %q doesn't name the drawn faces", name, caption)
		}
		if _, err := f.PNG(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := results.Masks(synth.Faces(1, 3)); err != nil {
		t.Error(err)
	}
}

// The shipped runs' figures can be drawn; the numbers of the results table are those of their predictions.
func TestRecordedRuns(t *testing.T) {
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		t.Fatal(err)
	}
	dnn, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.Accuracy(cnn, dnn); err != nil {
		t.Error(err)
	}
	if _, err := results.Recall(cnn, dnn); err != nil {
		t.Error(err)
	}
	verdict, err := results.Verdict(cnn, dnn)
	if err != nil || !strings.Contains(verdict, "CNN beats DNN") {
		t.Errorf("verdict %q, %v", verdict, err)
	}
	table, err := results.AgainstOriginal(cnn, dnn)
	if err != nil {
		t.Fatal(err)
	}
	p, err := cnn.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	if got := evaluate.Accuracy(p, evaluate.Bootstrap{}); !strings.HasPrefix(got.String(),
		"0."+strings.ReplaceAll(table.Rows[0][2], ".", "")) {
		t.Errorf("the table says %s %%, the predictions %v", table.Rows[0][2], got)
	}
}

// Every shipped net has a colour of its own.
func TestColors(t *testing.T) {
	of := map[any]string{}
	for _, name := range pretrained.Names() {
		c, ok := figure.SeriesColor(name)
		if !ok || of[c] != "" {
			t.Errorf("%s has the colour %v, that of %q", name, c, of[c])
		}
		of[c] = name
	}
}

func TestParameters(t *testing.T) {
	table, err := results.Parameters([]string{"cnn"}, []model.Net{model.CNN(nil)})
	if err != nil || table.Rows[0][2] != "1,896,757" {
		t.Errorf("rows %v, %v", table.Rows, err)
	}
}
