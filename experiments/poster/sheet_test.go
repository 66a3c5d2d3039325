package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The poster is one sheet, the same on every run, whatever its words; what it can't hold is an error.
func TestSheet(t *testing.T) {
	site := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(site, "a.png"), picture.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	one := `{"page": "1", "question": "Is it?", "sentence": "It is – by 3.5 ×.", "number": "66.4 %", "of": "of all ≥ 3",
		"notes": [], "picture": {"png": "a.png", "source": "a.svg", "width": 300, "height": 200}}`
	read := func(cards int) poster {
		var p poster
		text := `{"title": "T", "subtitle": "S", "above": "A", "limits": "L",
			"classes": [{"name": "happy", "source": "a.png"}],
			"cards": [` + strings.TrimSuffix(strings.Repeat(one+",", cards), ",") + `]}`
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := read(6).draw(site, w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("%PDF")) || !bytes.Contains(first.Bytes(), []byte("/Count 1\n")) {
		t.Error("it isn't a PDF of one sheet")
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same poster gives two files")
	}
	if err := read(7).draw(site, &first); err == nil {
		t.Error("no error for seven cards")
	}
	if err := read(1).draw(t.TempDir(), &first); err == nil {
		t.Error("no error for a picture that isn't there")
	}
}
