package show

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// drawn is an item with words.
type drawn struct {
	caption string
	err     error
}

func (d drawn) HTML() (string, error) { return "<img>" + d.caption, d.err }
func (d drawn) String() string        { return d.caption }

func TestShow(t *testing.T) {
	shown := capture(t, func() error { return Show(drawn{caption: "a square"}) })
	if len(shown) != 1 || shown[0].DisplayID != "" {
		t.Fatalf("%d outputs, want a single lasting one", len(shown))
	}
	if data := shown[0].Data; data[protocol.MIMETextHTML] != "<img>a square" ||
		data[protocol.MIMETextPlain] != "a square" {
		t.Errorf("displayed %v, want both forms of the item", data)
	}
}

func TestShowErrors(t *testing.T) {
	broken := errors.New("no ink")
	if err := Show(drawn{err: broken}); !errors.Is(err, broken) {
		t.Errorf("error %v, want one that wraps the item's", err)
	}
	if err := Show(nil); err == nil {
		t.Error("no error for a nil item")
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
			if err := l.Update(drawn{}); err != nil { // The second and third come too soon.
				return err
			}
		}
		return l.Close()
	})
	if len(shown) != 2 || shown[0].DisplayID == "" || shown[0].DisplayID != shown[1].DisplayID {
		t.Fatalf("outputs %v, want a picture and its removal, of one id", shown)
	}
	if a, b := shown[0].Data[protocol.MIMETextHTML].(string), shown[1].Data[protocol.MIMETextHTML]; !strings.Contains(a,
		"<img") || b != "" {
		t.Errorf("showed %q and then %q, want a picture and then nothing", a, b)
	}
	t.Setenv("FERLAB_HEADLESS", "1")
	shown = capture(t, func() error {
		var l Live
		return errors.Join(l.Update(drawn{}), l.Close())
	})
	if len(shown) != 0 {
		t.Errorf("a headless cell showed %v", shown)
	}
}

func TestMain(m *testing.M) {
	os.Unsetenv("FERLAB_HEADLESS") // Whatever runs the tests.
	os.Exit(m.Run())
}
