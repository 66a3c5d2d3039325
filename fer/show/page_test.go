package show

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"ferlab/fer/figure"
)

func bars(t *testing.T) *figure.Figure {
	t.Helper()
	f, err := figure.Bars([]string{"a", "b"}, []figure.BarSeries{{Values: []float64{1, 2}}}, figure.Axis{Label: "n"},
		figure.Options{Title: "Two bars", Caption: "made up", Width: 200, Height: 100})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// said decodes what an output says to the report's builder.
func said(t *testing.T, output *protocol.DisplayData) page {
	t.Helper()
	text, ok := output.Data[MIMEPage].(string)
	if !ok {
		t.Fatalf("an output says nothing: %v", output.Data)
	}
	var p page
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func unzipped(t *testing.T, data []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A figure is a PNG that any viewer shows, its words are the next output, and the report's builder gets the drawing.
func TestShowFigure(t *testing.T) {
	f := bars(t)
	shown := capture(t, func() error { return Show(figure.Row{f, f}) })
	if len(shown) != 4 {
		t.Fatalf("%d outputs, want two pictures with their words", len(shown))
	}
	data, err := base64.StdEncoding.DecodeString(shown[0].Data[protocol.MIMEImagePNG].(string))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	if words := shown[1].Data[protocol.MIMETextMarkdown]; words != "**Two bars.** made up" || !said(t, shown[1]).Words {
		t.Errorf("words %q", words)
	}
	for i, p := range []page{said(t, shown[0]), said(t, shown[2])} {
		if !p.Picture || p.Title != "Two bars" || p.Caption != "made up" || p.Alt == "" || p.Width != 224 ||
			p.Row != 1-i || !strings.Contains(unzipped(t, p.SVGZ), "<svg") {
			t.Errorf("picture %d is said to be %+v", i, p)
		}
	}
}

// An answer is its words and then its picture; other programs print it.
func TestAnswer(t *testing.T) {
	a := Answer{Sentence: "Two & three.", Number: "2 %", Of: "of <all>", Notes: []string{"a note"}, Picture: bars(t)}
	shown := capture(t, func() error { return Show(a) })
	if len(shown) != 3 {
		t.Fatalf("%d outputs, want words, picture and its words", len(shown))
	}
	text := shown[0].Data[protocol.MIMETextMarkdown].(string)
	if !strings.HasPrefix(text, "> **Answer.** Two & three.") || !strings.Contains(text, "**2 %** of <all>") {
		t.Errorf("words %q", text)
	}
	if p := said(t, shown[0]); p.Answer == nil || p.Answer.Number != "2 %" || len(p.Answer.Notes) != 1 {
		t.Errorf("the answer is said to be %+v", p.Answer)
	}
	if p := said(t, shown[1]); !p.Of {
		t.Errorf("its picture is said to be %+v", p)
	}
	page, err := a.HTML()
	if err != nil || !strings.Contains(page, "of &lt;all&gt;") || strings.Count(page, "<img") != 1 {
		t.Errorf("%.200q, %v", page, err)
	}
}

func TestPlay(t *testing.T) {
	play := Play{Figure: bars(t), Kind: "guess", Data: map[string]int{"faces": 3}}
	shown := capture(t, func() error { return Show(play) })
	if p := said(t, shown[0]); p.Kind != "guess" || string(p.Data) != `{"faces":3}` || !p.Picture {
		t.Errorf("a play is said to be %+v", p)
	}
	if err := Show(Play{Figure: bars(t), Data: func() {}}); err != nil {
		t.Errorf("a terminal needs no data: %v", err)
	}
}

func TestFold(t *testing.T) {
	page, err := Fold{"a < b", figure.Table{Header: []string{"x"}, Rows: [][]string{{"1"}}}}.HTML()
	if err != nil || !strings.HasPrefix(page, "<details><summary>a &lt; b</summary><table") {
		t.Errorf("%q, %v", page, err)
	}
}
