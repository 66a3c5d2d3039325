package figure

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
)

// Row is figures side by side, wrapped where the page ends, each above its caption.
type Row []*Figure

// HTML returns the figure as an element of a page, see [Row.HTML].
func (f *Figure) HTML() (string, error) { return Row{f}.HTML() }

// String returns a line for a terminal: the caption, or else the alternative text, and the size in pixels.
func (f *Figure) String() string { return Row{f}.String() }

// HTML returns the figures as an element that needs neither a style sheet nor a network: the pictures stand in it as
// PNG.
func (r Row) HTML() (string, error) {
	var h strings.Builder
	h.WriteString(`<div style="display:flex;flex-wrap:wrap;gap:1em 1.5em;align-items:flex-start">`)
	for i, f := range r {
		if f == nil {
			return "", fmt.Errorf("figure %d of %d is nil", i+1, len(r))
		}
		data, err := f.PNG()
		if err != nil {
			return "", fmt.Errorf("figure %d of %d: %w", i+1, len(r), err)
		}
		width, _ := f.Size()
		caption, alt := f.Description()
		// A figure is a white card on a page of any colour. The styles stand in the elements, where they outweigh the
		// page's; the class dark-light asks Jupyter Book not to dim the picture alone.
		fmt.Fprintf(&h, `<figure style="margin:0;width:%dpx;max-width:100%%;background:#fff;color:#333;`+
			`border-radius:4px">`+
			`<img class="dark-light" src="data:image/png;base64,%s" alt="%s" width="%d" `+
			`style="display:block;width:100%%;height:auto;padding:0;background:#fff">`,
			width, base64.StdEncoding.EncodeToString(data), html.EscapeString(alt), width)
		if caption != "" {
			fmt.Fprintf(&h, `<figcaption style="margin:0;padding:0 12px 8px;text-align:left;font-size:90%%;`+
				`font-weight:normal;color:#333">%s</figcaption>`, html.EscapeString(caption))
		}
		h.WriteString("</figure>")
	}
	h.WriteString("</div>")
	return h.String(), nil
}

// String returns a line for each figure, see [Figure.String].
func (r Row) String() string {
	var t strings.Builder
	for _, f := range r {
		if f == nil {
			t.WriteString("no figure\n")
			continue
		}
		width, height := f.Size()
		caption, alt := f.Description()
		fmt.Fprintf(&t, "%s [%d×%d px]\n", cmp.Or(caption, alt, "Figure"), width, height)
	}
	return t.String()
}
