package lab_test

import (
	"strings"
	"testing"

	"ferlab/fer/lab"
)

// A small setting asks for few faces; the source can be replaced by the environment, and a wrong one says which.
func TestSource(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	t.Setenv(lab.SourceEnv, "")
	note, err := lab.Provenance()
	if err != nil || !strings.Contains(note.String(), "train 700") {
		t.Errorf("provenance %q, %v", note, err)
	}
	t.Setenv(lab.SourceEnv, "no/such/file.zip")
	if _, err := lab.Data(); err == nil || !strings.Contains(err.Error(), lab.SourceEnv) {
		t.Errorf("error %v, want one that names %s", err, lab.SourceEnv)
	}
}

func TestSmall(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "")
	if lab.Small() {
		t.Error("small without FERLAB_SMALL")
	}
	t.Setenv("FERLAB_SMALL", "1")
	if !lab.Small() {
		t.Error("not small with FERLAB_SMALL")
	}
}
