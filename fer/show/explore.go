package show

import (
	"errors"
	"fmt"
	"html"
	"os"
	"os/signal"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/dom"
	"github.com/janpfeifer/gonb/gonbui/widgets"
)

// Control is a menu or a slider of [Explore].
type Control struct {
	Label string
	// Options are the lines of a menu; its value is the index of one.
	Options []string
	// Min and Max are the ends of a slider, if there are no options; its value is a whole number from Min to Max.
	Min, Max int
	// Value is the initial value.
	Value int
}

func (c Control) check() error {
	low, high := c.Min, c.Max
	if c.Options != nil {
		low, high = 0, len(c.Options)-1
	}
	if low > high || c.Value < low || c.Value > high {
		return fmt.Errorf("control %q has the value %d, want one of %d … %d", c.Label, c.Value, low, high)
	}
	return nil
}

// Explore shows controls, and below them what draw makes of their values, one for each control; when the reader changes
// one, the picture follows. An error of draw stands in its place until the next change. It ends when the reader presses
// Done or interrupts the kernel, and then leaves the last picture in the notebook. Where nobody watches it shows the
// picture for the initial values, as [Show] does.
func Explore(controls []Control, draw func(values []int) (Item, error)) error {
	values := make([]int, len(controls))
	for i, c := range controls {
		if err := c.check(); err != nil {
			return err
		}
		values[i] = c.Value
	}
	picture, err := draw(values)
	if err != nil {
		return err
	}
	if !Watched() {
		return Show(picture)
	}
	p := &panel{controls: controls, values: values, changed: make(chan struct{}, 1), id: "explore_" + gonbui.UniqueId()}
	picture, err = p.run(draw, picture)
	return errors.Join(err, Show(picture))
}

// panel is what [Explore] shows to a person.
type panel struct {
	id       string
	controls []Control

	mu      sync.Mutex
	values  []int
	changed chan struct{} // Holds an item if values have changed since they were drawn.
}

// set is told by a widget, from any goroutine, that the reader has changed a control.
func (p *panel) set(i, value int) {
	p.mu.Lock()
	same := p.values[i] == value
	p.values[i] = value
	p.mu.Unlock()
	if same {
		return
	}
	note(p.changed)
}

// note leaves an item in a channel that has room for one, unless one is there.
func note(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (p *panel) current() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]int(nil), p.values...)
}

func (p *panel) slot(i int) string { return fmt.Sprintf("%s_%d", p.id, i) }

func (p *panel) address(i int) string { return "/explore/" + p.slot(i) }

// html is the frame: a label and a place for each widget.
func (p *panel) html() string {
	var h strings.Builder
	fmt.Fprintf(&h, `<div id="%s" class="ferlab-explore" `+
		`style="display:flex;flex-wrap:wrap;gap:.4em 1.4em;align-items:center;margin-bottom:.6em">`, p.id)
	for i, c := range p.controls {
		value := ""
		if c.Options == nil { // The browser itself keeps the number beside a slider up to date.
			value = fmt.Sprintf(` <output style="display:inline-block;min-width:2em">%d</output>`, c.Value)
		}
		fmt.Fprintf(&h, `<span oninput="const o = this.querySelector('output'); if (o) o.value = event.target.value" `+
			`style="display:inline-flex;align-items:center;gap:.4em">`+
			`<label for="%s_w">%s</label><span id="%[1]s"></span>%[3]s</span>`,
			p.slot(i), html.EscapeString(c.Label), value)
	}
	fmt.Fprintf(&h, `<span id="%s_done"></span></div>`, p.id)
	return h.String()
}

func (p *panel) run(draw func([]int) (Item, error), picture Item) (last Item, err error) {
	frame, place := p.id+"_frame", p.id+"_picture"
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	defer signal.Stop(interrupted)

	gonbui.UpdateHTML(frame, p.html())
	show := func(picture Item) error {
		rich, err := picture.HTML()
		if err == nil {
			gonbui.UpdateHTML(place, rich)
			err = gonbui.Error()
		}
		return err
	}
	if err := show(picture); err != nil {
		return picture, err
	}
	gonbui.Sync()
	done := make(chan struct{}, 1)
	go func() { // The widgets wait for the page to answer: an interrupt must not have to.
		if !p.widgets(done) {
			gonbui.UpdateHTML(frame, `<p role="alert">The page's controls can't reach the kernel. Reload the page and `+
				`run the cell again.</p>`)
		}
	}()
	defer func() {
		gonbui.UpdateHTML(frame, "")
		gonbui.UpdateHTML(place, "")
		gonbui.Sync()
	}()
	for {
		select {
		case <-interrupted:
			return picture, nil
		case <-done:
			return picture, nil
		case <-p.changed:
		}
		drawn, err := draw(p.current())
		if err == nil {
			picture = drawn
			err = show(picture)
		}
		if err != nil {
			gonbui.UpdateHTML(place, fmt.Sprintf(`<p role="alert">%s</p>`, html.EscapeString(err.Error())))
		}
		if err := gonbui.Error(); err != nil {
			return picture, err
		}
	}
}

// widgets listens to the controls and the button, connects the page and puts them into their places. It reports whether
// the page answers.
func (p *panel) widgets(done chan<- struct{}) bool {
	for i := range p.controls {
		comms.Subscribe(p.address(i), func(_ string, value int) { p.set(i, value) })
	}
	button := "/explore/" + p.id + "_done"
	comms.Subscribe(button, func(_ string, clicks int) {
		if clicks > 0 {
			note(done)
		}
	})
	if !connect("/explore/" + p.id + "_hello") {
		return false
	}
	for i, c := range p.controls {
		p.widget(i, c)
	}
	widgets.Button("Done").WithAddress(button).AppendTo(p.id + "_done").Done()
	return true
}

// widget puts a control into its place. JupyterLab, which moves between cells with the arrow keys, is told to leave
// them to the control.
func (p *panel) widget(i int, c Control) {
	id, address := p.slot(i)+"_w", p.address(i)
	defer dom.TransientJavascript(fmt.Sprintf(
		"document.getElementById('%s').setAttribute('data-lm-suppress-shortcuts', '')", id))
	if c.Options == nil {
		widgets.Slider(c.Min, c.Max, c.Value).WithAddress(address).WithHtmlId(id).AppendTo(p.slot(i)).Done()
		return
	}
	options := make([]string, len(c.Options))
	for k, o := range c.Options {
		options[k] = html.EscapeString(o)
	}
	widgets.Select(options).SetDefault(c.Value).WithAddress(address).WithHtmlId(id).AppendTo(p.slot(i)).Done()
}
