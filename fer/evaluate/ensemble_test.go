package evaluate

import (
	"reflect"
	"testing"

	"ferlab/fer"
)

// An ensemble's probabilities are the nets' mean, whatever the order of their images.
func TestAverage(t *testing.T) {
	row := func(id string, label fer.Class, p float64) Prediction {
		return Prediction{ID: id, Label: label, Probs: pad(p, 1-p)}
	}
	got, err := Average(Predictions{row("a", 0, 0.75), row("b", 1, 0.5)},
		Predictions{row("b", 1, 0), row("a", 0, 0.25)})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Predictions{row("a", 0, 0.5), row("b", 1, 0.25)}); !reflect.DeepEqual(got, want) {
		t.Errorf("the average is %v", got)
	}
	for name, other := range map[string]Predictions{
		"fewer images": {row("a", 0, 1)},
		"other image":  {row("a", 0, 1), row("c", 1, 1)},
		"other label":  {row("a", 0, 1), row("b", 2, 1)},
		"image twice":  {row("a", 0, 1), row("a", 0, 1)},
	} {
		if _, err := Average(got, other); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Average(); err == nil {
		t.Error("no error for no nets")
	}
}
