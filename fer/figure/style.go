package figure

import (
	"image/color"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ferlab/fer"
)

// The palette of Okabe and Ito (2008), without yellow, which is faint on white; and greys.
var (
	orange     = color.RGBA{0xE6, 0x9F, 0x00, 0xFF}
	skyBlue    = color.RGBA{0x56, 0xB4, 0xE9, 0xFF}
	green      = color.RGBA{0x00, 0x9E, 0x73, 0xFF}
	blue       = color.RGBA{0x00, 0x72, 0xB2, 0xFF}
	vermillion = color.RGBA{0xD5, 0x5E, 0x00, 0xFF}
	brown      = color.RGBA{0x8C, 0x56, 0x1B, 0xFF} // Not theirs.
	purple     = color.RGBA{0xCC, 0x79, 0xA7, 0xFF}

	black     = color.RGBA{0x22, 0x22, 0x22, 0xFF}
	darkGrey  = color.RGBA{0x55, 0x55, 0x55, 0xFF}
	grey      = color.RGBA{0x99, 0x99, 0x99, 0xFF}
	lightGrey = color.RGBA{0xE4, 0xE4, 0xE4, 0xFF}
)

// emotionColors are those of the emotions, by name, in every set of classes.
var emotionColors = map[string]color.RGBA{
	"angry": vermillion, "disgust": green, "fear": purple, "happy": orange, "sad": blue, "surprise": skyBlue,
	"neutral": darkGrey, "contempt": brown,
}

// ClassColor returns the colour of a class: an emotion's own, the same in every figure, or a hue by its place among the
// classes. It is light grey for [fer.Unlabelled].
func ClassColor(classes fer.Classes, class fer.Class) color.RGBA {
	if !classes.Has(class) {
		return lightGrey
	}
	if c, ok := emotionColors[classes.Name(class)]; ok {
		return c
	}
	return hue(float64(class) / float64(classes.Len()))
}

// hue returns a colour of the wheel, dark enough for white: its red, green and blue are thirds of a turn apart.
func hue(turn float64) color.RGBA {
	part := func(shift float64) uint8 { return uint8(110 + 90*math.Cos(2*math.Pi*(turn-shift))) }
	return color.RGBA{part(0), part(1. / 3), part(2. / 3), 0xFF}
}

// seriesColors are those with a name of their own.
var seriesColors = map[string]color.RGBA{
	"cnn": blue, "dnn": vermillion, "best": green, "distilled": purple, "ensemble": orange, "student": purple,
	"ferplus": orange,
	"train":   orange, "validation": blue, "public": skyBlue, "private": blue, "test": blue,
	"supervised": black, "fixmatch": blue, "freematch": green, "pseudo": orange, "teacher": purple, "mixmatch": skyBlue,
	"human": darkGrey, "humans": darkGrey, "chance": grey, "random": grey, "frequent": grey,
	"original": grey, "baseline": grey, "all": grey,
}

// cycle is the order in which series without a colour of their own get one.
var cycle = []color.RGBA{blue, vermillion, green, purple, orange, skyBlue, black, grey}

// SeriesColor returns the colour of a series, the same in every figure, from the first word of its name that has one:
// an emotion ("happy"), a net ("cnn", "best"), a split ("train"), a method ("FixMatch"). ok is false if none has.
func SeriesColor(name string) (c color.RGBA, ok bool) {
	for _, word := range strings.FieldsFunc(strings.ToLower(name),
		func(r rune) bool { return strings.ContainsRune(" -_/:,()", r) }) {
		if c, ok := seriesColors[word]; ok {
			return c, true
		}
		if c, ok := emotionColors[word]; ok {
			return c, true
		}
	}
	return grey, false
}

// colorsOf returns a colour for each name: its own, or the next of the cycle that no other has.
func colorsOf(names []string) []color.RGBA {
	taken := map[color.RGBA]bool{}
	colors := make([]color.RGBA, len(names))
	known := make([]bool, len(names))
	for i, name := range names {
		c, ok := SeriesColor(name)
		if known[i] = ok && !taken[c]; known[i] {
			colors[i] = c
			taken[c] = true
		}
	}
	for i := range names {
		for k := 0; !known[i]; k++ {
			if c := cycle[k%len(cycle)]; k >= len(cycle) || !taken[c] {
				colors[i], known[i], taken[c] = c, true, true
			}
		}
	}
	return colors
}

