package run_test

import (
	"reflect"
	"testing"

	"ferlab/fer/run"
)

// Set takes what Diff says: it turns one configuration into the other, whatever kind of field differs.
func TestDiff(t *testing.T) {
	from, to := run.Quick(), run.Full()
	to.Model, to.CNN.Filters, to.Augment.Flip, to.Augment.Erase, to.EMA, to.Seed = "resnet", []int{4,
		8}, !from.Augment.Flip, 0.25, 0.999, 7
	to.Distill.Teachers, to.Distill.Weight, to.Source = []string{"runs/a", "b"}, 0.5, "folder/a b.zip"
	changes := run.Diff(from, to)
	got := from
	for _, change := range changes {
		if err := got.Set(change); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, to) {
		t.Errorf("after %q the configuration is %+v, want %+v", changes, got, to)
	}
	if again := run.Diff(to, got); len(again) > 0 {
		t.Errorf("equal configurations differ in %q", again)
	}
}
