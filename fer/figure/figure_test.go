package figure

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"ferlab/fer"
)

func decode(t *testing.T, f *Figure) image.Image {
	t.Helper()
	data, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func must(t *testing.T) func(*Figure, error) *Figure {
	return func(f *Figure, err error) *Figure {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

func sameColor(a, b color.Color, tolerance float64) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	d := func(x, y uint32) float64 { return math.Abs(float64(x>>8) - float64(y>>8)) }
	return d(ar, br) <= tolerance && d(ag, bg) <= tolerance && d(ab, bb) <= tolerance
}

func TestSizesAgree(t *testing.T) {
	f := must(t)(Lines([]Series{{X: []float64{0, 1}, Y: []float64{0, 1}}}, Axis{}, Axis{},
		Options{Title: "T", Width: 301, Height: 99}))
	width, height := f.Size()
	if width != 301+2*margin || height != 99+2*margin+titleLine+gap {
		t.Errorf("size %d×%d", width, height)
	}
	if got := decode(t, f).Bounds().Size(); got != image.Pt(width*Scale, height*Scale) {
		t.Errorf("PNG of %v pixels for %d×%d", got, width, height)
	}
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`<svg role="img" width="325" height="152"`).Match(svg) {
		t.Errorf("SVG begins %.300s", svg)
	}
}

func TestSVGIsWellFormedAndHoldsTheText(t *testing.T) {
	for name, f := range gallery(t) {
		svg, err := f.SVG()
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	f := must(t)(ConfusionMatrix(counts, Counts, nil, Options{Title: "Cats & dogs", Caption: "n = 3"}))
	svg, _ := f.SVG()
	for _, want := range append(fer.Emotions.Names(), "Cats &amp; dogs", ">800<", ">predicted<",
		"<title>Cats &amp; dogs. n = 3</title>") {
		if !strings.Contains(string(svg), want) {
			t.Errorf("SVG lacks %q", want)
		}
	}
	if strings.Contains(string(svg), "100 %") {
		t.Error("a matrix of counts has a scale of percent")
	}
}

func TestSaveDrawsTheCaption(t *testing.T) {
	f := must(t)(Curves([]History{history("cnn", 3, 0.5)}, Options{Caption: "split validation"}))
	path := filepath.Join(t.TempDir(), "curves.svg")
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shown, _ := f.SVG()
	if !bytes.Contains(saved, []byte(">split validation</text>")) ||
		bytes.Contains(shown, []byte(">split validation</text>")) {
		t.Error("the caption should be drawn in a saved figure, and only there")
	}
	if err := f.Save(filepath.Join(t.TempDir(), "curves.gif")); err == nil ||
		!strings.Contains(err.Error(), "want .png or .svg") {
		t.Errorf("saved as GIF: %v", err)
	}
}

func TestDescription(t *testing.T) {
	f := must(t)(Curves([]History{history("cnn", 3, 0.5)}, Options{Title: "Curves", Caption: "run cnn"}))
	if caption, alt := f.Description(); caption != "run cnn" || alt != "Curves. run cnn" {
		t.Errorf("description %q, %q", caption, alt)
	}
}

func TestConfusionMatrixColoursCells(t *testing.T) {
	f := must(t)(ConfusionMatrix(shares(), Shares, nil, Options{}))
	img := decode(t, f)
	m := matrix{classes: fer.Emotions.Names(), bar: true}
	left, side := m.geometry(matrixSide * px)
	for i, row := range shares() {
		for j, want := range row {
			// a place near the cell's upper left corner, where no text stands
			x := margin*px + left + vg.Length(j)*side + 0.15*side
			y := margin*px + (vg.Length(i)+0.15)*m.rowHeight(side)
			got := img.At(int(x/px*Scale), int(y/px*Scale))
			if !sameColor(got, blues(want), 1) {
				t.Errorf("cell %d, %d of %.3f is %v, want %v", i, j, want, got, blues(want))
			}
		}
	}
}

func TestGridShowsPixelsAsSquares(t *testing.T) {
	face := drawnFace()
	f := must(t)(Grid([][]Cell{{{Image: face, Caption: "face"}}}, GridOptions{}))
	check := func(what string, img image.Image, x0, y0 int) {
		const block = 96 * Scale / fer.Size
		for y := range fer.Size * block {
			for x := range fer.Size * block {
				if want := face.At(x/block, y/block); !sameColor(img.At(x0+x, y0+y), want, 0) {
					t.Fatalf("%s: pixel %d, %d is %v, want %v", what, x, y, img.At(x0+x, y0+y), want)
				}
			}
		}
	}
	check("PNG", decode(t, f), margin*Scale, margin*Scale)

	svg, _ := f.SVG()
	embedded := regexp.MustCompile(`data:image/png;base64,([^"]+)"`).FindSubmatch(svg)
	if embedded == nil {
		t.Fatal("no PNG in the SVG")
	}
	img, err := png.Decode(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(embedded[1])))
	if err != nil {
		t.Fatal(err)
	}
	check("SVG", img, 0, 0)
}

// TestBarsAreAsHighAsTheirValues measures bars by their pixels.
func TestBarsAreAsHighAsTheirValues(t *testing.T) {
	f := must(t)(Bars([]string{"a", "b"}, []BarSeries{{Name: "cnn", Values: []float64{0.2, 0.6}},
		{Name: "dnn", Values: []float64{0.4, 0.8}}},
		Axis{Min: 0, Max: 1}, Options{}))
	img := decode(t, f)
	var heights []int
	inBar := false
	for x := range img.Bounds().Dx() {
		height := 0
		for y := 100; y < img.Bounds().Dy(); y++ { // below the legend
			if c := img.At(x, y); sameColor(c, blue, 0) || sameColor(c, vermillion, 0) {
				height++
			}
		}
		if height > 0 && !inBar {
			heights = append(heights, 0)
		}
		if inBar = height > 0; inBar {
			heights[len(heights)-1] = max(heights[len(heights)-1], height)
		}
	}
	if len(heights) != 4 {
		t.Fatalf("found bars of %v, want four", heights)
	}
	for i, want := range []float64{0.2, 0.4, 0.6, 0.8} {
		if got := float64(heights[i]) / float64(heights[3]) * 0.8; math.Abs(got-want) > 0.01 {
			t.Errorf("bar %d of %v is as high as %.3f", i, want, got)
		}
	}
}

func TestLinesPassThroughTheirPoints(t *testing.T) {
	f := must(t)(Lines([]Series{{Name: "cnn", X: []float64{1, 2, 3}, Y: []float64{0, math.NaN(), 1}}}, Axis{}, Axis{},
		Options{Width: 300, Height: 200}))
	img := decode(t, f)
	// The line joins the first and third point; so its extreme points and their middle lie on one line of blue pixels.
	var xs, ys []int
	for y := 80; y < img.Bounds().Dy(); y++ {
		for x := range img.Bounds().Dx() {
			if sameColor(img.At(x, y), blue, 0) {
				xs, ys = append(xs, x), append(ys, y)
			}
		}
	}
	if len(xs) == 0 {
		t.Fatal("no blue pixel")
	}
	left, right := math.MaxInt, 0
	top, bottom := ys[0], ys[len(ys)-1]
	for _, x := range xs {
		left, right = min(left, x), max(right, x)
	}
	if middle := img.At((left+right)/2, (top+bottom)/2); !sameColor(middle, blue, 0) {
		t.Errorf("the middle of the line is %v", middle)
	}
	if right-left < 400 || bottom-top < 200 {
		t.Errorf("the line spans %d×%d pixels of %v", right-left, bottom-top, img.Bounds())
	}
}

func TestBadInputIsRefused(t *testing.T) {
	inf := math.Inf(1)
	for want, make := range map[string]func() (*Figure, error){
		"2 x and 1 y": func() (*Figure, error) {
			return Lines([]Series{{X: []float64{1, 2}, Y: []float64{1}}}, Axis{}, Axis{}, Options{})
		},
		"is (1, +Inf)": func() (*Figure, error) {
			return Lines([]Series{{X: []float64{1}, Y: []float64{inf}}}, Axis{}, Axis{}, Options{})
		},
		"logarithmic": func() (*Figure, error) {
			return Lines([]Series{{X: []float64{0}, Y: []float64{1}}}, Axis{Log: true}, Axis{}, Options{})
		},
		"every series is empty": func() (*Figure, error) { return Lines(nil, Axis{}, Axis{}, Options{}) },
		"0 high ends": func() (*Figure, error) {
			return Lines([]Series{{X: []float64{0}, Y: []float64{1}, Low: []float64{0}}}, Axis{}, Axis{}, Options{})
		},
		"no learning curve": func() (*Figure, error) { return Curves(nil, Options{}) },
		"2 epochs but a train curve of 1": func() (*Figure, error) {
			return Curves([]History{{Epochs: []float64{1, 2}, TrainLoss: []float64{1}}}, Options{})
		},
		"1 rows for 7 classes": func() (*Figure, error) {
			return ConfusionMatrix([][]float64{{1}}, Shares, nil,
				Options{})
		},
		"a → a": func() (*Figure, error) {
			return ConfusionMatrix([][]float64{{1.5}}, Shares,
				[]string{"a"}, Options{})
		},
		"2 columns": func() (*Figure, error) {
			return ConfusionMatrix([][]float64{{1, 2}}, Counts,
				[]string{"a"}, Options{})
		},
		"2 values for 1 groups": func() (*Figure, error) {
			return Bars([]string{"a"}, []BarSeries{{Values: []float64{1, 2}}}, Axis{}, Options{})
		},
		"value +Inf for a": func() (*Figure, error) {
			return Bars([]string{"a"}, []BarSeries{{Values: []float64{inf}}}, Axis{}, Options{})
		},
		"without predictions":   func() (*Figure, error) { return Reliability([]ReliabilityBin{{}}, Options{}) },
		"grid without an image": func() (*Figure, error) { return Grid([][]Cell{{{}}}, GridOptions{}) },
		"2 row and 0 column label": func() (*Figure, error) {
			return Grid([][]Cell{{{Image: drawnFace()}}}, GridOptions{Rows: []string{"a", "b"}})
		},
	} {
		if _, err := make(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
