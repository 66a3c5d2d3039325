package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
)

// poster is what tools/pages.py knows of the front page.
type poster struct {
	Title, Subtitle, Above, Limits string
	Classes                        []struct{ Name, Source string }
	Cards                          []card
}

type card struct {
	Page, Question, Sentence, Number, Of string
	Picture                              *struct {
		PNG           string
		Width, Height float64
	}
}

// Sizes in millimetres: an A4 sheet, its margin, the space between parts.
const (
	sheetWidth, sheetHeight = 210.0, 297.0
	edge, space             = 10.0, 4.0
	columns, rows           = 2, 3
)

type rgb [3]int

var (
	ink   = rgb{0x22, 0x22, 0x22}
	faint = rgb{0x55, 0x5b, 0x63}
	blue  = rgb{0x0b, 0x5c, 0x94}
)

// draw writes the sheet. It is the same file for the same poster.
func (p poster) draw(site string, w io.Writer) error {
	d := fpdf.New("P", "mm", "A4", "")
	d.SetCreationDate(time.Unix(0, 0).UTC())
	d.SetModificationDate(time.Unix(0, 0).UTC())
	d.SetCatalogSort(true)
	d.SetTitle(p.Title, true)
	d.SetAutoPageBreak(false, 0)
	d.SetMargins(edge, edge, edge)
	d.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	d.AddUTF8FontFromBytes("sans", "B", liberationsansbold.TTF)
	d.AddPage()
	s := sheet{d, site}

	y := s.text(edge, edge, sheetWidth-2*edge, p.Title, "B", 22, ink)
	y = s.text(edge, y+1, sheetWidth-2*edge, p.Subtitle, "", 9.5, faint) + 2
	if n := float64(len(p.Classes)); n > 0 {
		side := (sheetWidth-2*edge-(n-1)*2)/n - 0.01
		for i, c := range p.Classes {
			x := edge + float64(i)*(side+2)
			s.image(c.Source, x, y, side, side)
			s.centred(x, y+side+0.5, side, c.Name, 9)
		}
		y = s.text(edge, y+side+5, sheetWidth-2*edge, p.Above, "", 8, faint) + 2
	}
	bottom := sheetHeight - edge - 9
	width, height := (sheetWidth-2*edge-space)/columns, (bottom-y-(rows-1)*space)/rows
	for i, c := range p.Cards {
		if i == columns*rows {
			return fmt.Errorf("%d cards, want at most %d", len(p.Cards), columns*rows)
		}
		s.card(c, edge+float64(i%columns)*(width+space), y+float64(i/columns)*(height+space), width, height)
	}
	s.text(edge, bottom+2.5, sheetWidth-2*edge, p.Limits, "", 8, faint)
	return d.Output(w)
}

type sheet struct {
	*fpdf.Fpdf
	site string
}

// text writes words into a column, and returns where they end.
func (s sheet) text(x, y, width float64, words, style string, points float64, c rgb) float64 {
	s.SetFont("sans", style, points)
	s.SetTextColor(c[0], c[1], c[2])
	s.SetXY(x, y)
	s.MultiCell(width, points*0.42, words, "", "L", false)
	return s.GetY()
}

func (s sheet) centred(x, y, width float64, words string, points float64) {
	s.SetFont("sans", "", points)
	s.SetTextColor(ink[0], ink[1], ink[2])
	s.SetXY(x, y)
	s.CellFormat(width, points*0.42, words, "", 0, "C", false, 0, "")
}

func (s sheet) image(name string, x, y, width, height float64) {
	s.ImageOptions(filepath.Join(s.site, filepath.FromSlash(name)), x, y, width, height, false,
		fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
}

// card draws a question, the answer, its number and, in the room that is left, its picture.
func (s sheet) card(c card, x, y, width, height float64) {
	s.SetDrawColor(0xd5, 0xda, 0xe0)
	s.SetFillColor(0xf6, 0xf8, 0xfb)
	s.RoundedRect(x, y, width, height, 1.5, "1234", "DF")
	inside, left := width-4, x+2
	at := s.text(left, y+2, inside, c.Page+" · "+c.Question, "B", 10.5, blue) + 0.5
	at = s.text(left, at, inside, c.Sentence, "B", 8.5, ink) + 0.5
	if c.Number != "" {
		at = s.text(left, at, inside, c.Number, "B", 15, blue)
		at = s.text(left, at, inside, c.Of, "", 8, ink)
	}
	if c.Picture == nil {
		return
	}
	room := y + height - at - 3
	w, h := inside, inside*c.Picture.Height/c.Picture.Width
	if h > room {
		w, h = room*c.Picture.Width/c.Picture.Height, room
	}
	s.image(c.Picture.PNG, x+(width-w)/2, at+1.5, w, h)
}
