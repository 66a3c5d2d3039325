package show

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"ferlab/fer/figure"
)

// MIMEPage is the type of what a cell says to tools/book.py, beside what any viewer of notebooks shows: a JSON object.
const MIMEPage = "application/vnd.ferlab+json"

// Answer is what a page of the report says first, and the report's front page quotes.
type Answer struct {
	Sentence string // The answer in words.
	Number   string // Its number, such as "66.4 %"; may be empty.
	Of       string // The number's meaning: interval, images, split.
	Notes    []string
	Picture  *figure.Figure // Shows it; may be nil.
}

// Markdown returns the words.
func (a Answer) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "> **Answer.** %s\n", a.Sentence)
	if a.Number != "" {
		fmt.Fprintf(&b, ">\n> **%s** %s\n", a.Number, a.Of)
	}
	for i, note := range a.Notes {
		if i == 0 {
			b.WriteString(">\n")
		}
		fmt.Fprintf(&b, "> - %s\n", note)
	}
	return b.String()
}

// HTML returns the words and the picture.
func (a Answer) HTML() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>Answer.</b> %s</p>", html.EscapeString(a.Sentence))
	if a.Number != "" {
		fmt.Fprintf(&b, "<p><b>%s</b> %s</p>", html.EscapeString(a.Number), html.EscapeString(a.Of))
	}
	for _, note := range a.Notes {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(note))
	}
	if a.Picture == nil {
		return b.String(), nil
	}
	picture, err := a.Picture.HTML()
	return b.String() + picture, err
}

// String returns the words.
func (a Answer) String() string { return a.Markdown() }

// Fold is what a reader opens: an item under a line of text.
type Fold struct {
	Summary string
	Item    Item
}

// HTML returns an element that needs no script.
func (f Fold) HTML() (string, error) {
	inside, err := f.Item.HTML()
	return fmt.Sprintf("<details><summary>%s</summary>%s</details>", html.EscapeString(f.Summary), inside), err
}

// String returns the summary and the item.
func (f Fold) String() string { return f.Summary + "\n" + f.Item.String() }

// Play is a figure that the report lets its reader play with, by the script in tools/book: Kind names the play, and
// Data is what it needs. Without the script, and elsewhere, it is the figure.
type Play struct {
	Figure *figure.Figure
	Kind   string
	Data   any
}

// HTML returns the figure's.
func (p Play) HTML() (string, error) { return p.Figure.HTML() }

// String returns the figure's.
func (p Play) String() string { return p.Figure.String() }

// page is what [MIMEPage] holds.
type page struct {
	Answer  *words          `json:"answer,omitempty"`
	Picture bool            `json:"picture,omitempty"`   // The output is a figure.
	Words   bool            `json:"words,omitempty"`     // The output is the caption of the figure before it.
	Of      bool            `json:"of_answer,omitempty"` // The front page shows it, too.
	Title   string          `json:"title,omitempty"`
	Caption string          `json:"caption,omitempty"`
	Alt     string          `json:"alt,omitempty"`
	Width   int             `json:"width,omitempty"`
	Height  int             `json:"height,omitempty"`
	SVGZ    []byte          `json:"svgz,omitempty"` // The drawing as SVG, compressed by gzip.
	Row     int             `json:"row,omitempty"`  // Figures side by side: how many follow.
	Kind    string          `json:"kind,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

type words struct {
	Sentence string   `json:"sentence"`
	Number   string   `json:"number"`
	Of       string   `json:"of"`
	Notes    []string `json:"notes"`
}

// showAnswer shows the words and then the picture.
func showAnswer(a Answer) error {
	text := a.Markdown()
	err := send(map[protocol.MIMEType]any{protocol.MIMETextMarkdown: text, protocol.MIMETextPlain: text},
		page{Answer: &words{a.Sentence, a.Number, a.Of, a.Notes}})
	if err != nil || a.Picture == nil {
		return err
	}
	return showFigure(a.Picture, page{Of: true})
}

// showFigure shows a figure as a picture, which every viewer of notebooks displays, and then its words.
func showFigure(f *figure.Figure, p page) error {
	picture, err := f.Picture()
	if err != nil {
		return err
	}
	p.Picture, p.Title, p.Caption, p.Alt = true, picture.Title, picture.Caption, picture.Alt
	p.Width, p.Height = picture.Width, picture.Height
	if picture.SVG != nil {
		if p.SVGZ, err = compressed(picture.SVG); err != nil {
			return err
		}
	}
	err = send(map[protocol.MIMEType]any{
		protocol.MIMEImagePNG:  base64.StdEncoding.EncodeToString(picture.PNG),
		protocol.MIMETextPlain: strings.TrimRight(f.String(), "\n"),
	}, p)
	if err != nil {
		return err
	}
	caption := picture.Caption
	if picture.Title != "" {
		caption = strings.TrimSpace(fmt.Sprintf("**%s** %s", stopped(picture.Title), caption))
	}
	if caption == "" {
		return nil
	}
	return send(map[protocol.MIMEType]any{protocol.MIMETextMarkdown: caption, protocol.MIMETextPlain: caption},
		page{Words: true})
}

// stopped ends a title as a sentence ends.
func stopped(title string) string {
	if strings.HasSuffix(title, "?") {
		return title
	}
	return strings.TrimRight(title, ".") + "."
}

// compressed returns data compressed by gzip, which makes a drawing a fifth as large.
func compressed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// send displays data with what the report's builder needs.
func send(data map[protocol.MIMEType]any, p page) error {
	if !In() {
		_, err := fmt.Println(data[protocol.MIMETextPlain])
		return err
	}
	var text strings.Builder
	encode := json.NewEncoder(&text)
	encode.SetEscapeHTML(false) // A drawing is full of brackets.
	if err := encode.Encode(p); err != nil {
		return err
	}
	data[MIMEPage] = text.String()
	gonbui.SendData(&protocol.DisplayData{Data: data})
	gonbui.Sync() // The kernel may lose what is still in the pipe when the cell ends.
	return gonbui.Error()
}
