package notebook

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// drawn is a figure with words.
type drawn struct {
	width, height int
	caption, alt  string
	err           error
}

func (d drawn) PNG() ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2*d.width, 2*d.height)))
	return b.Bytes(), errors.Join(d.err, err)
}

func (d drawn) Size() (width, height int)          { return d.width, d.height }
func (d drawn) Description() (caption, alt string) { return d.caption, d.alt }

// elements parses HTML that is also well-formed XML but for <img>, and returns each element's attributes and text, by its name.
func elements(t *testing.T, text string) map[string][]map[string]string {
	t.Helper()
	found := map[string][]map[string]string{}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict = false
	decoder.AutoClose = xml.HTMLAutoClose
	var open []map[string]string
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return found
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch x := token.(type) {
		case xml.StartElement:
			m := map[string]string{}
			for _, a := range x.Attr {
				m[a.Name.Local] = a.Value
			}
			found[x.Name.Local] = append(found[x.Name.Local], m)
			open = append(open, m)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1]["text"] += string(x)
			}
		}
	}
}

const hostile = `<script>alert("1")</script> & 'a' > b`

func TestShow(t *testing.T) {
	first := drawn{30, 20, hostile, "alt " + hostile, nil}
	second := drawn{7, 5, "a caption alone", "", nil}
	shown := capture(t, func() error { return Show(first, second) })
	if len(shown) != 1 || shown[0].DisplayID != "" {
		t.Fatalf("%d outputs, want a single lasting one", len(shown))
	}
	found := elements(t, shown[0].Data[protocol.MIMETextHTML].(string))
	if len(found["figure"]) != 2 || len(found["img"]) != 2 || len(found["figcaption"]) != 2 || len(found["script"]) != 0 {
		t.Fatalf("found %v, want two figures, each with picture and caption", found)
	}
	for i, want := range []drawn{first, second} {
		img := found["img"][i]
		data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(img["src"], "data:image/png;base64,"))
		if err != nil {
			t.Fatal(err)
		}
		original, _ := want.PNG()
		if !bytes.Equal(data, original) {
			t.Errorf("picture %d is not the figure's", i)
		}
		alt := want.alt
		if alt == "" {
			alt = want.caption
		}
		if img["alt"] != alt || found["figcaption"][i]["text"] != want.caption || img["width"] != fmt.Sprint(want.width) {
			t.Errorf("picture %d: alt %q, caption %q, width %s", i, img["alt"], found["figcaption"][i]["text"], img["width"])
		}
	}
	if want := hostile + " [30×20 px]\na caption alone [7×5 px]"; shown[0].Data[protocol.MIMETextPlain] != want {
		t.Errorf("plain text %q, want %q", shown[0].Data[protocol.MIMETextPlain], want)
	}
}

func TestShowErrors(t *testing.T) {
	broken := errors.New("no ink")
	if err := Show(drawn{width: 1, height: 1}, drawn{width: 1, height: 1, err: broken}); !errors.Is(err, broken) || !strings.Contains(err.Error(), "2 of 2") {
		t.Errorf("error %v, want one that names the second figure and wraps its error", err)
	}
	if err := Show(nil); err == nil {
		t.Error("no error for a nil figure")
	}
}

func TestTable(t *testing.T) {
	header := []string{"net & kind", "accuracy"}
	rows := [][]string{{hostile, "65.9 ± 1.5 %"}, {"dnn", "–"}}
	shown := capture(t, func() error { return Table(hostile, header, rows) })
	found := elements(t, shown[0].Data[protocol.MIMETextHTML].(string))
	if len(found["tr"]) != 3 || len(found["th"]) != 2 || len(found["td"]) != 4 || len(found["script"]) != 0 {
		t.Fatalf("found %v, want a header and two rows of two cells", found)
	}
	if found["caption"][0]["text"] != hostile || found["td"][0]["text"] != hostile || found["th"][0]["text"] != header[0] {
		t.Errorf("texts are not those given: %v", found)
	}
	for i, align := range []string{"left", "right", "left", "right"} {
		if got := found["td"][i]["style"]; !strings.HasPrefix(got, "text-align:"+align+";") {
			t.Errorf("cell %d has %q, want it aligned %s", i, got, align)
		}
	}
	if err := Table("", header, [][]string{{"a", "1"}, {"b"}}); err == nil || !strings.Contains(err.Error(), "row 2 has 1 cells, want 2") {
		t.Errorf("error of a short row: %v", err)
	}
}

