package figure

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"ferlab/internal/htmltest"
)

func TestRow(t *testing.T) {
	blank := func(draw.Canvas) {}
	first := newFigure(Options{Caption: htmltest.Hostile, Alt: "alt " + htmltest.Hostile}, 30, 20, blank)
	second := newFigure(Options{Caption: "a caption alone"}, 7, 5, blank)
	row := Row{first, second}
	page, err := row.HTML()
	if err != nil {
		t.Fatal(err)
	}
	found := htmltest.Elements(t, page)
	if len(found["figure"]) != 2 || len(found["img"]) != 2 || len(found["figcaption"]) != 2 ||
		len(found["script"]) != 0 {
		t.Fatalf("found %v, want two figures, each with picture and caption", found)
	}
	for i, want := range row {
		img := found["img"][i]
		data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(img["src"], "data:image/png;base64,"))
		if err != nil {
			t.Fatal(err)
		}
		original, _ := want.PNG()
		if !bytes.Equal(data, original) {
			t.Errorf("picture %d is not the figure's", i)
		}
		caption, alt := want.Description()
		if width, _ := want.Size(); img["alt"] != alt || found["figcaption"][i]["text"] != caption ||
			img["width"] != fmt.Sprint(width) {
			t.Errorf("picture %d: alt %q, caption %q, width %s", i, img["alt"], found["figcaption"][i]["text"],
				img["width"])
		}
	}
	if want := htmltest.Hostile + " [54×44 px]\na caption alone [31×29 px]\n"; row.String() != want {
		t.Errorf("plain text %q, want %q", row, want)
	}
}

func TestRowErrors(t *testing.T) {
	if _, err := (Row{newFigure(Options{}, 7, 5, func(draw.Canvas) {}), nil}).HTML(); err == nil ||
		!strings.Contains(err.Error(), "2 of 2") {
		t.Errorf("error %v, want one that names the second figure", err)
	}
}