func textStyle(size float64, c color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{
		Color: c, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size) * px},
		XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = xfont.WeightBold
	return s
}

func white(s text.Style) text.Style {
	s.Color = color.White
	return s
}

// Text in CSS pixels.
var (
	titleStyle   = bold(textStyle(16, black, text.XLeft, text.YTop))
	captionStyle = textStyle(12, darkGrey, text.XLeft, text.YTop)
	legendStyle  = textStyle(13, black, text.XLeft, text.YCenter)
	labelStyle   = textStyle(13, black, text.XCenter, text.YBottom)
	tickStyle    = textStyle(12, darkGrey, text.XCenter, text.YTop)
	cellStyle    = textStyle(13, black, text.XCenter, text.YCenter)
)

// write writes a line of text. The middle of a centred line is that of its digits and capitals, not of its whole
// height.
func write(c draw.Canvas, s text.Style, at vg.Point, line string) {
	if s.YAlign == text.YCenter && s.Rotation == 0 {
		at.Y += s.Font.Size * 0.08
	}
	c.FillText(s, at, line)
}

// aligned returns s with another alignment.
func aligned(s text.Style, x text.XAlignment, y text.YAlignment) text.Style {
	s.XAlign, s.YAlign = x, y
	return s
}

// wrap breaks s into lines that fit the room, at spaces and line ends. A word that is too long stays whole.
func wrap(s string, style text.Style, room vg.Length) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if longer := strings.TrimSpace(line + " " + word); line == "" || style.Width(longer) <= room {
				line = longer
			} else {
				lines = append(lines, line)
				line = word
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// key is an entry of the legend.
type key struct {
	name   string
	color  color.Color
	patch  bool // a filled square, else a line
	dashed bool
	marker bool
}

// Widths of a key's line, its square, the space before its name and the space behind it, in CSS pixels.
const keyLine, keySquare, keySpace, keyGap = 24, 12, 6, 18

// sample returns the width of the line or square.
func (k key) sample() vg.Length {
	if k.patch {
		return keySquare * px
	}
	return keyLine * px
}

func (k key) width() vg.Length {
	return k.sample() + (keySpace+keyGap)*px + legendStyle.Width(k.name)
}

// wrapKeys breaks keys into lines that fit the room.
func wrapKeys(keys []key, room vg.Length) [][]key {
	var lines [][]key
	used := vg.Length(0)
	for _, k := range keys {
		if len(lines) == 0 || used+k.width()-keyGap*px > room {
			lines = append(lines, nil)
			used = 0
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], k)
		used += k.width()
	}
	return lines
}

func drawKeys(c draw.Canvas, keys []key, x, y vg.Length) {
	for _, k := range keys {
		if k.patch {
			side := k.sample()
			fillRect(c, k.color, vg.Rectangle{Min: vg.Point{X: x, Y: y - side/2},
				Max: vg.Point{X: x + side, Y: y + side/2}})
		} else {
			c.StrokeLine2(lineStyle(k.color, k.dashed), x, y, x+keyLine*px, y)
			if k.marker {
				c.DrawGlyph(markerStyle(k.color), vg.Point{X: x + keyLine*px/2, Y: y})
			}
		}
		write(c, legendStyle, vg.Point{X: x + k.sample() + keySpace*px, Y: y}, k.name)
		x += k.width()
	}
}

func lineStyle(c color.Color, dashed bool) draw.LineStyle {
	style := draw.LineStyle{Color: c, Width: 2 * px}
	if dashed {
		style.Dashes = []vg.Length{5 * px, 3 * px}
	}
	return style
}

func markerStyle(c color.Color) draw.GlyphStyle {
	return draw.GlyphStyle{Color: c, Radius: 3 * px, Shape: draw.CircleGlyph{}}
}
