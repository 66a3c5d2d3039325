package notebook

import "fmt"

// Tabular is a table as a value: a function that computes one returns it, and [Present] shows it.
type Tabular struct {
	Caption string
	Header  []string
	Rows    [][]string // Each as long as Header.
}

// Present shows what a function returned together with its error: a figure, several figures side by side, a table, or a note in
// Markdown. If the error is not nil, or nothing can be shown, it ends the program as [Check] does. It is the one verb that a
// cell needs:
//
//	notebook.Present(run.Curves(r))
//	notebook.Present(report.Results(r))
func Present(what any, err error) {
	Check(err)
	switch v := what.(type) {
	case Figure:
		Check(Show(v))
	case []Figure:
		Check(Show(v...))
	case Tabular:
		Check(Table(v.Caption, v.Header, v.Rows))
	case string:
		Check(Markdown("%s", v))
	default:
		Check(fmt.Errorf("present a %T: want a figure, figures, a table or a note", what))
	}
}