func TestNumeric(t *testing.T) {
	for cell, want := range map[string]bool{
		"65.9": true, "1,896,757": true, "-0.3": true, "−0.3": true, "+1.5": true, "64.3 ± 1.5 %": true, "±1.45": true,
		"[63.1, 66.2]": true, "48×48": true, "12 s": true, "108/s": true, "3.5 ms": true, "1e-5": true, "< 0.001": true, ".5": true,
		"cnn": false, "": false, "–": false, "3 of a kind": false, "v1.2 beta": false, "conv1": false, "NaN": false, "-": false,
	} {
		if got := numeric([]string{"h"}, [][]string{{cell}})[0]; got != want {
			t.Errorf("%q alone in a column: numeric %v, want %v", cell, got, want)
		}
	}
	if !numeric([]string{"h"}, [][]string{{"–"}, {"1"}, {""}, {"NaN"}})[0] {
		t.Error("a column of numbers with gaps is not numeric")
	}
	if numeric([]string{"h"}, [][]string{{"1"}, {"x"}, {"2"}})[0] {
		t.Error("a column with a word is numeric")
	}
}

func TestWatched(t *testing.T) {
	t.Setenv("FERLAB_HEADLESS", "")
	if Watched() {
		t.Error("a test is no watched notebook")
	}
	capture(t, func() error {
		if !In() || !Watched() {
			t.Error("a cell without FERLAB_HEADLESS is not watched")
		}
		t.Setenv("FERLAB_HEADLESS", "1")
		if !In() || Watched() {
			t.Error("a headless cell is watched")
		}
		return nil
	})
	t.Setenv("FERLAB_SMALL", "")
	if Small() {
		t.Error("small without FERLAB_SMALL")
	}
	t.Setenv("FERLAB_SMALL", "1")
	if !Small() {
		t.Error("not small with FERLAB_SMALL")
	}
}

func TestMarkdown(t *testing.T) {
	shown := capture(t, func() error { return Markdown("Data: **%s**, %d faces", "synthetic", 7000) })
	if got := shown[0].Data[protocol.MIMETextMarkdown]; got != "Data: **synthetic**, 7000 faces" {
		t.Errorf("Markdown is %q", got)
	}
	shown = capture(t, func() error { return Markdown("100 %% of it") })
	if got := shown[0].Data[protocol.MIMETextMarkdown]; got != "100 % of it" {
		t.Errorf("Markdown is %q", got)
	}
}

func TestLive(t *testing.T) {
	t.Setenv("FERLAB_HEADLESS", "")
	shown := capture(t, func() error {
		var l Live
		for range 3 {
			if err := l.Update(drawn{width: 3, height: 3}); err != nil { // The second and third come too soon.
				return err
			}
		}
		return l.Close()
	})
	if len(shown) != 2 || shown[0].DisplayID == "" || shown[0].DisplayID != shown[1].DisplayID {
		t.Fatalf("outputs %v, want a picture and its removal, of one id", shown)
	}
	if a, b := shown[0].Data[protocol.MIMETextHTML].(string), shown[1].Data[protocol.MIMETextHTML]; !strings.Contains(a, "<img") || b != "" {
		t.Errorf("showed %q and then %q, want a picture and then nothing", a, b)
	}
	t.Setenv("FERLAB_HEADLESS", "1")
	shown = capture(t, func() error {
		var l Live
		return errors.Join(l.Update(drawn{width: 3, height: 3}), l.Close())
	})
	if len(shown) != 0 {
		t.Errorf("a headless cell showed %v", shown)
	}
}

func TestMain(m *testing.M) {
	os.Unsetenv("FERLAB_HEADLESS") // Whatever runs the tests.
	os.Exit(m.Run())
}
