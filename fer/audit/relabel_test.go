package audit_test

import (
	"testing"

	"ferlab/fer"
	"ferlab/fer/audit"
)

// A suggestion gets the target that a label has: with a smoothing of 0.14 and seven classes, 0.88 and 0.02 each.
func TestRelabel(t *testing.T) {
	findings := audit.Findings{
		{ID: "a", Label: "sad", Suggested: "fear", Reason: audit.LabelError},
		{ID: "b", Label: "happy", Reason: audit.BlankImage},
		{ID: "a", Label: "sad", Suggested: "angry", Reason: audit.Contradiction},
		{ID: "c", Label: "happy", Suggested: "neutral", Reason: audit.LabelError},
	}
	table, err := findings.Relabel(fer.Emotions, 0.14)
	if err != nil {
		t.Fatal(err)
	}
	if len(table) != 2 || table[0].ID != "a" || table[1].ID != "c" {
		t.Fatalf("rows %+v, want those of a and c", table)
	}
	if table[0].Label != fer.Sad || table[0].Predicted() != fer.Fear || table[1].Predicted() != fer.Neutral {
		t.Errorf("rows %+v, want sad to become fear and happy neutral", table)
	}
	for class, p := range table[0].Probs {
		want := 0.02
		if fer.Class(class) == fer.Fear {
			want = 0.88
		}
		if d := p - want; d > 1e-12 || d < -1e-12 {
			t.Errorf("target of %v is %v, want %v", fer.Class(class), p, want)
		}
	}
	other, err := fer.NewClasses("calm", "tense")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := findings.Relabel(other, 0); err == nil {
		t.Error("no error for suggestions that are none of the classes")
	}
	if _, err := findings.Relabel(fer.Emotions, 1); err == nil {
		t.Error("no error for a smoothing of 1")
	}
}
