package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"ferlab/fer"
)

func TestColoursTellEmotionsApart(t *testing.T) {
	seen := map[color.RGBA]string{}
	for _, e := range fer.Emotions.All() {
		c := ClassColor(fer.Emotions, e)
		if other, dup := seen[c]; dup {
			t.Errorf("%s and %s have one colour", fer.Emotions.Name(e), other)
		}
		seen[c] = fer.Emotions.Name(e)
		if own, ok := SeriesColor("recall of " + strings.ToUpper(fer.Emotions.Name(e))); !ok || own != c {
			t.Errorf("a series of class %d has the colour %v", e, own)
		}
		if luminance(c) > 0.75 {
			t.Errorf("the colour of class %d is faint on white", e)
		}
	}
}

func TestColorsOfKeepsANetsColourAndRepeatsNone(t *testing.T) {
	names := []string{"first", "dnn", "second", "cnn", "cnn again", "third"}
	colors := colorsOf(names)
	if colors[1] != vermillion || colors[3] != blue {
		t.Errorf("dnn and cnn have %v and %v", colors[1], colors[3])
	}
	seen := map[color.RGBA]string{}
	for i, c := range colors {
		if other, dup := seen[c]; dup {
			t.Errorf("%q and %q have one colour", names[i], other)
		}
		seen[c] = names[i]
	}
}

func TestViridisGetsEvenlyLighter(t *testing.T) {
	// CIE lightness, computed apart from the drawing.
	lightness := func(c color.RGBA) float64 {
		linear := func(v uint8) float64 {
			if s := float64(v) / 255; s > 0.04045 {
				return math.Pow((s+0.055)/1.055, 2.4)
			} else {
				return s / 12.92
			}
		}
		return 116*math.Cbrt(0.2126*linear(c.R)+0.7152*linear(c.G)+0.0722*linear(c.B)) - 16
	}
	const steps = 20
	whole := lightness(viridis(1)) - lightness(viridis(0))
	for k := range steps {
		step := lightness(viridis(float64(k+1)/steps)) - lightness(viridis(float64(k)/steps))
		if share := step / whole * steps; share < 0.6 || share > 1.4 {
			t.Errorf("step %d is %.2f of an even one", k, share)
		}
	}
	if viridis(-1) != viridis(0) || viridis(2) != viridis(1) {
		t.Error("values beyond the ends should have the colours of the ends")
	}
}

func TestDivergingIsWhiteAtZero(t *testing.T) {
	if c := diverging(0); c.R != c.G || c.G != c.B || c.R < 240 {
		t.Errorf("zero is %v", c)
	}
	if low, high := diverging(-1), diverging(1); low.B <= low.R || high.R <= high.B {
		t.Errorf("ends are %v and %v, want blue and red", low, high)
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		axis      Axis
		low, high float64
		want      string
	}{
		{Axis{}, 0, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{Axis{Percent: true}, 0.38, 0.66, "40 % 45 % 50 % 55 % 60 % 65 %"},
		{Axis{Percent: true}, 0.641, 0.656, "64.5 % 65.0 % 65.5 %"},
		{Axis{Integer: true}, 0.9, 3.1, "1 2 3"},
		{Axis{}, -2.6, 1.8, "−2 −1 0 1"},
		{Axis{}, 0, 7800, "0 2,000 4,000 6,000"},
	} {
		var labels []string
		for _, tick := range (ticks{test.axis}).Ticks(test.low, test.high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("ticks from %v to %v are %q, want %q", test.low, test.high, got, test.want)
		}
	}
}

func TestLogTicksAreTheMeasuredPointsUnlessTheyCrowd(t *testing.T) {
	labels := func(values ...float64) string {
		var s []string
		for _, tick := range (logTicks{Axis{}, values}).Ticks(values[0], values[len(values)-1]) {
			s = append(s, tick.Label)
		}
		return strings.Join(s, " ")
	}
	if got := labels(10, 25, 100, 101, 4000); got != "10 25 100 4,000" {
		t.Errorf("ticks %q", got)
	}
	if got := labels(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50, 100); got != "1 2 5 10 20 50 100" {
		t.Errorf("ticks %q", got)
	}
}

func TestThousands(t *testing.T) {
	for in, want := range map[string]string{"7": "7", "999": "999", "1000": "1,000", "-1234567.25": "-1,234,567.25",
		"-999": "-999"} {
		if got := thousands(in); got != want {
			t.Errorf("thousands(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestWrapKeepsEveryWord(t *testing.T) {
	const s = "one two three four\nfive six"
	lines := wrap(s, captionStyle, 60*px)
	if got := strings.Join(lines, " "); got != strings.ReplaceAll(s, "\n", " ") {
		t.Errorf("wrapped to %q", lines)
	}
	for _, line := range lines {
		if captionStyle.Width(line) > 60*px && strings.Contains(line, " ") {
			t.Errorf("%q is too wide", line)
		}
	}
	if len(lines) < 3 {
		t.Errorf("only %d lines", len(lines))
	}
}

// Classes of one's own have colours that differ and show on white; those called as emotions have the emotions'.
func TestColoursOfOwnClasses(t *testing.T) {
	names := []string{"happy", "contempt"}
	for i := range 18 {
		names = append(names, fmt.Sprintf("kind %d", i))
	}
	classes, err := fer.NewClasses(names...)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.RGBA]bool{}
	for _, c := range classes.All() {
		own := ClassColor(classes, c)
		if seen[own] || luminance(own) > 0.75 {
			t.Errorf("the colour of %s, %v, is another's or faint", classes.Name(c), own)
		}
		seen[own] = true
	}
	if ClassColor(classes, 0) != ClassColor(fer.Emotions, fer.Happy) || ClassColor(classes, -1) != lightGrey {
		t.Error("happy has another colour among other classes, or none is no grey")
	}
}

// A matrix of many classes is as wide as its numbers need, and one of seven as wide as asked for.
func TestWidthOfMatrix(t *testing.T) {
	for classes, want := range map[int]int{2: 380, 7: 380, 8: 380, 20: 560} {
		values := make([][]float64, classes)
		names := make([]string, classes)
		for i := range values {
			values[i], names[i] = make([]float64, classes), fmt.Sprintf("kind %02d", i)
			values[i][i] = 1
		}
		f, err := ConfusionMatrix(values, Shares, names, Options{Width: 380})
		if err != nil {
			t.Fatal(err)
		}
		if width, _ := f.Size(); width < want || width > want+40 {
			t.Errorf("%d classes: %d px wide, want about %d", classes, width, want)
		}
	}
}
