package fer_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
	"ferlab/fer/crossfit"
	"ferlab/fer/dataset"
	"ferlab/fer/evaluate"
	"ferlab/fer/explain"
	"ferlab/fer/figure"
	"ferlab/fer/lab"
	"ferlab/fer/pretrained"
	"ferlab/fer/results"
	"ferlab/fer/semisup"
	"ferlab/fer/synth"
)

// Each function that takes a list of images, examples, predictions or runs gives an error for an empty one, or an empty
// list: it doesn't panic, nor make something of nothing.
func TestEmptyLists(t *testing.T) {
	r, err := pretrained.Open("dnn")
	if err != nil {
		t.Fatal(err)
	}
	cnn, err := pretrained.Open("cnn")
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Predictor()
	if err != nil {
		t.Fatal(err)
	}
	m, err := explain.Open(cnn)
	if err != nil {
		t.Fatal(err)
	}
	d := new(dataset.Dataset)
	var none evaluate.Predictions
	boot := evaluate.Bootstrap{}
	list := func(v any) (any, error) { return v, nil }
	calls := map[string]func() (any, error){
		"model.Predictor.Logits":        func() (any, error) { return p.Logits(nil) },
		"model.Predictor.Probabilities": func() (any, error) { return p.Probabilities(nil, 1) },
		"run.Run.Predict":               func() (any, error) { return r.Predict(d) },
		"run.Run.Predict with views": func() (any, error) {
			return r.Predict(d, dataset.View{}, dataset.View{Flip: true})
		},

		"evaluate.Evaluate":         func() (any, error) { return evaluate.Evaluate(none, boot) },
		"evaluate.Compare":          func() (any, error) { return evaluate.Compare(none, none, boot) },
		"evaluate.Average":          func() (any, error) { return evaluate.Average() },
		"evaluate.Average of empty": func() (any, error) { return evaluate.Average(none, none) },
		"evaluate.Temperature":      func() (any, error) { return evaluate.Temperature(none) },
		"evaluate.Scale":            func() (any, error) { return list(evaluate.Scale(none, 2)) },
		"Predictions.Labelled":      func() (any, error) { return list(none.Labelled()) },
		"Predictions.Worst":         func() (any, error) { return list(none.Worst(3)) },
		"Predictions.MostConfident": func() (any, error) { return list(none.MostConfidentWrong(3)) },
		"Predictions.WriteCSV":      func() (any, error) { return nil, none.WriteCSV(new(bytes.Buffer)) },
		"Confusion.Mistakes":        func() (any, error) { return list(none.Confusion().Mistakes(0.1)) },
		"Predictions' numbers": func() (any, error) {
			return nan(none.Accuracy(), none.ECE(), none.Brier(), none.NLL(), none.TopK(2))
		},
		"evaluate.Accuracy": func() (any, error) { return nan(evaluate.Accuracy(none, boot).Value) },

		"dataset.Holdout": func() (any, error) { _, held, err := dataset.Holdout(d, 0.2, 1); return held, err },
		"dataset.InOrder": func() (any, error) {
			n := 0
			for range dataset.InOrder(nil, 8) {
				n++
			}
			return list(make([]int, n))
		},
		"dataset.Epochs": func() (any, error) {
			n := 0
			for range (dataset.Epochs{Size: 8}).Batches(1, 0) {
				n++
			}
			return list(make([]int, n+dataset.Epochs{Size: 0}.Steps()))
		},
		"dataset.WriteSubmission": func() (any, error) {
			return nil, dataset.WriteSubmission(new(bytes.Buffer), nil, nil)
		},
		"dataset.Dataset.SplitSizes": func() (any, error) { return list(d.SplitSizes()) },
		"dataset.Dataset.Labels":     func() (any, error) { return list(d.Labels()) },

		"audit.Exact":         func() (any, error) { return list(audit.Exact(d)) },
		"audit.Near":          func() (any, error) { return audit.Near(d, nil) },
		"audit.Blank":         func() (any, error) { return list(audit.Blank(d, 1)) },
		"audit.Unusual":       func() (any, error) { return audit.Unusual(d, 1) },
		"audit.Images":        func() (any, error) { return audit.Images(d) },
		"audit.LabelErrors":   func() (any, error) { return audit.LabelErrors(none) },
		"crossfit.Folds":      func() (any, error) { return crossfit.Folds(d, 3, 1) },
		"audit.MeasureLeaks":  func() (any, error) { return audit.MeasureLeaks(none, nil, boot) },
		"audit.Groups":        func() (any, error) { return list(audit.Groups{}.Findings()) },
		"audit.Findings":      func() (any, error) { return list(audit.Findings{}.In(d)) },
		"audit.Groups.Leaked": func() (any, error) { return list(audit.Groups{}.LeakedIDs()) },

		"explain.Model.Logits":  func() (any, error) { return m.Logits(nil) },
		"explain.Model.Predict": func() (any, error) { return m.Predict(nil) },
		"explain.Panels":        func() (any, error) { return explain.Panels(nil, nil, nil, explain.PanelOptions{}) },
		"explain.Gallery": func() (any, error) {
			return explain.Gallery(m, nil, nil, explain.Methods(),
				figure.Options{})
		},
		"explain.Erase":         func() (any, error) { return explain.Erase(m, nil, nil, nil, 4) },
		"explain.ShareByRegion": func() (any, error) { return explain.ShareByRegion(fer.Emotions, nil, nil, nil) },
		"explain.MeanMaps":      func() (any, error) { return explain.MeanMaps(nil, figure.Options{}) },
		"explain.SharesTable":   func() (any, error) { return list(explain.SharesTable(nil).Rows) },
		"explain.Filters": func() (any, error) {
			return explain.Filters(m, "conv1", nil, nil,
				&explain.AscentOptions{Steps: 1})
		},
		"explain.Ascend": func() (any, error) {
			return explain.Ascend(m, "conv1", nil,
				&explain.AscentOptions{Steps: 1})
		},
		"explain.FilterSheet": func() (any, error) { return explain.FilterSheet(nil, 3, figure.Options{}) },
		"explain.LayerSheet":  func() (any, error) { return explain.LayerSheet(nil, figure.Options{}) },
		"explain.BestSheet":   func() (any, error) { return explain.BestSheet(nil, 3, figure.Options{}) },
		"explain.Rank":        func() (any, error) { return explain.Rank(m, nil, explain.Methods(), nil) },
		"explain.Rank without methods": func() (any, error) {
			return explain.Rank(m, synth.Faces(1, 1), nil, nil)
		},
		"explain.Tally":     func() (any, error) { return nil, fmt.Errorf("%s", explain.Tally(nil)) },
		"explain.BeatsData": func() (any, error) { _, live := explain.BeatsData(nil); return list(make([]int, live)) },
		"explain.Likeness":  func() (any, error) { return nan(explain.Likeness(nil, nil)) },
		"synth.Faces":       func() (any, error) { return list(synth.Faces(1, 0)) },
		"figure.Curves":     func() (any, error) { return figure.Curves(nil, figure.Options{}) },
		"figure.Grid":       func() (any, error) { return figure.Grid(nil, figure.GridOptions{}) },
		"figure.Grid row":   func() (any, error) { return figure.Grid([][]figure.Cell{{}}, figure.GridOptions{}) },
		"figure.Bars":       func() (any, error) { return figure.Bars(nil, nil, figure.Axis{}, figure.Options{}) },
		"figure.Lines": func() (any, error) {
			return figure.Lines(nil, figure.Axis{}, figure.Axis{},
				figure.Options{})
		},
		"figure.Reliability": func() (any, error) { return figure.Reliability(nil, figure.Options{}) },
		"figure.ConfusionMatrix": func() (any, error) {
			return figure.ConfusionMatrix(nil, figure.Shares, nil, figure.Options{})
		},

		"results.Samples": func() (any, error) { return results.Samples(d, 3) },
		"results.Samples of 0": func() (any,
			error) {
			return results.Samples(&dataset.Dataset{Examples: faces(7)}, 0)
		},
		"results.Balance":         func() (any, error) { return results.Balance(d) },
		"results.MeanFaces":       func() (any, error) { return results.MeanFaces(d) },
		"results.Masks":           func() (any, error) { return results.Masks(nil) },
		"results.Audit":           func() (any, error) { return results.Audit(d) },
		"results.Accuracy":        func() (any, error) { return results.Accuracy() },
		"results.Recall":          func() (any, error) { return results.Recall() },
		"results.AgainstOriginal": func() (any, error) { return results.AgainstOriginal() },
		"results.Calibration":     func() (any, error) { return results.Calibration() },
		"results.Confusion":       func() (any, error) { return results.Confusion(figure.Shares) },
		"results.Mistakes":        func() (any, error) { return results.Mistakes() },
		"results.Numbers":         func() (any, error) { return results.Numbers() },
		"results.Parameters":      func() (any, error) { return results.Parameters(nil, nil) },
		"results.OnData":          func() (any, error) { return results.OnData(d) },
		"results.MostConfidentWrong": func() (any, error) {
			return results.MostConfidentWrong(r, d, 3)
		},
		"results.ClassPictures": func() (any, error) { return results.ClassPictures(1) },
		"results.Leaks":         func() (any, error) { return results.Leaks(r, d) },
		"results.PseudoLabels":  func() (any, error) { return results.PseudoLabels(nil) },
		"results.WeakAndStrong": func() (any, error) {
			return results.WeakAndStrong(d,
				semisup.Quick("fixmatch", 3, 1), 3)
		},
		"results.RemoveLabels": func() (any, error) { return results.RemoveLabels(d, 3, 1) },
		"lab.Explore":          func() (any, error) { return nil, lab.Explore() },
	}
	for _, method := range explain.Methods() {
		calls["explain."+method.Name()] = func() (any, error) { return method.Attribute(m, nil, nil) }
	}
	for name, call := range calls {
		func() {
			defer func() {
				if v := recover(); v != nil {
					t.Errorf("%s panics: %v", name, v)
				}
			}()
			v, err := call()
			if t, ok := v.(figure.Table); ok {
				v = t.Rows
			}
			got := reflect.ValueOf(v)
			empty := !got.IsValid() || (got.Kind() == reflect.Slice || got.Kind() == reflect.String) && got.Len() == 0
			if err == nil && !empty {
				t.Errorf("%s makes %.80q of nothing", name, fmt.Sprintf("%+v", v))
			}
		}()
	}
}

// nan is an error if all numbers are NaN: that is what nothing amounts to.
func nan(values ...float64) (any, error) {
	for _, v := range values {
		if v == v {
			return v, nil
		}
	}
	return nil, fmt.Errorf("NaN")
}

func faces(n int) (examples []fer.Example) {
	for _, f := range synth.Faces(1, n) {
		examples = append(examples, fer.Example{ID: "face", Image: f.Image, Label: f.Label})
	}
	return examples
}
