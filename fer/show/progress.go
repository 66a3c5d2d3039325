package show

import (
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress says how far a long job is, and how long it will still take:
//
//	p := show.NewProgress("training", epochs)
//	for epoch := range epochs {
//		loss := train(epoch)
//		p.Update(epoch+1, fmt.Sprintf("loss %.3f", loss))
//	}
//	p.Done("")
//
// In a notebook it is one bar that [Progress.Done] removes; in a terminal a bar on standard error; where standard error
// is a file or a pipe, a line every 30 seconds. It shows nothing if FERLAB_HEADLESS is set. Use it from one goroutine.
type Progress struct {
	title  string
	total  int
	out    meter
	pause  time.Duration // The shortest time between two updates shown.
	now    func() time.Time
	start  time.Time // When it was made,
	shown  time.Time // last shown,
	first  time.Time // and first updated,
	before int       // and what had been done then.
}

// meter is a place where progress is shown.
type meter interface {
	show(done int, text string) // text goes without the title.
	close(text string)
}

// NewProgress returns the progress of a job of total steps.
func NewProgress(title string, total int) *Progress {
	p := &Progress{title: title, total: total, now: time.Now}
	switch {
	case headless():
	case In():
		p.out, p.pause = &cellMeter{title: title, total: total, id: "progress_" + gonbui.UniqueId()}, time.Second/2
	case term.IsTerminal(int(os.Stderr.Fd())):
		p.out, p.pause = newBarMeter(os.Stderr, title, total), time.Second/5
	default:
		p.out, p.pause = &lineMeter{os.Stderr, title}, 30*time.Second
	}
	p.start = p.now()
	if _, ok := p.out.(*lineMeter); ok {
		p.shown = p.start // A short job then leaves a single line.
	}
	return p
}

// Update says that done steps are done; note, which may be empty, follows the time left. Speed is measured from the
// first call on, so that neither the time before it (compiling the graph) nor the steps of a resumed job count.
func (p *Progress) Update(done int, note string) {
	now := p.now()
	if p.first.IsZero() {
		p.first, p.before = now, done
	}
	if p.out == nil || now.Sub(p.shown) < p.pause {
		return
	}
	p.shown = now
	p.out.show(done, p.text(now, done, note))
}

// Done ends the progress: it removes the bar, and in a terminal leaves a line with the time taken and the note.
func (p *Progress) Done(note string) {
	if p.out != nil {
		p.out.close(join("done in "+round(p.now().Sub(p.start)).String(), note))
		p.out = nil
	}
}

func (p *Progress) text(now time.Time, done int, note string) string {
	count := fmt.Sprintf("%d of %d", done, p.total)
	if left, ok := timeLeft(now.Sub(p.first), done-p.before, p.total-done); ok {
		return join(count, round(left).String()+" left", note)
	}
	return join(count, note)
}

// timeLeft extrapolates the time for the remaining steps from the time that some took; ok is false if there is nothing
// to go by.
func timeLeft(elapsed time.Duration, steps, remaining int) (left time.Duration, ok bool) {
	if steps <= 0 || elapsed <= 0 || remaining < 0 {
		return 0, false
	}
	return time.Duration(float64(elapsed) / float64(steps) * float64(remaining)), true
}

// round rounds to what a reader wants to know: tenths below ten seconds, seconds below ten minutes, else minutes.
func round(d time.Duration) time.Duration {
	switch {
	case d < 10*time.Second:
		return d.Round(time.Second / 10)
	case d < 10*time.Minute:
		return d.Round(time.Second)
	}
	return d.Round(time.Minute)
}

func join(parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, ", ")
}

// cellMeter is a bar in a cell.
type cellMeter struct {
	title string
	total int
	id    string
	on    bool
}

func (m *cellMeter) html(done int, text string) string {
	return fmt.Sprintf(`<div>%s <progress value="%d" max="%d" `+
		`style="width:15em;vertical-align:middle"></progress> %s</div>`,
		html.EscapeString(m.title), done, max(m.total, 1), html.EscapeString(text))
}

func (m *cellMeter) show(done int, text string) {
	gonbui.UpdateHTML(m.id, m.html(done, text))
	m.on = true
}

func (m *cellMeter) close(string) {
	if m.on {
		gonbui.UpdateHTML(m.id, "")
		gonbui.Sync()
	}
}

// barMeter is a bar in a terminal.
type barMeter struct {
	lineMeter
	bar *progressbar.ProgressBar
}

func newBarMeter(w io.Writer, title string, total int) *barMeter {
	// A total of 0 it would leave on the screen.
	return &barMeter{lineMeter{w, title}, progressbar.NewOptions(max(total, 1),
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(25),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionUseANSICodes(true),
	)}
}

func (m *barMeter) show(done int, text string) {
	m.bar.Describe(m.title + ": " + text)
	// An error means that the terminal is gone or that done is beyond the total: no reason to stop the job.
	_ = m.bar.Set(done)
}

func (m *barMeter) close(text string) {
	_ = m.bar.Clear()
	m.lineMeter.close(text)
}

// lineMeter is a line of text each time.
type lineMeter struct {
	w     io.Writer
	title string
}

func (m *lineMeter) show(_ int, text string) { fmt.Fprintf(m.w, "%s: %s\n", m.title, text) }
func (m *lineMeter) close(text string)       { m.show(0, text) }

// Counter returns a function to be told how much of a job is done and how much there is, as
// [ferlab/fer/dataset.Options] wants one for reading a source; it shows that as [Progress] does, once for each time the
// job reaches its total.
func Counter(title string) func(done, total int) {
	var p *Progress
	return func(done, total int) {
		if p == nil {
			p = NewProgress(title, total)
		}
		p.Update(done, "")
		if done >= total {
			p.Done("")
			p = nil
		}
	}
}
