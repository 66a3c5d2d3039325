package show

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"ferlab/internal/htmltest"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// clock is a clock that a test moves.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// recorder keeps what a meter is told.
type recorder struct{ lines []string }

func (r *recorder) show(done int, text string) {
	r.lines = append(r.lines, fmt.Sprintf("%d: %s", done, text))
}
func (r *recorder) close(text string) { r.lines = append(r.lines, text) }

func record(total int, pause time.Duration) (*Progress, *recorder, *clock) {
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	r := &recorder{}
	return &Progress{title: "train", total: total, out: r, pause: pause, now: c.now, start: c.Time}, r, c
}

func TestProgressTimeLeft(t *testing.T) {
	p, r, c := record(10, 0)
	c.Time = c.Add(time.Minute) // Compiling; steps 0 to 3 were done by an earlier program.
	p.Update(4, "")
	c.Time = c.Add(30 * time.Second)
	p.Update(6, "loss 1.5") // 2 steps in 30 s: 4 more take a minute.
	c.Time = c.Add(90 * time.Second)
	p.Update(8, "") // 4 steps in 120 s: 2 more take a minute.
	c.Time = c.Add(time.Second)
	p.Update(10, "")
	p.Done("loss 1.2")
	p.Done("twice does no harm")
	want := []string{"4: 4 of 10", "6: 6 of 10, 1m0s left, loss 1.5", "8: 8 of 10, 1m0s left", "10: 10 of 10, 0s left",
		"done in 3m1s, loss 1.2"}
	if got := strings.Join(r.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("showed\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestProgressPause(t *testing.T) {
	p, r, c := record(1000, time.Second)
	for i := range 1000 {
		p.Update(i+1, "")
		c.Time = c.Add(10 * time.Millisecond)
	}
	if len(r.lines) != 10 {
		t.Errorf("showed %d times in 10 s, want once a second", len(r.lines))
	}
}

func TestTimeLeftUnknown(t *testing.T) {
	for _, x := range []struct {
		elapsed          time.Duration
		steps, remaining int
	}{{0, 1, 1}, {time.Second, 0, 5}, {time.Second, -1, 5}, {time.Second, 5, -1}} {
		if left, ok := timeLeft(x.elapsed, x.steps, x.remaining); ok {
			t.Errorf("timeLeft(%v) = %v, want unknown", x, left)
		}
	}
}

func TestRound(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234 * time.Millisecond: "1.2s", 83456 * time.Millisecond: "1m23s", 3*time.Hour + 29*time.Second: "3h0m0s",
	} {
		if got := round(d).String(); got != want {
			t.Errorf("round(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestProgressInCell(t *testing.T) {
	run := func() error {
		p := NewProgress(htmltest.Hostile, 4)
		p.Update(1, htmltest.Hostile)
		p.Update(2, "too soon to show")
		p.Done("")
		return nil
	}
	shown := capture(t, run)
	if len(shown) != 2 || shown[0].DisplayID == "" || shown[0].DisplayID != shown[1].DisplayID ||
		shown[1].Data[protocol.MIMETextHTML] != "" {
		t.Fatalf("outputs %v, want a bar and its removal, of one id", shown)
	}
	found := htmltest.Elements(t, shown[0].Data[protocol.MIMETextHTML].(string))
	bar := found["progress"][0]
	if bar["value"] != "1" || bar["max"] != "4" || len(found["script"]) != 0 ||
		strings.Count(found["div"][0]["text"], htmltest.Hostile) != 2 {
		t.Errorf("bar is %v", found)
	}
	t.Setenv("FERLAB_HEADLESS", "1")
	if shown := capture(t, run); len(shown) != 0 {
		t.Errorf("a headless cell showed %v", shown)
	}
}

func TestBarMeter(t *testing.T) {
	var b bytes.Buffer
	m := newBarMeter(&b, "train", 10)
	m.show(5, "5 of 10")
	m.show(20, "beyond the total") // Must not end or panic.
	m.close("done in 3s")
	out := b.String()
	if !strings.Contains(out, "50%") || !strings.Contains(out, "train: 5 of 10") ||
		!strings.HasSuffix(out, "train: done in 3s\n") {
		t.Errorf("bar wrote %q", out)
	}
	if n := strings.Count(out, "\n"); n != 1 {
		t.Errorf("bar left %d lines, want only the last: %q", n, out)
	}
}

// In a test's output, a pipe or a file, a short job leaves one line; a headless one none.
func TestProgressInPipe(t *testing.T) {
	run := func() string {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		stderr := os.Stderr
		os.Stderr = w
		p := NewProgress("train", 3)
		for i := range 3 {
			p.Update(i+1, "")
		}
		p.Done("loss 1.2")
		os.Stderr = stderr
		w.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := run(); !strings.HasPrefix(got, "train: done in ") || !strings.HasSuffix(got, ", loss 1.2\n") ||
		strings.Count(got, "\n") != 1 {
		t.Errorf("a short job wrote %q, want one line", got)
	}
	t.Setenv("FERLAB_HEADLESS", "1")
	if got := run(); got != "" {
		t.Errorf("a headless job wrote %q", got)
	}
}
