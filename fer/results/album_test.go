package results_test

import (
	"fmt"
	"strings"
	"testing"

	"ferlab/fer"
	"ferlab/fer/album"
	"ferlab/fer/evaluate"
	"ferlab/fer/results"
)

// An album's answer holds the accuracy with Wilson's interval beside that of the class with the most photos, and says
// whether the people measured on are others.
func TestAnswerAlbum(t *testing.T) {
	cnn := shipped(t, "cnn")
	p, err := cnn.Predictions()
	if err != nil {
		t.Fatal(err)
	}
	right, sad := 0, 0
	for _, row := range p {
		if row.Predicted() == row.Label {
			right++
		}
		if row.Label == fer.Sad {
			sad++
		}
	}
	of := func(class, person string, split fer.Split) album.Photo {
		return album.Photo{Class: class, Person: person, Split: split, Face: "x.png"}
	}
	photos := []album.Photo{of("happy", "ann", fer.Train), of("sad", "ann", fer.Train), of("sad", "ben", fer.Train),
		of("sad", "eve", fer.Validation), {Class: "happy", Note: "no face found"}}
	a, err := results.AnswerAlbum(&album.Album{Photos: photos}, cnn)
	if err != nil {
		t.Fatal(err)
	}
	share := func(k int) string { return fmt.Sprintf("%.1f %%", 100*float64(k)/float64(len(p))) }
	i := evaluate.Wilson(right, len(p))
	interval := fmt.Sprintf("interval %.1f–%.1f", 100*i.Low, 100*i.High)
	if a.Number != share(right) || !strings.Contains(a.Of, interval) {
		t.Errorf("%q %q, want %s, %s", a.Number, a.Of, share(right), interval)
	}
	for _, want := range []string{"28,709 photos of 2 people", " faces of one person in 7 classes", "always saying sad",
		share(sad), "14.3 %", "Nobody is both"} {
		if text := a.String(); !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	photos[3].Person = "ben"
	a, err = results.AnswerAlbum(&album.Album{Photos: photos}, cnn)
	if err != nil || strings.Contains(a.Sentence, "people") || !strings.Contains(a.Notes[0], "one by one") {
		t.Errorf("one person both ways: %v, %v", a, err)
	}
}
