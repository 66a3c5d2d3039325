package notebook

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Table shows a table with a caption above, which may be empty. Columns of numbers ("65.9", "1,896,757", "64.3 ± 1.5 %") are
// aligned right, others left. In a terminal it prints aligned text. It returns an error if a row is not as long as the header.
func Table(caption string, header []string, rows [][]string) error {
	for i, row := range rows {
		if len(row) != len(header) {
			return fmt.Errorf("table %q: row %d has %d cells, want %d as in the header", caption, i+1, len(row), len(header))
		}
	}
	right := numeric(header, rows)
	return display(protocol.MIMETextHTML, tableHTML(caption, header, rows, right), tableText(caption, header, rows, right))
}

var number = regexp.MustCompile(`^[\[(±<>≤≥~+\-− ]*\.?\d[\d.,\s±×/%\[\]()+\-−–eE]*([a-zµ]{1,3}(/[a-z]{1,3})?)?$`)

// numeric says which columns hold numbers: at least one, and nothing else but blanks, dashes and NaN.
func numeric(header []string, rows [][]string) []bool {
	right := make([]bool, len(header))
	for col := range header {
		for _, row := range rows {
			cell := strings.TrimSpace(row[col])
			switch {
			case number.MatchString(cell):
				right[col] = true
				continue
			case cell == "", cell == "-", cell == "–", cell == "—", cell == "NaN":
				continue
			}
			right[col] = false
			break
		}
	}
	return right
}

func tableHTML(caption string, header []string, rows [][]string, right []bool) string {
	var h strings.Builder
	// "dataframe" is the class of pandas' tables, which JupyterLab, Jupyter Book and the forges know how to style.
	h.WriteString(`<table class="dataframe">`)
	if caption != "" {
		fmt.Fprintf(&h, `<caption style="caption-side:top;text-align:left">%s</caption>`, html.EscapeString(caption))
	}
	line := func(tag string, cells []string) {
		h.WriteString("<tr>")
		for i, cell := range cells {
			style := "text-align:left"
			if right[i] {
				style = "text-align:right"
				if tag == "td" {
					style += ";white-space:nowrap" // An interval doesn't break at its dash.
				}
			}
			fmt.Fprintf(&h, `<%s style="%s;padding:.2em .7em">%s</%s>`, tag, style, html.EscapeString(cell), tag)
		}
		h.WriteString("</tr>\n")
	}
	h.WriteString("<thead>")
	line("th", header)
	h.WriteString("</thead><tbody>")
	for _, row := range rows {
		line("td", row)
	}
	h.WriteString("</tbody></table>")
	return h.String()
}

func tableText(caption string, header []string, rows [][]string, right []bool) string {
	width := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var t strings.Builder
	if caption != "" {
		t.WriteString(caption + "\n")
	}
	line := func(cells []string) {
		var b strings.Builder
		for i, cell := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if right[i] {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		t.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
	line(header)
	rule := make([]string, len(header))
	for i, w := range width {
		rule[i] = strings.Repeat("─", w)
	}
	line(rule)
	for _, row := range rows {
		line(row)
	}
	return t.String()
}
