package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image/png"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Figure is a picture that can be shown, such as those of package ferlab/fer/figure.
type Figure interface {
	// PNG returns the picture as a PNG file.
	PNG() ([]byte, error)
}

// Captioned is a [Figure] with words.
type Captioned interface {
	Figure
	// Description returns the caption to print below the picture, and the alternative text that says what it shows to those
	// who cannot see it. Either may be empty: the caption then stands in for the text.
	Description() (caption, alt string)
}

// Show shows figures side by side, wrapped where the page ends, each with its caption if it is [Captioned]. In a terminal it
// prints a line for each: the caption and the size in pixels.
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
		config, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return "", "", fmt.Errorf("show figure %d of %d: %w", i+1, len(figures), err)
		}
		caption, alt := "", ""
		if c, ok := f.(Captioned); ok {
			caption, alt = c.Description()
		}
		if alt == "" {
			alt = caption
		}
		// width:min-content makes the caption wrap below the picture instead of widening the figure.
		fmt.Fprintf(&h, `<figure style="margin:0;max-width:100%%;width:min-content">`+
			`<img src="data:image/png;base64,%s" alt="%s" width="%d" style="width:%dpx;max-width:100%%;height:auto;background:#fff">`,
			base64.StdEncoding.EncodeToString(data), html.EscapeString(alt), config.Width, config.Width)
		if caption != "" {
			fmt.Fprintf(&h, `<figcaption style="text-align:left;font-size:90%%;margin-top:.3em">%s</figcaption>`, html.EscapeString(caption))
		}
		h.WriteString("</figure>")
		if caption == "" {
			caption = "Figure"
		}
		fmt.Fprintf(&t, "%s [%d×%d px]\n", caption, config.Width, config.Height)
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
