package notebook

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Figure is a picture that can be shown: that of package ferlab/fer/figure, or any other with its methods.
type Figure interface {
	// PNG returns the picture as a PNG file.
	PNG() ([]byte, error)
	// Size returns the size at which to show it, in CSS pixels; the PNG may have more, to be sharp on a fine screen.
	Size() (width, height int)
	// Description returns the caption to print below the picture, and the text that says what it shows to those who can't
	// see it. Either may be empty: the caption then stands in for the text.
	Description() (caption, alt string)
}

// Show shows figures side by side, wrapped where the page ends, each above its caption. In a terminal it prints a line for
// each: the caption, or else the alternative text, and the size in pixels.
func Show(figures ...Figure) error {
	rich, plain, err := renderFigures(figures)
	if err != nil {
		return err
	}
	return display(protocol.MIMETextHTML, rich, plain)
}

// renderFigures returns the figures as HTML and as text.
func renderFigures(figures []Figure) (rich, plain string, err error) {
	var h, t strings.Builder
	h.WriteString(`<div style="display:flex;flex-wrap:wrap;gap:1em 1.5em;align-items:flex-start">`)
	for i, f := range figures {
		if f == nil {
			return "", "", fmt.Errorf("show figure %d of %d: it is nil", i+1, len(figures))
		}
		data, err := f.PNG()
		if err != nil {
			return "", "", fmt.Errorf("show figure %d of %d: %w", i+1, len(figures), err)
		}
		width, height := f.Size()
		caption, alt := f.Description()
		text := cmp.Or(caption, alt, "Figure")
		alt = cmp.Or(alt, caption)
		// A figure is a white card on a page of any colour. The styles stand in the elements, where they outweigh the page's;
		// the class dark-light asks Jupyter Book not to dim the picture alone.
		fmt.Fprintf(&h, `<figure style="margin:0;width:%dpx;max-width:100%%;background:#fff;color:#333;border-radius:4px">`+
			`<img class="dark-light" src="data:image/png;base64,%s" alt="%s" width="%d" style="display:block;width:100%%;height:auto;padding:0;background:#fff">`,
			width, base64.StdEncoding.EncodeToString(data), html.EscapeString(alt), width)
		if caption != "" {
			fmt.Fprintf(&h, `<figcaption style="margin:0;padding:0 12px 8px;text-align:left;font-size:90%%;font-weight:normal;color:#333">%s</figcaption>`, html.EscapeString(caption))
		}
		h.WriteString("</figure>")
		fmt.Fprintf(&t, "%s [%d×%d px]\n", text, width, height)
	}
	h.WriteString("</div>")
	return h.String(), t.String(), nil
}

// Live is a picture that changes while a cell runs, such as the curves of a training. Only a person who watches sees it; draw
// the final figure with [Show]. The zero value is ready to use.
type Live struct {
	id   string
	last time.Time
}

// livePause is the shortest time between two pictures, so that drawing does not slow what it shows.
const livePause = time.Second

// Update replaces the picture. It draws nothing if nobody watches, or if the last picture is not yet a second old.
func (l *Live) Update(f Figure) error {
	if !Watched() || time.Since(l.last) < livePause {
		return nil
	}
	rich, _, err := renderFigures([]Figure{f})
	if err != nil {
		return err
	}
	if l.id == "" {
		l.id = "live_" + gonbui.UniqueId()
	}
	gonbui.UpdateHTML(l.id, rich)
	l.last = time.Now()
	return gonbui.Error()
}

// Close removes the picture.
func (l *Live) Close() error {
	if l.id == "" {
		return nil
	}
	gonbui.UpdateHTML(l.id, "")
	gonbui.Sync()
	*l = Live{}
	return gonbui.Error()
}
