package lab_test

import (
	"strings"
	"testing"

	"ferlab/fer/lab"
	"ferlab/fer/results"
	"ferlab/fer/semisup"
)

// The notebook's figures of removed labels and of views can be drawn and say how many faces they show.
func TestFewLabelsFigures(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	d := lab.ClearFaces()
	f, err := results.RemoveLabels(d, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if caption, _ := f.Description(); !strings.Contains(caption, "The 35 faces") ||
		!strings.Contains(caption, "175 other") {
		t.Errorf("caption %q, want 35 faces with and 175 without labels", caption)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	if _, err := results.RemoveLabels(d, 31, 1); err == nil {
		t.Error("more labels than a class has should be an error")
	}
	if f, err = results.WeakAndStrong(d, lab.FewLabelsConfig("fixmatch", 1), 3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.PNG(); err != nil {
		t.Error(err)
	}
	for _, a := range semisup.Algorithms() {
		if err := lab.FewLabelsConfig(a.Name, 5).Validate(); err != nil {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
}
