package show

import (
	"encoding/json"
	"fmt"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"ferlab/fer/figure"
)

// Item is what can be shown, such as a figure, a row of them, or a table of package ferlab/fer/figure: it has a form
// for a cell and one for a terminal.
type Item interface {
	// HTML returns an element of a page that needs neither a network nor a script.
	HTML() (string, error)
	// String returns text.
	fmt.Stringer
}

// Show shows an item: in a terminal it prints its text. In a cell a figure is a picture, with its words below.
func Show(item Item) error {
	if item == nil {
		return fmt.Errorf("show nothing: the item is nil")
	}
	if In() {
		switch v := item.(type) {
		case Answer:
			return showAnswer(v)
		case *figure.Figure:
			return showFigure(v, page{})
		case figure.Row:
			for i, f := range v {
				if f == nil {
					return fmt.Errorf("figure %d of %d is nil", i+1, len(v))
				}
				if err := showFigure(f, page{Row: len(v) - 1 - i}); err != nil {
					return err
				}
			}
			return nil
		case Play:
			data, err := json.Marshal(v.Data)
			if err != nil {
				return err
			}
			return showFigure(v.Figure, page{Kind: v.Kind, Data: data})
		}
	}
	rich, err := item.HTML()
	if err != nil {
		return err
	}
	return display(protocol.MIMETextHTML, rich, item.String())
}

// Present shows what a function returned together with its error: an item or several, a note in Markdown, or plain
// text, such as a summary of a net. If the error is not nil, or nothing can be shown, it ends the program as [Check]
// does. It is the one verb that a cell needs.
func Present(what any, err error) {
	Check(err)
	switch v := what.(type) {
	case Item:
		Check(Show(v))
	case []Item:
		for _, item := range v {
			Check(Show(item))
		}
	case string:
		Check(Markdown("%s", v))
	case fmt.Stringer:
		fmt.Print(v)
	default:
		Check(fmt.Errorf("present a %T: want an item, items, a note or a text", what))
	}
}
