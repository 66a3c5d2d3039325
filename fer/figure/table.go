package figure

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is a table as a value. Columns of numbers ("65.9", "1,896,757", "64.3 ± 1.5 %") are aligned right, others left.
type Table struct {
	Caption string // Stands above; may be empty.
	Header  []string
	Rows    [][]string // Each as long as Header.
}

// Check returns an error if a row is not as long as the header.
func (t Table) Check() error {
	for i, row := range t.Rows {
		if len(row) != len(t.Header) {
			return fmt.Errorf("table %q: row %d has %d cells, want %d as in the header",
				t.Caption, i+1, len(row), len(t.Header))
		}
	}
	return nil
}

var number = regexp.MustCompile(`^[\[(±<>≤≥~+\-− ]*\.?\d[\d.,\s±×/%\[\]()+\-−–eE]*([a-zµ]{1,3}(/[a-z]{1,3})?)?$`)

// Count writes 1896757 as "1,896,757".
func Count(n int) string { return thousands(strconv.Itoa(n)) }

var negativeZero = regexp.MustCompile(`^-(0(\.0+)?)$`)

// tidy returns the cell without the sign of a zero.
func tidy(cell string) string { return negativeZero.ReplaceAllString(cell, "$1") }

// numeric says which columns hold numbers: at least one, and nothing else but blanks, dashes and NaN.
func (t Table) numeric() []bool {
	right := make([]bool, len(t.Header))
	for col := range t.Header {
		for _, row := range t.Rows {
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

// HTML returns the table as an element that needs no style sheet. It returns the error of [Table.Check].
func (t Table) HTML() (string, error) {
	if err := t.Check(); err != nil {
		return "", err
	}
	right := t.numeric()
	var h strings.Builder
	// "dataframe" is the class of pandas' tables, which JupyterLab, Jupyter Book and the forges know how to style.
	h.WriteString(`<table class="dataframe">`)
	if t.Caption != "" {
		fmt.Fprintf(&h, `<caption style="caption-side:top;text-align:left">%s</caption>`, html.EscapeString(t.Caption))
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
			fmt.Fprintf(&h, `<%s style="%s;padding:.2em .7em">%s</%s>`, tag, style, html.EscapeString(tidy(cell)), tag)
		}
		h.WriteString("</tr>\n")
	}
	h.WriteString("<thead>")
	line("th", t.Header)
	h.WriteString("</thead><tbody>")
	for _, row := range t.Rows {
		line("td", row)
	}
	h.WriteString("</tbody></table>")
	return h.String(), nil
}

// String returns the table as aligned text for a terminal, or the error of [Table.Check].
func (t Table) String() string {
	if err := t.Check(); err != nil {
		return err.Error()
	}
	right := t.numeric()
	width := make([]int, len(t.Header))
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	if t.Caption != "" {
		text.WriteString(t.Caption + "\n")
	}
	line := func(cells []string) {
		var b strings.Builder
		for i, cell := range cells {
			cell = tidy(cell)
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
		text.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
	line(t.Header)
	rule := make([]string, len(t.Header))
	for i, w := range width {
		rule[i] = strings.Repeat("─", w)
	}
	line(rule)
	for _, row := range t.Rows {
		line(row)
	}
	return text.String()
}

// Markdown returns the table in Markdown without its caption, all columns aligned left.
func (t Table) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(t.Header, " | "), strings.Repeat("---|", len(t.Header)))
	for _, row := range t.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}
