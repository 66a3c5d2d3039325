package show

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"ferlab/internal/htmltest"
)

// Where nobody watches, an exploration is one static display of the figures for the initial values: no widget may wait
// for a browser.
func TestExploreUnwatched(t *testing.T) {
	t.Setenv("FERLAB_HEADLESS", "1")
	var asked [][]int
	shown := capture(t, func() error {
		return Explore([]Control{{Label: "net", Options: []string{"cnn", "dnn"}, Value: 1},
			{Label: "face", Min: 1, Max: 9, Value: 4}},
			func(values []int) (Item, error) {
				asked = append(asked, values)
				return drawn{caption: fmt.Sprint(values)}, nil
			})
	})
	if fmt.Sprint(asked) != "[[1 4]]" || len(shown) != 1 {
		t.Fatalf("asked to draw %v, displayed %d times, want the initial values once", asked, len(shown))
	}
	page := shown[0].Data[protocol.MIMETextHTML].(string)
	if !strings.Contains(page, "[1 4]") || strings.Contains(page, "<input") || strings.Contains(page, "<select") {
		t.Errorf("displayed %s, want the figure and no widget", page)
	}
}

func TestExploreErrors(t *testing.T) {
	draw := func([]int) (Item, error) { return nil, errors.New("no ink") }
	for name, c := range map[string]Control{
		"slider":     {Label: "slider", Min: 1, Max: 3, Value: 4},
		"menu":       {Label: "menu", Options: []string{"a"}, Value: 1},
		"empty menu": {Label: "empty menu", Options: []string{}},
	} {
		if err := Explore([]Control{c}, draw); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one that names the control", name, err)
		}
	}
	if err := Explore(nil, draw); err == nil || err.Error() != "no ink" {
		t.Errorf("error %v, want that of the drawing", err)
	}
}

// The frame has a labelled place for every control, and a text never becomes an element.
func TestExploreFrame(t *testing.T) {
	p := &panel{id: "x", controls: []Control{{Label: htmltest.Hostile, Options: []string{"a"}},
		{Label: "face", Min: 1, Max: 9, Value: 4}}}
	found := htmltest.Elements(t, p.html())
	if len(found["label"]) != 2 || len(found["script"]) != 0 || len(found["output"]) != 1 {
		t.Fatalf("found %v", found)
	}
	for i, want := range []string{htmltest.Hostile, "face"} {
		if l := found["label"][i]; l["text"] != want || l["for"] != p.slot(i)+"_w" {
			t.Errorf("label %d is %v", i, l)
		}
	}
	if found["output"][0]["text"] != "4" {
		t.Errorf("the slider's number is %q, want 4", found["output"][0]["text"])
	}
}
