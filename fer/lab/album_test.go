package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferlab/fer/photo"
	"ferlab/fer/results"
)

// The drawn album teaches its classes to a shipped net once, and another album or setting is another run.
func TestFineTune(t *testing.T) {
	t.Setenv("FERLAB_SMALL", "1")
	t.Chdir(t.TempDir())
	photos, err := DrawAlbum()
	if err != nil {
		t.Fatal(err)
	}
	a, err := Album(photos)
	if err != nil {
		t.Fatal(err)
	}
	if notes := a.Table().String(); !strings.Contains(notes, "nobody.jpg") || !strings.Contains(notes, "is that of") {
		t.Errorf("the table lacks the photo without a face or the one that is there twice:\n%s", notes)
	}
	r, err := FineTune("dnn", photos)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Config.Classes.String(); got != "calm, laughing, pouting, tired" || !r.Config.From.NewHead {
		t.Errorf("the run tells apart %s, new head %v", got, r.Config.From.NewHead)
	}
	answer, err := results.AnswerAlbum(a, r)
	if err != nil || !strings.HasSuffix(answer.Number, " %") || !strings.Contains(answer.Sentence, " of 2 people") ||
		!strings.Contains(answer.Of, " of one person") || !strings.Contains(answer.Notes[0], "Nobody is both") {
		t.Errorf("answer %v, %v", answer, err)
	}
	if f, err := results.AlbumPhotos(photos, a, 3); err != nil {
		t.Error(err)
	} else if _, err := f.PNG(); err != nil {
		t.Error(err)
	}

	// Drawn again, nothing has changed: the same run is opened.
	if _, err := DrawAlbum(); err != nil {
		t.Fatal(err)
	}
	again, err := FineTune("dnn", photos)
	if err != nil || !again.Record.Started.Equal(r.Record.Started) {
		t.Errorf("the same was trained again, %v", err)
	}
	if err := os.Remove(filepath.Join(photos, "calm", "person02", "1.jpg")); err != nil {
		t.Fatal(err)
	}
	other, err := FineTune("dnn", photos)
	if err != nil || other.Record.Started.Equal(r.Record.Started) {
		t.Errorf("another album opened the run of the first, %v", err)
	}
	if _, err := FineTune("dnn", photos, "epoch=3"); err == nil {
		t.Error("no error for an unknown setting")
	}
	if _, err := FineTune("dnn", t.TempDir()); err == nil || !strings.Contains(err.Error(), "no photos") {
		t.Errorf("an empty folder: error %v", err)
	}
}

// The faces of new people are found, each in its place, and none of theirs is in the album.
func TestNewPeople(t *testing.T) {
	faces, err := photo.Detect(NewPeople(), nil)
	if err != nil || len(faces) != 3 {
		t.Fatalf("%d faces found, %v", len(faces), err)
	}
	places := map[int]bool{}
	for _, f := range faces {
		places[(f.Box.Min.X+f.Box.Max.X)/2/250] = true
	}
	if len(places) != 3 {
		t.Errorf("the faces lie at %v", faces)
	}
}
