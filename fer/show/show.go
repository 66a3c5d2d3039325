// Package show shows figures, tables, source and progress in a cell of a GoNB notebook, and prints them as plain text
// in any other program.
//
// The notebook keeps what [Show], [Present] and [Markdown] display: it needs neither a network nor a script, and
// follows the page's light or dark theme. Outputs that are gone when the cell ends ([Progress], [Live]) are shown only
// to a person who watches, since a stored notebook would keep an empty output for each.
//
// Two environment variables matter: the kernel sets GONB_PIPE for a cell; FERLAB_HEADLESS, if not empty, says that
// nobody watches.
package show

import (
	"fmt"
	"os"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// In reports whether the program is a cell of a GoNB notebook.
func In() bool { return gonbui.IsNotebook }

// Watched reports whether the program is a cell that a person watches: in a notebook, and FERLAB_HEADLESS is empty.
func Watched() bool { return In() && !headless() }

func headless() bool { return os.Getenv("FERLAB_HEADLESS") != "" }

// Must returns v, or ends the program as [Check] does if err is not nil. It is for the cells of a notebook.
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Check ends the program with status 1 if err is not nil, after it has written the error to standard error and let the
// kernel display what was shown before. It is for the cells of a notebook: the run of a notebook stops there, as it
// must not go on with half a result.
func Check(err error) {
	if err == nil {
		return
	}
	gonbui.Sync()
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(1)
}

// Markdown shows a note in Markdown; format and args are those of [fmt.Sprintf]. An argument is inserted as it is, so
// that its Markdown counts. In a terminal the note is printed unchanged.
func Markdown(format string, args ...any) error {
	note := fmt.Sprintf(format, args...)
	return display(protocol.MIMETextMarkdown, note, note)
}

// display shows rich content in a notebook, with plain for a reader that cannot render it, and prints plain elsewhere.
func display(mime protocol.MIMEType, rich, plain string) error {
	plain = strings.TrimRight(plain, "\n")
	if !In() {
		_, err := fmt.Println(plain)
		return err
	}
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{mime: rich, protocol.MIMETextPlain: plain}})
	gonbui.Sync() // The kernel may lose what is still in the pipe when the cell ends.
	return gonbui.Error()
}
